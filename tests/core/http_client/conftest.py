"""Servers for outgoing requests, on this machine."""

import gzip
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest

from service.core.http_client import client
from tests.support.http_server import LocalServer, QuietHandler
from tests.support.scripted import Scripted

CERTIFICATE = Path(__file__).parent / "data" / "localhost.pem"  # key and certificate, for the name localhost alone
LOOPBACK = [ip_network("127.0.0.0/8")]
FEED = b"<rss/>"
BOMB = gzip.compress(b"\0" * 50_000_000)
ENCODED = {
    "one-member": gzip.compress(FEED),
    "two-members": gzip.compress(FEED[:3]) + gzip.compress(FEED[3:]),
    "empty-members": gzip.compress(b"") + gzip.compress(FEED) + gzip.compress(b"") * 5_000,
    "padded": gzip.compress(FEED) + b"\0" * 100,
    "followed-by-text": gzip.compress(FEED) + b"<!-- 0.1 s -->",
    "large-members": gzip.compress(b"x" * 500) + gzip.compress(b"x" * 501),
    "cut": gzip.compress(FEED)[:-4],
    "second-member-cut": gzip.compress(FEED) + gzip.compress(FEED)[:-4],
    "second-member-broken": gzip.compress(FEED) + gzip.compress(FEED)[:-4] + b"0000",
    "no-gzip": FEED,
}


class Newsroom(QuietHandler):
    """Answers by path; `seen` holds the requests."""

    seen: list[tuple[str, str]]

    def do_GET(self) -> None:
        self.seen.append((self.path, self.headers["Host"]))
        name, _, rest = self.path[1:].partition("/")
        with suppress(OSError):  # the guard hangs up
            getattr(self, f"send_{name}")(rest)

    def send_feed(self, _: str) -> None:
        self.answer(b"<rss/>", {"Content-Type": "Application/RSS+XML; charset=UTF-8"})

    def send_encoded(self, name: str) -> None:
        self.answer(ENCODED[name], {"Content-Encoding": "x-gzip" if name == "padded" else "gzip"})

    def send_brotli(self, _: str) -> None:
        self.answer(b"x", {"Content-Encoding": "br"})

    def send_twotypes(self, _: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/xml")
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()

    def send_chunks(self, size: str) -> None:
        """Two chunks of 3 bytes; the second one says that it has `size` bytes."""
        self.protocol_version = "HTTP/1.1"
        self.send_response(200)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        self.wfile.write(b"3\r\n<rs\r\n%s\r\ns/>\r\n0\r\n\r\n" % size.encode())

    def send_brokenheader(self, _: str) -> None:
        self.wfile.write(b"HTTP/1.0 200 OK\r\nno header\r\nX-A: b\r\n\r\n" + FEED)

    def send_bomb(self, _: str) -> None:
        self.answer(BOMB, {"Content-Encoding": "gzip"})

    def send_half(self, _: str) -> None:
        self.answer(b"x" * 10, {"Content-Length": "1000"})

    def send_large(self, size: str) -> None:
        self.answer(b"x" * int(size), {})

    def send_missing(self, _: str) -> None:
        self.send_error(404)

    def send_again(self, count: str) -> None:
        self.answer(b"", {"Location": f"/again/{int(count) - 1}" if int(count) else "/feed"}, status=302)

    def send_away(self, url: str) -> None:
        self.answer(b"", {"Location": url}, status=301)

    def send_drops(self, _: str) -> None:
        self.send_response(200)
        self.end_headers()
        for _i in range(100):
            self.wfile.write(b"x")
            time.sleep(0.05)

    def answer(self, body: bytes, headers: dict[str, str], status: int = 200) -> None:
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)


@pytest.fixture
def newsroom() -> Iterator[str]:
    Newsroom.seen = []
    with LocalServer(Newsroom) as server:
        yield server.url


@pytest.fixture
def receiver() -> Iterator[Scripted]:
    with Scripted() as server:
        yield server


@pytest.fixture
def trusted(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The system trusts the certificate of the tests."""
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
    client._tls.cache_clear()
    yield
    client._tls.cache_clear()


@contextmanager
def tls_newsroom(requested_names: list[str | None] | None = None) -> Iterator[int]:
    """The port of a Newsroom behind TLS. The names that clients request (SNI) are added to the list."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE)
    context.sni_callback = lambda _, name, __: (requested_names or []).append(name)
    Newsroom.seen = []

    class Quiet(LocalServer):
        def handle_error(self, *_: Any) -> None:
            pass  # clients that do not trust the certificate hang up

    server = Quiet(Newsroom)
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    with server:
        yield server.server_port


@contextmanager
def raw_server(talk: Callable[[socket.socket], None]) -> Iterator[int]:
    """The port of a server that talks with one client. The block ends when `talk` has ended."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            with suppress(OSError), listener.accept()[0] as connection:
                talk(connection)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield listener.getsockname()[1]
        thread.join()


def swallow(connection: socket.socket) -> None:
    """Read until the client closes the connection, and answer nothing."""
    while connection.recv(100_000):
        pass


def drip(connection: socket.socket, start: bytes, drop: bytes) -> None:
    """Send a start, then drops without end."""
    connection.sendall(start)
    while True:
        connection.sendall(drop)
        time.sleep(0.05)


@pytest.fixture
def two_addresses(monkeypatch: pytest.MonkeyPatch) -> None:
    """The name localhost has two IP addresses, first 127.0.0.2."""
    look_up = socket.getaddrinfo

    def resolve(host: str, *args: Any, **more: Any) -> Any:
        hosts = ("127.0.0.2", "127.0.0.1") if host.rstrip(".") == "localhost" else (host,)
        return [row for each in hosts for row in look_up(each, *args, **more)]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
