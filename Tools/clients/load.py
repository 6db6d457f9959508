#!/usr/bin/env python3
"""Puts a running `prism serve` under load and checks every answer against the same request alone.

    python Tools/clients/load.py http://127.0.0.1:8080/v1 --pid PID --clients 32 --seconds 300 \\
        --bench ".build/release/prism bench --model MODEL --only decode32 --json"

There are 48 distinct requests: four prompt lengths, four answer lengths and the models the server lists (base, adapter
and gated, where there is a bundle), all greedy. First each is asked alone. Then the clients stream them in random order
until the time is up and wait for what they have begun. As the server may keep prompts that come again, a share of the
requests is new; 48 of those are asked alone when the load is over. Every eighth request asks for log-probabilities,
which must be the same to the last digit too.

Printed: requests, errors, answers that differ (with another request's words: crossed; with fewer of its own: lost),
tokens a second, time to the first text, the server's resident memory every ten seconds, and tokens a second beside what
--bench measures before and after, both with the server idle. Answers are read as bytes and looked at after the load, so
that the client takes as little as possible of the processor it shares with the server.
Exit status: 1 for any error or difference, memory that grew more than --growth, or less than --share of the bench.
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
from load_answers import DISTINCT, Answer, kind, read, request

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
    """Seconds of processor time the process has used."""
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
    begin: float
    end: float
    sizes: list
    server: float
    own: float
    counters: dict


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
        body = lambda index: request(index, models, options.longest)  # noqa: E731
        print(f"{DISTINCT} requests to {', '.join(models)}, each alone first", flush=True)
        alone = await each_alone(session, options, body, range(DISTINCT))
        print(f"{options.clients} clients for {options.seconds:g} s", flush=True)
        answers, sizes, fresh, before = [], [], itertools.count(DISTINCT), await counters(session, options.url)
        watcher = asyncio.create_task(watch(options.pid, sizes))
        begin, own, server = time.monotonic(), time.process_time(), processor(options.pid) if options.pid else 0
        end = begin + options.seconds
        await asyncio.gather(
            *(client(session, options, body, seed, end, fresh, answers) for seed in range(options.clients)))
        took, own = time.monotonic() - begin, time.process_time() - own
        watcher.cancel()
        if options.pid:
            sizes.append(resident(options.pid))
            server = (processor(options.pid) - server) / took
        after = await counters(session, options.url)
        alone |= await each_alone(session, options, body, range(DISTINCT, min(next(fresh), 2 * DISTINCT)))
        return Load(alone, answers, begin, end, sizes, server, own / took,
                    {name: after[name] - before.get(name, 0) for name in after})  # fmt: skip


async def each_alone(session, options, body, indices):
    """By request, what it is answered while nothing else runs."""
    alone = {index: read(await ask(session, options.url, body, index)) for index in indices}
    broken = [reading.failure for reading in alone.values() if reading.failure]
    if broken:
        sys.exit(f"load.py: alone, {len(broken)} requests fail: {broken[0]}")
    return alone


def bench(command):
    """Tokens a second of `prism bench`."""
    outcome = subprocess.run(shlex.split(command), capture_output=True, text=True)
    if outcome.returncode != 0:
        sys.exit(f"load.py: the bench failed: {outcome.stderr.strip()}")
    return float(json.loads(outcome.stdout)["decode32"])


def report(load, options, rates):
    """Prints everything; the sentences it returns are what is wrong."""
    readings = [(answer, read(answer)) for answer in load.answers]
    checked = [(answer, reading) for answer, reading in readings if reading.failure or answer.request in load.alone]
    wrong = [(answer.request, kind(answer.request, reading, load.alone)) for answer, reading in checked
             if reading.failure or reading.facts() != load.alone[answer.request].facts()]  # fmt: skip
    waits = sorted(reading.times[0] - answer.begin for answer, reading in readings if reading.times)
    first, last = load.begin + min(WARM_SECONDS, options.seconds / 4), load.end
    tokens = sum(
        reading.tokens * sum(first <= when < last for when in reading.times) / len(reading.times)
        for _, reading in readings if reading.times
    )  # fmt: skip
    rate = tokens / (last - first)
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
        # The first ten seconds fill the caches.
        growth = load.sizes[-1] - load.sizes[min(1, len(load.sizes) - 1)]
        if growth > options.growth:
            problems.append(f"memory grew by {growth:.0f} MiB, allowed are {options.growth:g}")
    print(f"tokens a second   {rate:.1f}")
    if rates:
        share = rate / statistics.mean(rates)
        print(f"bench decode32    {', '.join(f'{value:.1f}' for value in rates)}; the server reaches {share:.1%}")
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
    parser.add_argument("--fresh", type=float, default=0.1, help="share of requests that nobody has asked before")
    parser.add_argument("--bench", help="command that measures decode32 and prints JSON")
    parser.add_argument("--share", type=float, default=0.85, help="of the bench's tokens a second")
    parser.add_argument("--growth", type=float, default=64, help="MiB the server's memory may grow after ten seconds")
    options = parser.parse_args()
    rates = [bench(options.bench)] if options.bench else []
    load = asyncio.run(measure(options))
    if options.bench:
        rates.append(bench(options.bench))
    problems = report(load, options, rates)
    if problems:
        sys.exit("load.py: " + "; ".join(problems))
    print("ok: every answer equals the same request alone")


if __name__ == "__main__":
    main()
