#!/usr/bin/env python3
"""Puts a running `prism serve` under load and checks every answer against the same request alone.

    python Tools/clients/load.py http://127.0.0.1:8080/v1 --pid PID --clients 32 --seconds 300 \\
        --bench ".build/release/prism bench --model MODEL --only decode32,prefill512 --json"

There are 48 distinct requests: four prompt lengths, four answer lengths and the models the server lists (base, adapter
and gated, where there is a bundle), all greedy. First each is asked alone. Then the clients stream them in random order
until the time is up and wait for what they have begun. As the server may keep prompts that come again, a share of the
requests is new; 48 of those are asked alone when the load is over. Every eighth request asks for log-probabilities,
which must be the same to the last digit too.

Printed: requests, errors, answers that differ (with another request's words: crossed; with fewer of its own: lost),
tokens a second, time to the first text and the server's resident memory every ten seconds. The load comes in parts, and
--bench runs before, between and after them, the server idle: a machine's speed changes within minutes, so each part is
compared with the two benches beside it, and the median of the parts counts. The bench's batched decode reads no prompts;
the second share counts those that the server read in the load, at the bench's rate for prompts. Answers are read as bytes and looked at after
the load, so that the client takes as little as possible of the processor it shares with the server.
Exit status: 1 for any error or difference, memory that grew more than --growth in the second half (in the first it fills
with kept prompts), or less than --share of the bench.
"""

import argparse
import asyncio
import itertools
import json
import os
import random
import shlex
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import aiohttp
from load_answers import DISTINCT, LIKE_BENCH, MIXED, Answer, kind, read, request

WARM_SECONDS = 5


async def ask(session, url, body, index):
    answer = Answer(index, time.monotonic())
    try:
        async with session.post(url + "/chat/completions", data=body(index)) as response:
            answer.status = response.status
            async for chunk in response.content.iter_any():
                answer.arrivals.append((time.monotonic(), chunk))
    except (aiohttp.ClientError, asyncio.TimeoutError, OSError) as error:
        answer.failure = f"{type(error).__name__}: {error}"
    return answer


def resident(pid):
    """MiB of memory the process holds."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    sys.exit(f"load.py: process {pid} has no memory; is it the server?")


def processor(pid):
    """Seconds of processor time the process has used; 0 where it is not known."""
    if not pid:
        return 0
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


async def watch(pid, sizes):
    while pid:
        sizes.append(resident(pid))
        await asyncio.sleep(10)


async def client(session, options, body, seed, end, fresh, answers):
    draw = random.Random(seed)
    while time.monotonic() < end:
        index = next(fresh) if draw.random() < options.fresh else draw.randrange(DISTINCT)
        answers.append(await ask(session, options.url, body, index))


@dataclass
class Load:
    """Everything that was measured."""

    alone: dict
    answers: list
    parts: list
    rates: list
    sizes: list
    server: float
    own: float
    counters: dict
    took: float


async def counters(session, url):
    """The server's own counts of tokens."""
    async with session.get(url.removesuffix("/v1") + "/metrics") as response:
        lines = (await response.text()).splitlines()
    return {line.split()[0]: float(line.split()[1]) for line in lines if "_tokens_total " in line and line[0] != "#"}


async def measure(options):
    headers = {"Authorization": f"Bearer {options.key}", "Content-Type": "application/json"}
    limits = aiohttp.ClientTimeout(total=600)
    connections = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(headers=headers, timeout=limits, connector=connections) as session:
        async with session.get(options.url + "/models") as response:
            models = [model["id"] for model in (await response.json())["data"]]
        lengths = LIKE_BENCH if options.like_bench else MIXED
        body = lambda index: request(index, models, options.longest, lengths)  # noqa: E731
        print(f"{DISTINCT} requests to {', '.join(models)}, each alone first", flush=True)
        alone = await each_alone(session, options, body, range(DISTINCT))
        print(f"{options.clients} clients for {options.seconds:g} s in {options.parts} parts", flush=True)
        answers, parts, sizes, fresh = [], [], [], itertools.count(DISTINCT)
        rates, before = await bench(options.bench), await counters(session, options.url)
        server = own = 0
        for part in range(options.parts):
            watcher = asyncio.create_task(watch(options.pid, sizes))
            begin, busy, spent = time.monotonic(), processor(options.pid), time.process_time()
            end = begin + options.seconds / options.parts
            await asyncio.gather(*(client(session, options, body, part * options.clients + seed, end, fresh, answers)
                                   for seed in range(options.clients)))  # fmt: skip
            server, own = server + processor(options.pid) - busy, own + time.process_time() - spent
            watcher.cancel()
            parts.append((begin, end, time.monotonic()))
            rates += await bench(options.bench)
        if options.pid:
            sizes.append(resident(options.pid))
        after = await counters(session, options.url)
        alone |= await each_alone(session, options, body, range(DISTINCT, min(next(fresh), 2 * DISTINCT)))
        took = sum(over - begin for begin, _, over in parts)
        return Load(alone, answers, parts, rates, sizes, server / took, own / took,
                    {name: after[name] - before.get(name, 0) for name in after}, took)  # fmt: skip


async def each_alone(session, options, body, indices):
    """By request, what it is answered while nothing else runs."""
    alone = {index: read(await ask(session, options.url, body, index)) for index in indices}
    broken = [reading.failure for reading in alone.values() if reading.failure]
    if broken:
        sys.exit(f"load.py: alone, {len(broken)} requests fail: {broken[0]}")
    return alone


