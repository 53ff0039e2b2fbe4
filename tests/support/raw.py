"""Requests as strangers write them, byte by byte, and not as a library would send them."""

import select
import socket
import time
from contextlib import suppress
from types import TracebackType
from typing import NamedTuple, Self

from tests.support.server import DEADLINE

SETTLED = 0.2  # seconds


class Raw(NamedTuple):
    """What came back: `status` is 0 where the connection was closed without an answer."""

    status: int
    head: str
    body: bytes

    def header(self, name: str) -> str | None:
        """The first header of the name."""
        for line in self.head.splitlines()[1:]:
            key, _, value = line.partition(":")
            if key.lower() == name.lower():
                return value.strip()
        return None


def head(method: str, target: str, *headers: str) -> bytes:
    """A request without its body."""
    lines = [f"{method} {target} HTTP/1.1", "Host: example.com", *headers, "", ""]
    return "\r\n".join(lines).encode("latin-1")


def ask(port: int, method: str, target: str, *headers: str) -> Raw:
    """Send a request whose target and headers are sent as they are."""
    with socket.create_connection(("127.0.0.1", port), timeout=DEADLINE) as connection:
        connection.sendall(head(method, target, *headers, "Connection: close"))
        return read(connection)


def read(connection: socket.socket) -> Raw:
    """All that comes until the other side closes."""
    received = b""
    try:
        while some := connection.recv(65_536):
            received += some
    except ConnectionResetError:
        pass
    first, _, body = received.partition(b"\r\n\r\n")
    return Raw(int(first[9:12] or 0), first.decode("latin-1"), body)


class Slow:
    """Connections that have sent the head of a request with a body of 100 bytes or more, and two bytes of it, one after
    the other. They are closed after a `with` block."""

    def __init__(self, port: int, count: int, method: str, target: str, *headers: str) -> None:
        first = head(method, target, *headers)
        self.connections = [socket.create_connection(("127.0.0.1", port), timeout=DEADLINE) for _ in range(count)]
        self._send(first)
        self._send(b"64\r\n1" if b"chunked" in first else b"1")
        self._send(b"1")

    def _send(self, part: bytes) -> None:
        """Then wait, so that a proxy that sends on what it has would have done so."""
        for connection in self.connections:
            with suppress(ConnectionError):  # it was refused
                connection.sendall(part)
        time.sleep(SETTLED)

    def answered(self) -> list[socket.socket]:
        """Those that something has come back on, or that were closed."""
        return select.select(self.connections, [], [], 0)[0]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        for connection in self.connections:
            connection.close()
