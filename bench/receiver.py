"""A receiver of deliveries in a process of its own: `python -m bench.receiver PORT`. It confirms every verification.

`GET /figures` returns the figures since the last `GET /reset`: the times of the first and last delivery (seconds of the
monotonic clock, which all processes share), their number, and the number of callbacks that got a document twice. A
callback below `/slow/` never gets an answer to a delivery.
"""

import asyncio
import json
import sys
import time
from collections import Counter
from urllib.parse import parse_qs

_LENGTH = b"content-length:"


class Figures:
    """The deliveries since the last reset."""

    def __init__(self) -> None:
        self.times: list[float] = []
        self.seen: Counter[bytes] = Counter()
        self.slow = 0

    def text(self) -> bytes:
        times = sorted(self.times)
        found = {
            "count": len(times),
            "first": times[0] if times else 0,
            "last": times[-1] if times else 0,
            "twice": sum(number > 1 for number in self.seen.values()),
            "slow": self.slow,
        }
        return json.dumps(found).encode()


figures = Figures()


class Receiver(asyncio.Protocol):
    """One connection. It reads heads, and only counts the bytes of bodies."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._head = b""
        self._path = b""
        self._left = 0

    def data_received(self, data: bytes) -> None:
        while data:
            if self._left:
                taken = min(self._left, len(data))
                self._left -= taken
                data = data[taken:]
                if not self._left:
                    self._delivered()
                continue
            self._head += data
            head, end, data = self._head.partition(b"\r\n\r\n")
            if not end:
                return
            self._head = b""
            self._begin(head)

    def _begin(self, head: bytes) -> None:
        method, self._path, _ = head.split(b" ", 2)
        if method == b"POST":
            start = head.lower().index(_LENGTH) + len(_LENGTH)
            self._left = int(head[start:].split(b"\r\n", 1)[0])
            figures.times.append(time.monotonic())  # of its first bytes
            return
        if self._path == b"/reset":
            figures.__init__()  # type: ignore[misc]
        self._answer(figures.text() if self._path == b"/figures" else _challenge(self._path))

    def _delivered(self) -> None:
        if self._path.startswith(b"/slow/"):
            figures.times.pop()
            figures.slow += 1
            return
        figures.seen[self._path] += 1
        self._answer(b"")

    def _answer(self, body: bytes) -> None:
        self._transport.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))


def _challenge(path: bytes) -> bytes:
    return parse_qs(path.partition(b"?")[2]).get(b"hub.challenge", [b""])[0]


async def _serve(port: int) -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Receiver, "127.0.0.1", port, backlog=4096)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_serve(int(sys.argv[1])))
