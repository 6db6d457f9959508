"""A server under test, as its clients and the operating system see it. Needs Linux (/proc)."""

import asyncio
import json
import os
import resource
import socket
import struct
import sys
import time

KEY = "a-key-for-this-check"


def check(holds, what):
    if not holds:
        sys.exit(f"differs: {what}")
    print(f"ok: {what}", flush=True)


class Client:
    """One connection. A small `buffer` makes a reader that soon stops its sender."""

    def __init__(self, buffer=None):
        self.socket = socket.socket()
        self.socket.setblocking(False)
        if buffer:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)

    async def connect(self, port, data=b""):
        loop = asyncio.get_running_loop()
        await loop.sock_connect(self.socket, ("127.0.0.1", port))
        await self.send(data)
        return self

    async def send(self, data):
        await asyncio.get_running_loop().sock_sendall(self.socket, data)

    async def read(self, until=None, timeout=120):
        """What comes until the connection ends, well or with a reset, or until `until` is in it."""
        parts = bytearray()
        try:
            async with asyncio.timeout(timeout):
                while not (until and until in parts):
                    part = await asyncio.get_running_loop().sock_recv(self.socket, 1 << 16)
                    if not part:
                        break
                    parts += part
        except ConnectionError:
            pass
        return bytes(parts)

    def close(self):
        self.socket.close()

    def vanish(self):
        """Leaves with a reset, as a process that is killed does."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()


class Server:
    @classmethod
    async def start(cls, command, log):
        self = cls()
        self.process = await asyncio.create_subprocess_exec(
            *command, stdout=asyncio.subprocess.PIPE, stderr=log,
            env=os.environ | {"PRISM_API_KEYS": KEY})
        line = (await self.process.stdout.readline()).decode()
        if "http://" not in line:
            sys.exit("differs: the server does not start; its log says why")
        self.port = int(line.rsplit(":", 1)[1].split("/")[0])
        return self

    def descriptors(self):
        return len(os.listdir(f"/proc/{self.process.pid}/fd"))

    def megabytes(self):
        with open(f"/proc/{self.process.pid}/statm") as file:
            return int(file.read().split()[1]) * resource.getpagesize() / 1e6

    async def connect(self, data=b"", buffer=None):
        return await Client(buffer).connect(self.port, data)

    async def ask(self, method, path, body=None, key=KEY, headers=(), timeout=120):
        """Status, headers and body of one request on a connection of its own; status 0 where the
        connection ended without an answer."""
        client = Client()
        try:
            await client.connect(self.port)
            # A server may refuse, and close, before it has read everything.
            sending = asyncio.create_task(client.send(request(method, path, body, key, headers)))
            answer = parse(await client.read(timeout=timeout))
            sending.cancel()
            await asyncio.gather(sending, return_exceptions=True)
            return answer
        except ConnectionError as error:
            return 0, {}, str(error).encode()
        finally:
            client.close()

    async def gauge(self, name):
        _, _, body = await self.ask("GET", "/metrics")
        for line in body.decode().splitlines():
            if line.startswith(name + " "):
                return int(line.split()[1])
        sys.exit(f"differs: /metrics has no {name}")

    async def until(self, name, value, seconds):
        """Seconds until a gauge is at most `value`."""
        start = time.monotonic()
        while await self.gauge(name) > value:
            if time.monotonic() - start > seconds:
                sys.exit(f"differs: {name} is {await self.gauge(name)} after {seconds} s, not {value}")
            await asyncio.sleep(0.05)
        return time.monotonic() - start


def request(method, path, body=None, key=KEY, headers=(), connection="close"):
    data = b"" if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
    lines = [f"{method} {path} HTTP/1.1", "Host: localhost", f"Connection: {connection}", *headers]
    if key is not None:
        lines.append(f"Authorization: Bearer {key}")
    if body is not None:
        lines.append("Content-Type: application/json")
        if not any(line.startswith("Transfer-Encoding") for line in lines):
            lines.append(f"Content-Length: {len(data)}")
    return "\r\n".join([*lines, "", ""]).encode() + data


def parse(raw):
    """Status, headers and body of an answer; status 0 where there is none."""
    head, _, rest = raw.partition(b"\r\n\r\n")
    lines = head.decode("latin-1").split("\r\n")
    words = lines[0].split()
    headers = {k.lower(): v.strip() for k, _, v in (line.partition(":") for line in lines[1:])}
    if headers.get("transfer-encoding") == "chunked":
        parts = []
        while rest:
            size, _, rest = rest.partition(b"\r\n")
            count = int(size or b"0", 16)
            parts.append(rest[:count])
            rest = rest[count + 2:]
        rest = b"".join(parts)
    return int(words[1]) if len(words) > 1 else 0, headers, rest


def code(body):
    """The code of an error body, or None for anything else."""
    try:
        return json.loads(body)["error"]["code"]
    except (ValueError, KeyError, TypeError):
        return None
