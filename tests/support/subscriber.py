"""A subscriber of the hub: an HTTP server on a loopback port that records each request, and answers by a script."""

import asyncio
import hashlib
import hmac
import threading
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self
from urllib.parse import parse_qs, urlencode

from tests.support.server import Answer, Server, eventually


@dataclass(frozen=True)
class Call:
    """A request to a callback. `path` has the query. Names of headers are in lower case. `at` is a monotonic time."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    at: float = field(default_factory=time.monotonic)

    @property
    def query(self) -> dict[str, list[str]]:
        return parse_qs(self.path.partition("?")[2], keep_blank_values=True)

    @property
    def mode(self) -> str:
        return self.query.get("hub.mode", [""])[0]

    @property
    def callback(self) -> str:
        """The path without the query: what tells one callback from another."""
        return self.path.partition("?")[0]

    def is_signed(self, secret: str) -> bool:
        expected = hmac.new(secret.encode(), self.body, hashlib.sha256).hexdigest()
        return self.headers.get("x-hub-signature") == f"sha256={expected}"


Script = Callable[[Call, asyncio.StreamWriter], Awaitable[bytes]]


def answer(status: int, body: bytes = b"", **headers: str) -> bytes:
    """A response. `_` in the name of a header stands for `-`."""
    lines = [f"HTTP/1.1 {status} X", f"Content-Length: {len(body)}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode() + body


async def confirm(call: Call, _writer: asyncio.StreamWriter) -> bytes:
    """Confirm each verification, and take each delivery."""
    return answer(200, call.query.get("hub.challenge", [""])[0].encode())


def deliveries(status: int, **headers: str) -> Script:
    """Confirm each verification, and answer each delivery with the status."""

    async def script(call: Call, writer: asyncio.StreamWriter) -> bytes:
        return answer(status, b"", **headers) if call.method == "POST" else await confirm(call, writer)

    return script


class Subscriber:
    """The server, for the time of a `with` block. `scripts` has the behaviour by path; the others confirm all."""

    def __init__(self) -> None:
        self.scripts: dict[str, Script] = {}
        self.calls: list[Call] = []
        self.port = 0
        self._tasks: set[asyncio.Task[None]] = set()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        assert self._ready.wait(10)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._loop.call_soon_threadsafe(self._stopped.set)
        self._thread.join(10)

    def url(self, path: str = "/callback") -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def deliveries(self, path: str | None = None) -> list[Call]:
        return [call for call in self.calls if call.method == "POST" and path in (None, call.callback)]

    def verifications(self, path: str | None = None) -> list[Call]:
        return [call for call in self.calls if call.method == "GET" and path in (None, call.callback)]

    async def _serve(self) -> None:
        self._loop, self._stopped = asyncio.get_running_loop(), asyncio.Event()
        server = await asyncio.start_server(self._connected, "127.0.0.1", 0, backlog=1000)
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        await self._stopped.wait()
        server.close()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(self._handle(reader, writer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while call := await _read(reader):
                self.calls.append(call)
                writer.write(await self.scripts.get(call.callback, confirm)(call, writer))
                await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()


async def _read(reader: asyncio.StreamReader) -> Call | None:
    try:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    except asyncio.IncompleteReadError:
        return None
    line, *fields = head.split("\r\n")
    method, path, _ = line.split(" ")
    headers = {name.lower(): value.strip() for name, _, value in (each.partition(":") for each in fields if each)}
    body = await reader.readexactly(int(headers.get("content-length", 0)))
    return Call(method, path, headers, body)


def ask(server: Server, **fields: str) -> Answer:
    """POST a request to the hub. `_` in the name of a field stands for nothing but itself: `lease_seconds`."""
    form = urlencode({f"hub.{name}": value for name, value in fields.items()})
    return server.request("POST", "/hub", form.encode(), {"Content-Type": "application/x-www-form-urlencoded"})


def subscribe(server: Server, subscriber: Subscriber, topic: str, path: str = "/callback", **fields: str) -> None:
    """Subscribe, and wait for the verification."""
    before = len(subscriber.verifications(path.partition("?")[0]))
    taken = ask(server, mode="subscribe", topic=topic, callback=subscriber.url(path), **fields)
    assert taken.status == 202, taken.body
    eventually(lambda: len(subscriber.verifications(path.partition("?")[0])) > before)
