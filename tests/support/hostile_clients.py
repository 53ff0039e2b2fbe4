"""Hostile clients over raw sockets."""

import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager

from tests.support.server import DEADLINE, Server

PAUSE = 0.5  # seconds between two bytes of a client that drips


class RawClient:
    """One connection, for the time of a `with` block. What the server sends is kept in `answer`."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=DEADLINE)
        self.answer = b""

    def __enter__(self) -> "RawClient":
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    def send(self, data: bytes) -> bool:
        """True if the connection still takes data."""
        try:
            self._socket.sendall(data)
        except OSError:
            return False
        return True

    def end(self) -> None:
        """Say that nothing more comes, and go on reading."""
        self._socket.shutdown(socket.SHUT_WR)

    def is_closed_within(self, seconds: float) -> bool:
        """Read until the server closes the connection."""
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            self._socket.settimeout(left)
            try:
                data = self._socket.recv(65_536)
            except TimeoutError:
                return False
            except OSError:  # a reset
                return True
            if not data:
                return True
            self.answer += data
        return False

    @property
    def status(self) -> int:
        """The status of the answer; 0 without one."""
        final = self.answer.removeprefix(b"HTTP/1.1 100 Continue\r\n\r\n")
        return int(final.split(b" ", 2)[1]) if final.startswith(b"HTTP/1.1 ") else 0


def exchange(port: int, request: bytes) -> RawClient:
    """The request as it stands, and the client when the server has closed the connection."""
    with RawClient(port) as client:
        client.send(request)
        assert client.is_closed_within(DEADLINE)
    return client


def head(method: str, target: str, *lines: str) -> bytes:
    return "\r\n".join([f"{method} {target} HTTP/1.1", "Host: x", *lines, "", ""]).encode()


@contextmanager
def dripping(port: int, requests: Sequence[bytes], drip: bytes = b"a") -> Iterator[list[RawClient]]:
    """Clients that have sent these requests, and go on with a byte now and then for the time of the block."""
    over = threading.Event()
    with ExitStack() as stack:
        clients = [stack.enter_context(RawClient(port)) for _ in requests]
        for client, request in zip(clients, requests, strict=True):
            client.send(request)

        def go_on() -> None:
            while not over.wait(PAUSE):
                for client in clients:
                    client.send(drip)

        thread = threading.Thread(target=go_on)
        thread.start()
        try:
            yield clients
        finally:
            over.set()
            thread.join()


def slowest(server: Server, path: str, times: int = 20) -> float:
    """Seconds of the slowest of several answers, each on a new connection; both workers are asked."""

    def seconds(look: Callable[[], object]) -> float:
        started = time.monotonic()
        look()
        return time.monotonic() - started

    return max(seconds(lambda: server.get(path)) for _ in range(times))
