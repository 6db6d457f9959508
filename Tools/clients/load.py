#!/usr/bin/env python3
"""Puts a running `prism serve` under load and checks every answer against the same request alone.

    python Tools/clients/load.py http://127.0.0.1:8080/v1 --pid PID --clients 32 --seconds 300 \\
        --bench ".build/release/prism bench --model MODEL --only decode32 --json"

There are 48 distinct requests: four prompt lengths, four answer lengths and the models the server lists (base, adapter
and gated, where there is a bundle), all greedy. First each is asked alone. Then the clients stream them in random order
until the time is up and wait for what they have begun. Every eighth asks for log-probabilities, which must be the same
to the last digit too.

Printed: requests, errors, answers that differ (with another request's words: crossed; with fewer of its own: lost),
tokens a second, time to the first text, the server's resident memory every ten seconds, and tokens a second beside what
--bench measures before and after, both with the server idle. Answers are read as bytes and looked at after the load, so
that the client takes as little as possible of the processor it shares with the server.
Exit status: 1 for any error or difference, memory that grew more than --growth, or less than --share of the bench.
"""

import argparse
import asyncio
import json
import os
import random
import shlex
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp

PROMPT_WORDS, ANSWER_TOKENS, WARM_SECONDS = (8, 40, 120, 300), (16, 64, 128, 256), 5
ASKS = ("Explain to a beginner", "Write a short story about", "List what matters about", "Compare two ways to see")
TOPICS = ("tides", "a lighthouse", "prime numbers", "baking bread", "a lost letter", "volcanoes", "chess", "bees", "glass",
          "an old bridge", "sleep", "maps")  # fmt: skip
NOTES = ("The morning was cold and the road was long.", "Nobody in the village had seen such a thing before.",
         "Two measurements agreed and the third did not.", "She wrote the number down and closed the book.",
         "Every part can be replaced except the first one.", "The answer depends on what we mean by enough.")  # fmt: skip


@dataclass
class Answer:
    """The bytes of one streamed answer, and when they came."""

    request: int
    begin: float
    status: int = 0
    arrivals: list = field(default_factory=list)
    failure: str = ""


@dataclass
class Reading:
    """What an answer's bytes say."""

    text: str = ""
    end: str = ""
    tokens: int = 0
    prompt: int = 0
    route: str = ""
    scores: list = field(default_factory=list)
    times: list = field(default_factory=list)
    failure: str = ""

    def facts(self):
        return self.text, self.end, self.tokens, self.prompt, self.route, self.scores


