#!/usr/bin/env python3
"""Misbehaves towards a server of its own and checks that it answers rightly and loses nothing.

    python Tools/clients/faults.py -- .build/release/prism serve --model M --port 0 --read-seconds 3 ...

Starts the command, then: clients that vanish, bodies that never end, readers that do not read, bodies
that are too large or no JSON, wrong keys, 10,000 connections at once that ask and 10,000 that say
nothing, and SIGTERM under load. After each, file descriptors and memory must be back where they were.
Needs Linux (/proc) and nothing but Python's own library. Exits with 1 and says what differs.
"""

import argparse
import asyncio
import collections
import json
import os
import resource
import signal
import sys
import time

from server import KEY, Server, check, code, parse, request

CHAT = "/v1/chat/completions"


def chat(tokens, stream=False, **more):
    return {"model": MODEL, "messages": [{"role": "user", "content": "Tell me a story."}],
            "max_tokens": tokens, "stream": stream, **more}


async def vanish(server):
    """Clients that leave in the middle of a stream, or while they wait for a whole answer."""
    bodies = [chat(3000, stream=index % 2 == 0, n=2) for index in range(48)]
    clients = [await server.connect(request("POST", CHAT, body)) for body in bodies]
    await asyncio.gather(*(client.read(until=b"data:") for client in clients[:16:2]))
    check(await server.gauge("prism_active_rows") > 0, "48 clients are being answered")
    for client in clients:
        client.vanish()
    seconds = await server.until("prism_active_rows", 0, 5)
    check(await server.gauge("prism_queue_length") == 0,
          f"they vanish, and {seconds:.2f} s later no place is taken")


async def half_open(server):
    """Heads and bodies that never end."""
    body = request("POST", CHAT, chat(4))[:-20]
    texts = [body] * 40 + [b"POST /v1/ch", b"GET /health HTTP/1.1\r\nHost: local", b""]
    clients = [await server.connect(text) for text in texts]
    answers = await asyncio.gather(*(client.read(timeout=20) for client in clients))
    found = collections.Counter(parse(answer)[0] for answer in answers)
    check(found == {408: len(texts)}, f"{len(texts)} requests that never end get 408")
    for client in clients:
        client.close()


async def slow_readers(server):
    """Clients that ask again and again, for more than the system's buffers hold, and read nothing; and
    one beside them that reads."""
    body = chat(3000, stream=True, n=8, logprobs=True, top_logprobs=20)
    text = request("POST", CHAT, body, connection="keep-alive") * 16
    clients = [await server.connect(text, buffer=4096) for _ in range(8)]
    await asyncio.sleep(0.5)
    status, _, _ = await server.ask("POST", CHAT, chat(8))
    check(status == 200, "another client is answered beside readers that do not read")
    seconds = await server.until("prism_connections", 1, 60)
    ends = [(await client.read()).count(b"data: [DONE]") for client in clients]
    check(all(count < 16 for count in ends), "their answers are cut")
    check(await server.gauge("prism_active_rows") == 0,
          f"readers that do not read are let go ({seconds:.1f} s)")
    for client in clients:
        client.close()


async def refusals(server):
    """Too large, no JSON, no or wrong key."""
    large = b'{"model": "' + b"a" * (2 << 20) + b'"}'
    status, _, body = await server.ask("POST", CHAT, large)
    check((status, code(body)) == (413, "body_too_large"), "a body that is too large gets 413")
    chunked = b"%x\r\n%s\r\n0\r\n\r\n" % (len(large), large)
    status, _, _ = await server.ask("POST", CHAT, chunked, headers=["Transfer-Encoding: chunked"])
    check(status == 413, "so does one that does not tell its length")
    broken = [b"", b"{", b"[]", b"null", b"\x00\xff", b'{"a":' * 50_000, b"[" * 500_000,
              b'{"model": "' + b"\xed\xa0\x80" + b'"}', b'{"max_tokens": 1e999}', b"{" * 1000 + b"}"]
    for path in (CHAT, "/v1/completions", "/v1/route"):
        for body in broken:
            status, _, answer = await server.ask("POST", path, body)
            if status != 400 or b'"error"' not in answer:
                sys.exit(f"differs: {body[:30]!r} at {path} gets {status} {answer[:80]!r}")
    check(True, f"{3 * len(broken)} bodies that are no JSON, or deep without end, get 400")
    for key in (None, "", "wrong", KEY[:-1], KEY + "x", "\u00e4"):
        status, headers, body = await server.ask("POST", CHAT, chat(4), key=key)
        if (status, code(body)) != (401, "invalid_api_key") or "www-authenticate" not in headers:
            sys.exit(f"differs: the key {key!r} gets {status}")
    check(True, "no key and wrong keys get 401")


