"""Slow servers: the time limit is for the whole request."""

import socket
import threading
from collections.abc import Callable

import pytest

from service.core.http_client import OutgoingFailed, send
from tests.core.http_client.conftest import LOOPBACK, drip, raw_server, swallow

# Servers that go on until the client closes the connection.
SLOW_SERVERS: dict[str, tuple[str, Callable[[socket.socket], None]]] = {
    "silence": ("http", swallow),
    "status line": ("http", lambda connection: drip(connection, b"HTTP/1.1 200 O", b"K")),
    "headers": ("http", lambda connection: drip(connection, b"HTTP/1.1 200 OK\r\n", b"X-A: b\r\n")),
    "chunks": ("http", lambda c: drip(c, b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n")),
    "trailers": ("http", lambda c: drip(c, b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n", b"a: b\r\n")),
    # A handshake record of 16 KB, whose message never ends.
    "TLS handshake": ("https", lambda connection: drip(connection, b"\x16\x03\x03\x40\x00\x02\x00\x3f\xfc", b"\0")),
}


@pytest.mark.parametrize("name", SLOW_SERVERS)
def test_a_slow_server_is_left_when_the_time_is_over(name: str) -> None:
    scheme, talk = SLOW_SERVERS[name]
    late = pytest.raises(OutgoingFailed, match=r"no whole answer within 0\.4 seconds|no connection in time")
    with raw_server(talk) as port, late:
        send("POST", f"{scheme}://127.0.0.1:{port}/", body=b"x", allow=LOOPBACK, limit_bytes=1000, timeout=0.4)


def test_a_server_that_does_not_take_the_body_is_left_when_the_time_is_over() -> None:
    ended = threading.Event()

    def wait(_: socket.socket) -> None:
        ended.wait()

    with raw_server(wait) as port:
        url = f"http://127.0.0.1:{port}/"
        with pytest.raises(OutgoingFailed, match=r"no whole answer within 0\.4 seconds"):
            send("POST", url, body=bytes(50_000_000), allow=LOOPBACK, limit_bytes=1000, timeout=0.4)
        ended.set()