async def bench(command):
    """Tokens a second that `prism bench` writes and reads, where there is a command."""
    if not command:
        return []
    process = await asyncio.create_subprocess_exec(*shlex.split(command), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    output, errors = await process.communicate()
    if process.returncode != 0:
        sys.exit(f"load.py: the bench failed: {errors.decode().strip()}")
    result = json.loads(output)
    return [(float(result["decode32"]), float(result["prefill512"]))]


def rate(readings, begin, end):
    """Tokens a second that came from a little after `begin` to `end`."""
    begin += min(WARM_SECONDS, (end - begin) / 4)
    tokens = sum(reading.tokens * sum(begin <= when < end for when in reading.times) / len(reading.times)
                 for _, reading in readings if reading.times)  # fmt: skip
    return tokens / (end - begin)


def report(load, options):
    """Prints everything; the sentences it returns are what is wrong."""
    readings = [(answer, read(answer)) for answer in load.answers]
    checked = [(answer, reading) for answer, reading in readings if reading.failure or answer.request in load.alone]
    wrong = [(answer.request, kind(answer.request, reading, load.alone)) for answer, reading in checked
             if reading.failure or reading.facts() != load.alone[answer.request].facts()]  # fmt: skip
    waits = sorted(reading.times[0] - answer.begin for answer, reading in readings if reading.times)
    routes = {name: sum(reading.route == name for _, reading in readings) for name in ("base", "adapter")}
    print(f"requests          {len(readings)} ({', '.join(f'{name} {count}' for name, count in routes.items())}), "
          f"{sum(answer.request >= DISTINCT for answer, _ in readings)} new; {len(checked)} compared")  # fmt: skip
    for name in ("error", "crossed", "lost", "different"):
        print(f"{name:18}{sum(text.startswith(name) for _, text in wrong)}")
    for index, text in wrong[:5]:
        print(f"  request {index}: {text}")
    if len(waits) > 1:
        ranks = statistics.quantiles(waits, n=20)
        print(f"first text        p50 {ranks[9]:.3f} s, p95 {ranks[18]:.3f} s, longest {waits[-1]:.3f} s")
    print("server's counts   " + ", ".join(f"{name[6:-13]} {count:.0f}" for name, count in load.counters.items()))
    problems = [f"{len(wrong)} of {len(checked)} answers are wrong"] if wrong else []
    if load.sizes:
        print("resident MiB      " + " ".join(f"{size:.0f}" for size in load.sizes))
        print(f"processor         server {load.server:.2f} cores, this client {load.own:.2f}")
        growth = load.sizes[-1] - load.sizes[len(load.sizes) // 2]
        if growth > options.growth:
            problems.append(f"memory grew by {growth:.0f} MiB in the second half, allowed are {options.growth:g}")
    rates = [rate(readings, begin, end) for begin, end, _ in load.parts]
    print("tokens a second   " + " ".join(f"{value:.0f}" for value in rates))
    if load.rates:
        fresh = (load.counters["prism_prompt_tokens_total"] - load.counters["prism_cached_prompt_tokens_total"]) / load.took
        pairs = [[sum(both) / 2 for both in zip(*pair)] for pair in zip(load.rates, load.rates[1:])]
        shares = [value / writing for value, (writing, _) in zip(rates, pairs)]
        share = statistics.median(shares)
        whole = statistics.median(value / writing + fresh / reading for value, (writing, reading) in zip(rates, pairs))
        print("bench decode32    " + " ".join(f"{value:.0f}" for value, _ in load.rates))
        print("bench prefill512  " + " ".join(f"{value:.0f}" for _, value in load.rates))
        print("share of decode32 " + " ".join(f"{value:.1%}" for value in shares) + f"; median {share:.1%}")
        print(f"with its prompts  {whole:.1%} ({fresh:.0f} new prompt tokens a second)")
        if share < options.share:
            problems.append(f"throughput is {share:.1%} of the bench, wanted are {options.share:.0%}")
    return problems


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("url", help="such as http://127.0.0.1:8080/v1")
    parser.add_argument("--key", default="none", help="what the server wants to see")
    parser.add_argument("--pid", type=int, help="the server's process, for its memory")
    parser.add_argument("--clients", type=int, default=32)
    parser.add_argument("--seconds", type=float, default=300)
    parser.add_argument("--longest", type=int, default=256, help="tokens of the longest answers")
    parser.add_argument("--like-bench", action="store_true", help="prompts and answers of the bench's lengths")
    parser.add_argument("--fresh", type=float, default=0.1, help="share of requests that nobody has asked before")
    parser.add_argument("--bench", help="command that measures decode32 and prints JSON")
    parser.add_argument("--share", type=float, default=0.85, help="of the bench's tokens a second")
    parser.add_argument("--growth", type=float, default=16, help="MiB the server's memory may grow in the second half")
    parser.add_argument("--parts", type=int, default=5, help="into which the load is cut for the benches")
    options = parser.parse_args()
    problems = report(asyncio.run(measure(options)), options)
    if problems:
        sys.exit("load.py: " + "; ".join(problems))
    print("ok: every answer equals the same request alone")


if __name__ == "__main__":
    main()