async def burst(server, count):
    """So many connections at once that ask; all are answered or told to come back."""
    async def one(index):
        if index % 10:
            return await server.ask("GET", "/health", timeout=240)
        return await server.ask("POST", CHAT, chat(2, stream=index % 20 == 0), timeout=240)

    start = time.monotonic()
    answers = await asyncio.gather(*(one(index) for index in range(count)))
    found = collections.Counter(status for status, _, _ in answers)
    check(set(found) <= {200, 429} and found[200] >= count * 9 // 10,
          f"{count} connections at once: {dict(found)} in {time.monotonic() - start:.1f} s")
    late = [headers for status, headers, _ in answers if status == 429]
    check(all(int(headers["retry-after"]) >= 1 for headers in late), "each 429 says when to come back")


async def silence(server, count):
    """So many connections at once that say nothing. Each is told so and closed, or the system's queue
    was full and the server has never heard of it: then the first word is answered with a reset."""
    async def one():
        client = await server.connect()
        try:
            return parse(await client.read(timeout=60))[0] or "reset"
        except TimeoutError:
            await client.send(b"GET")
            return parse(await client.read(timeout=60))[0] or "never let in"
        finally:
            client.close()

    start = time.monotonic()
    found = collections.Counter(await asyncio.gather(*(one() for _ in range(count))))
    check(set(found) <= {408, "never let in"} and found[408] >= count // 2,
          f"{count} silent connections at once: {dict(found)} in {time.monotonic() - start:.1f} s")
    status, _, _ = await server.ask("GET", "/health")
    check(status == 200, "and the server lives on")


async def settled(server):
    await server.until("prism_connections", 1, 30)
    await asyncio.sleep(0.5)
    return server.descriptors(), server.megabytes()


async def leaks(server, count):
    """What a second round of everything leaves behind, beyond what the first has."""
    rounds = []
    for _ in range(2):
        for step in (vanish, half_open, slow_readers, refusals):
            await step(server)
        await burst(server, count)
        rounds.append(await settled(server))
    await silence(server, count)
    rounds.append(await settled(server))
    (first, before), *_, (last, after) = rounds
    check(last <= first, f"file descriptors: {first} after one round, {last} after all")
    check(after <= before * 1.1 + 8, f"memory: {before:.0f} MB after one round, {after:.0f} after all")


async def terminate(server, count):
    """SIGTERM under load: everything that was asked finishes or is told why not."""
    async def one(index):
        return await server.ask(
            "POST", CHAT, chat(3000, n=1 if index % 3 else 8, stream=index % 2 == 0))

    tasks = [asyncio.create_task(one(index)) for index in range(count)]
    while await server.gauge("prism_active_rows") == 0:
        await asyncio.sleep(0.01)
    server.process.send_signal(signal.SIGTERM)
    answers = await asyncio.gather(*tasks)
    found = collections.Counter()
    for index, (status, _, body) in enumerate(answers):
        if status == 200 and index % 2 == 0:
            done = body.endswith(b"data: [DONE]\n\n")
            failed = code(body.rsplit(b"data: ", 1)[-1]) == "stopping"
            found["finished" if done else "stopped" if failed else "cut"] += 1
        elif status == 200:
            found["finished" if json.loads(body)["choices"] else "cut"] += 1
        else:
            found["refused" if (status, code(body)) in [(503, "stopping"), (429, "queue_full")]
                  else f"{status} {code(body)}"] += 1
    check(set(found) <= {"finished", "stopped", "refused"} and found["finished"],
          f"SIGTERM under {count} requests: {dict(found)}")
    check(await asyncio.wait_for(server.process.wait(), 60) == 0, "and the server ends with status 0")


async def main():
    global MODEL
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--connections", type=int, default=10_000)
    parser.add_argument("--log", default=os.devnull, help="file for the server's log")
    parser.add_argument("command", nargs="+")
    arguments = parser.parse_args()
    limit = min(resource.getrlimit(resource.RLIMIT_NOFILE)[1], 65536)
    resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit))
    if limit < arguments.connections + 100:
        sys.exit(f"the system allows {limit} open files; raise it with ulimit -n")
    with open(arguments.log, "wb") as log:
        server = await Server.start(arguments.command, log)
        try:
            _, _, body = await server.ask("GET", "/v1/models")
            MODEL = json.loads(body)["data"][-1]["id"]
            await leaks(server, arguments.connections)
            await terminate(server, 200)
        finally:
            if server.process.returncode is None:
                server.process.kill()
                await server.process.wait()


if __name__ == "__main__":
    asyncio.run(main())