def requests(models, longest):
    """48 distinct bodies; prompt length, answer length and model are mixed in every combination."""
    draw = random.Random(7)
    for index in range(48):
        words = f"{ASKS[index % 4]} {TOPICS[index % 12]}, number {index}.".split()
        while len(words) < PROMPT_WORDS[index % 4]:
            words += draw.choice(NOTES).split()
        messages = [{"role": "user", "content": " ".join(words)}]
        if index % 2:
            messages.insert(0, {"role": "system", "content": "You answer with care."})
        yield {"model": models[index // 16 % len(models)], "messages": messages, "temperature": 0, "stream": True,
               "max_tokens": min(longest, ANSWER_TOKENS[index // 4 % 4]), "stream_options": {"include_usage": True},
               "logprobs": index % 8 == 5}  # fmt: skip


async def ask(session, url, bodies, index):
    answer = Answer(index, time.monotonic())
    try:
        async with session.post(url + "/chat/completions", data=bodies[index]) as response:
            answer.status = response.status
            async for chunk in response.content.iter_any():
                answer.arrivals.append((time.monotonic(), chunk))
    except (aiohttp.ClientError, asyncio.TimeoutError, OSError) as error:
        answer.failure = f"{type(error).__name__}: {error}"
    return answer


def read(answer):
    """Looks into the bytes of an answer."""
    body = b"".join(chunk for _, chunk in answer.arrivals)
    if answer.failure or answer.status != 200:
        return Reading(failure=answer.failure or f"status {answer.status}: {body[:200].decode(errors='replace')}")
    ends, total = [], 0
    for when, chunk in answer.arrivals:
        total += len(chunk)
        ends.append((total, when))
    reading, position, place, done = Reading(), 0, 0, False
    for event in body.split(b"\n\n"):
        position += len(event) + 2
        while place + 1 < len(ends) and ends[place][0] < position:
            place += 1
        if not event.startswith(b"data: ") or event == b"data: [DONE]":
            done = done or event == b"data: [DONE]"
            continue
        take(json.loads(event[6:]), reading, ends[place][1])
    if not done and not reading.failure:
        reading.failure = "the stream ended without [DONE]"
    return reading


def take(document, reading, when):
    if "error" in document:
        reading.failure = document["error"]["message"]
        return
    if document.get("usage"):
        reading.tokens = document["usage"]["completion_tokens"]
        reading.prompt = document["usage"]["prompt_tokens"]
    if document.get("prism"):
        reading.route = document["prism"].get("route", "")
    for choice in document["choices"]:
        text = (choice.get("delta") or {}).get("content") or ""
        if text:
            reading.text += text
            reading.times.append(when)
        reading.end = choice.get("finish_reason") or reading.end
        scores = (choice.get("logprobs") or {}).get("content") or []
        reading.scores += [(score["token"], score["logprob"]) for score in scores]


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


async def client(session, url, bodies, seed, end, answers):
    draw = random.Random(seed)
    while time.monotonic() < end:
        answers.append(await ask(session, url, bodies, draw.randrange(len(bodies))))


@dataclass
class Load:
    """Everything that was measured."""

    alone: list
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
        bodies = [json.dumps(body).encode() for body in requests(models, options.longest)]
        print(f"{len(bodies)} requests to {', '.join(models)}, each alone first", flush=True)
        alone = [read(await ask(session, options.url, bodies, index)) for index in range(len(bodies))]
        broken = [reading.failure for reading in alone if reading.failure]
        if broken:
            sys.exit(f"load.py: alone, {len(broken)} requests fail: {broken[0]}")
        print(f"{options.clients} clients for {options.seconds:g} s", flush=True)
        answers, sizes, before = [], [], await counters(session, options.url)
        watcher = asyncio.create_task(watch(options.pid, sizes))
        begin, own, server = time.monotonic(), time.process_time(), processor(options.pid) if options.pid else 0
        end = begin + options.seconds
        await asyncio.gather(*(client(session, options.url, bodies, seed, end, answers) for seed in range(options.clients)))
        took, watcher_done = time.monotonic() - begin, watcher.cancel()
        assert watcher_done or not options.pid
        if options.pid:
            sizes.append(resident(options.pid))
            server = (processor(options.pid) - server) / took
        after = await counters(session, options.url)
        return Load(alone, answers, begin, end, sizes, server, (time.process_time() - own) / took,
                    {name: after[name] - before.get(name, 0) for name in after})  # fmt: skip


def bench(command):
    """Tokens a second of `prism bench`."""
    outcome = subprocess.run(shlex.split(command), capture_output=True, text=True)
    if outcome.returncode != 0:
        sys.exit(f"load.py: the bench failed: {outcome.stderr.strip()}")
    return float(json.loads(outcome.stdout)["decode32"])


def kind(index, reading, alone):
    """Why an answer differs: an error, another's words, too few of its own, or something else."""
    own = alone[index]
    if reading.failure:
        return f"error: {reading.failure}"
    words = reading.text[: max(24, len(reading.text) // 2)]
    if any(other.text.startswith(words) for other in alone) and not own.text.startswith(words):
        return "crossed: it is another request's answer"
    if own.text.startswith(reading.text) and reading.text != own.text:
        return f"lost: {len(own.text) - len(reading.text)} characters"
    names = ("text", "finish_reason", "tokens", "prompt tokens", "route", "log-probabilities")
    return "different " + ", ".join(n for n, a, b in zip(names, reading.facts(), own.facts()) if a != b)


def report(load, options, rates):
    """Prints everything; the sentences it returns are what is wrong."""
    readings = [(answer, read(answer)) for answer in load.answers]
    wrong = [(answer.request, kind(answer.request, reading, load.alone)) for answer, reading in readings
             if reading.failure or reading.facts() != load.alone[answer.request].facts()]  # fmt: skip
    waits = sorted(reading.times[0] - answer.begin for answer, reading in readings if reading.times)
    first, last = load.begin + min(WARM_SECONDS, options.seconds / 4), load.end
    tokens = sum(
        reading.tokens * sum(first <= when < last for when in reading.times) / len(reading.times)
        for _, reading in readings if reading.times
    )  # fmt: skip
    rate = tokens / (last - first)
    routes = {name: sum(reading.route == name for _, reading in readings) for name in ("base", "adapter")}
    print(f"requests          {len(readings)} ({', '.join(f'{name} {count}' for name, count in routes.items())})")
    for name in ("error", "crossed", "lost", "different"):
        print(f"{name:18}{sum(text.startswith(name) for _, text in wrong)}")
    for index, text in wrong[:5]:
        print(f"  request {index}: {text}")
    if len(waits) > 1:
        ranks = statistics.quantiles(waits, n=20)
        print(f"first text        p50 {ranks[9]:.3f} s, p95 {ranks[18]:.3f} s, longest {waits[-1]:.3f} s")
    print("server's counts   " + ", ".join(f"{name[6:-13]} {count:.0f}" for name, count in load.counters.items()))
    problems = [f"{len(wrong)} of {len(readings)} answers are wrong"] if wrong else []
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
