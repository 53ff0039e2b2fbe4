"""Outgoing requests, to real servers on this machine."""

import gzip
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest

from service.core.errors import WartaError
from service.core.http_client import ANY_NETWORK, OutgoingFailed, OutgoingRefused, client, fetch, send
from tests.support.scripted import Script, Scripted
from tests.support.server import free_port

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


class Newsroom(BaseHTTPRequestHandler):
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

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def newsroom() -> Iterator[str]:
    Newsroom.seen = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), Newsroom)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_an_answer_says_what_it_is(newsroom: str) -> None:
    answer = fetch(f"{newsroom}/feed", allow=LOOPBACK, limit_bytes=len(FEED))
    assert (answer.url, answer.status, answer.body) == (f"{newsroom}/feed", 200, FEED)
    assert (answer.media_type, answer.charset) == ("application/rss+xml", "utf-8")
    assert fetch(f"{newsroom}/chunks/3", allow=LOOPBACK, limit_bytes=1000).body == FEED


def test_an_answer_may_have_no_type_or_two(newsroom: str) -> None:
    answers = [fetch(f"{newsroom}/{path}", allow=LOOPBACK, limit_bytes=1000) for path in ("large/0", "twotypes")]
    assert [(answer.media_type, answer.charset) for answer in answers] == [("", ""), ("text/xml", "")]


@pytest.mark.parametrize("name", ["one-member", "two-members", "empty-members", "padded", "followed-by-text"])
def test_gzip_is_decompressed_with_all_its_members(newsroom: str, name: str) -> None:
    assert fetch(f"{newsroom}/encoded/{name}", allow=LOOPBACK, limit_bytes=1000).body == FEED


def test_redirects_are_followed_five_times(newsroom: str) -> None:
    assert fetch(f"{newsroom}/again/4", allow=LOOPBACK, limit_bytes=1000).url == f"{newsroom}/feed"
    with pytest.raises(OutgoingFailed, match="more than 5 redirects"):
        fetch(f"{newsroom}/again/5", allow=LOOPBACK, limit_bytes=1000)


@pytest.mark.parametrize(
    "target",
    [
        "http://127.0.0.2/",
        "http://localhost.:1/",
        "http://[::1]/",
        "file:///etc/passwd",
        "http://10.0.0.1/",
        "http://[::1",
    ],
)
def test_a_redirect_is_judged_like_the_first_url(newsroom: str, target: str) -> None:
    with pytest.raises(OutgoingRefused):
        fetch(
            f"{newsroom}/away/{target}",
            allow=[] if "localhost" in target else [ip_network("127.0.0.1")],
            limit_bytes=1000,
        )


def test_the_name_is_looked_up_once_and_the_judged_address_is_used(
    newsroom: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    look_up, looked_up = socket.getaddrinfo, []

    def rebinding(host: str, port: int, *args: Any, **more: Any) -> Any:
        if host != "berita.test":
            return look_up(host, port, *args, **more)
        looked_up.append(host)
        return look_up("127.0.0.1" if len(looked_up) == 1 else "127.0.0.2", port, *args, **more)

    monkeypatch.setattr(socket, "getaddrinfo", rebinding)
    port = newsroom.rpartition(":")[2]
    assert fetch(f"http://berita.test:{port}/feed", allow=LOOPBACK, limit_bytes=1000).body == b"<rss/>"
    assert looked_up == ["berita.test"]
    assert Newsroom.seen == [("/feed", f"berita.test:{port}")]
    with pytest.raises(OutgoingRefused, match=r"berita\.test leads to 127\.0\.0\.2, which is not a public address"):
        fetch(f"http://berita.test:{port}/feed", allow=[ip_network("127.0.0.1")], limit_bytes=1000)


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("ftp://contoh.id/", "only http and https"),
        ("berita.xml", "only http and https"),
        ("http:///berita", "no host"),
        ("http://redaksi:rahasia@contoh.id/", "user name or password"),
        ("https://:rahasia@contoh.id/", "user name or password"),
        ("https://@contoh.id/", "user name or password"),
        ("https://:@contoh.id/", "user name or password"),
        ("http://redaksi:pass/rahasia@contoh.id/", "not a valid URL"),
        ("http://redaksi:pass#rahasia@contoh.id/", "not a valid URL"),
        ("http://redaksi:@rahasia[@contoh.id/", "not a valid URL"),
        ("ftp://redaksi:rahasia@contoh.id/", "only http and https"),
        ("http://contoh.id:99999/", "not a valid URL: Port out of range"),
        ("http://[::1/", "not a valid URL"),
        (f"http://{'a' * 70}.id/", "not a valid URL"),
        ("http://127.0.0.1/", "leads to 127.0.0.1, which is not a public address (loopback, RFC 1122)"),
        ("http://169.254.169.254/latest/meta-data", "not a public address (link-local"),
        ("http://168.63.129.16/machine", "not a public address (Azure's WireServer"),
        ("http://[2d00::1]:99999/", "not a valid URL"),
    ],
)
def test_a_url_that_may_not_be_fetched_says_why(url: str, reason: str) -> None:
    with pytest.raises(OutgoingRefused) as refusal:
        fetch(url, limit_bytes=1000)
    assert reason in str(refusal.value)
    assert "rahasia" not in str(refusal.value)
    assert "pass" not in str(refusal.value).removesuffix("a URL may not hold a user name or password")


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("missing", "the server answered 404 Not Found"),
        ("large/1001", "larger than 1,000 bytes"),
        ("bomb", "larger than 1,000 bytes"),
        ("encoded/large-members", "larger than 1,000 bytes"),
        ("brotli", "the server answered in the encoding br, which was not asked for"),
        ("half", "ended early"),
        ("encoded/cut", "ended early"),
        ("encoded/second-member-cut", "ended early"),
        ("encoded/second-member-broken", "the answer is not valid gzip"),
        ("encoded/no-gzip", "the answer is not valid gzip"),
        ("chunks/9", "ended early"),
        ("chunks/kata", "the answer is broken"),
        ("chunks/-1", "ended early"),
        ("drops", "no whole answer within 0.5 seconds"),
        ("feed\x00", "the server closed the connection without an answer"),
    ],
)
def test_an_answer_that_cannot_be_used_says_why(newsroom: str, path: str, reason: str) -> None:
    with pytest.raises(OutgoingFailed) as failure:
        fetch(f"{newsroom}/{path}", allow=LOOPBACK, limit_bytes=1000, timeout=0.5)
    assert reason in str(failure.value)


def test_a_port_where_nobody_answers_is_one_clear_line() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        with pytest.raises(OutgoingFailed, match="Connection refused"):
            fetch(f"http://127.0.0.1:{taken.getsockname()[1]}/", allow=LOOPBACK, limit_bytes=1000)


@pytest.mark.parametrize(
    "host",
    [
        *("127.0.0.1", "127.1", "0x7f.1", "0x7f000001", "0177.0.0.1", "017700000001", "2130706433", "0", "localhost"),
        *("127.0.0.1.", "localhost.", "127.0.0.1..", "127%2e0.0.1", "127.0.0.1%lo", "127.0.0.1%00.contoh.id"),
        *("１２７.０.０.１", "127。0。0。1", "①②⑦.⓪.⓪.①", "ｌｏｃａｌｈｏｓｔ", "１２７.１"),
        *("[::1]", "[::]", "[::1%1]", "[::1%25lo]", "[0:0:0:0:0:0:0:1]", "[fe80::1%lo]", "[fe80::1%251]"),
        *("[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::ffff:127.0.0.1%1]", "[::127.0.0.1]", "[64:ff9b::127.0.0.1]"),
        *("[2002:7f00:1::]", "[2606:4700::5efe:127.0.0.1]", "[::ffff:0:127.0.0.1]"),
    ],
)
def test_no_spelling_of_this_machine_reaches_it(newsroom: str, host: str) -> None:
    """The real resolver says what the host is, and that is judged. Some of these are no host for it at all."""
    port = newsroom.rpartition(":")[2]
    with pytest.raises(WartaError) as refusal:
        fetch(f"http://{host}:{port}/feed", limit_bytes=1000)
    assert isinstance(refusal.value, OutgoingRefused) or "Name or service not known" in str(refusal.value)
    assert Newsroom.seen == []


def test_the_proxy_of_the_environment_is_not_used(newsroom: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{free_port()}")
    assert fetch(f"{newsroom}/feed", allow=LOOPBACK, limit_bytes=1000).body == FEED


def test_a_broken_header_is_not_logged(newsroom: str, caplog: pytest.LogCaptureFixture) -> None:
    """urllib3 would log a traceback and the URL, which may hold a secret."""
    answer = fetch(f"{newsroom}/brokenheader", allow=LOOPBACK, limit_bytes=1000)
    assert (answer.body, caplog.records) == (FEED, [])


# --- any method -------------------------------------------------------------------------------------------------------


@pytest.fixture
def receiver() -> Iterator[Scripted]:
    with Scripted() as server:
        yield server


def test_a_request_has_a_method_headers_and_a_body(receiver: Scripted) -> None:
    receiver.script = Script(202, body=b"x" * 1_000)
    headers = {"Content-Type": "application/json", "X-Signature": "sha256=abc"}
    url = f"{receiver.address}/hook?id=1"
    answer = send("POST", url, headers=headers, body=b'{"id": 1}', allow=LOOPBACK, limit_bytes=10)
    assert (answer.url, answer.status, answer.body) == (url, 202, b"x" * 10)
    send("PURGE", receiver.address, allow=ANY_NETWORK, limit_bytes=10)
    first, second = receiver.asked
    assert (first.method, first.path, first.body) == ("POST", "/hook?id=1", b'{"id": 1}')
    assert first.headers.items() >= {**headers, "Host": f"127.0.0.1:{receiver.port}", "User-Agent": "Warta"}.items()
    assert (second.method, second.path, second.headers["Content-Length"]) == ("PURGE", "/", "0")


@pytest.mark.parametrize("status", [204, 302, 404, 500])
def test_any_status_is_returned_and_nothing_is_sent_twice(receiver: Scripted, status: int) -> None:
    location = f"{receiver.address}/lain"
    receiver.script = Script(status, body=b"", headers={"Location": location, "Content-Encoding": "gzip"})
    answer = send("POST", receiver.address, body=b"x", allow=LOOPBACK, limit_bytes=10)
    assert (answer.status, answer.headers["location"], answer.body) == (status, location, b"")
    assert len(receiver.asked) == 1


def test_a_body_that_nobody_wants_is_not_read(receiver: Scripted) -> None:
    receiver.script = Script(200, body=b"x", headers={"Content-Encoding": "br", "Content-Length": "1000"})
    answer = send("POST", receiver.address, body=b"x", allow=LOOPBACK)
    assert (answer.status, answer.body) == (200, b"")


def test_a_request_is_sent_to_public_addresses_alone(receiver: Scripted) -> None:
    with pytest.raises(OutgoingRefused, match="not a public address"):
        send("POST", receiver.address, body=b"x", limit_bytes=10)
    assert receiver.asked == []


@pytest.mark.parametrize(
    ("method", "headers"),
    [
        ("POST", {"X-Token": "rahasia\r\nX-Injected: 1"}),
        ("POST", {"X-Token\r\nX-Injected": "rahasia"}),
        ("POST", {"X-Token": "rahasia\u0142"}),
        ("POST / HTTP/1.1\r\nX-Injected: 1\r\n", {"X-Token": "rahasia"}),
    ],
)
def test_no_header_smuggles_another_one(receiver: Scripted, method: str, headers: dict[str, str]) -> None:
    with pytest.raises(OutgoingFailed, match="the method or a header of the request is not valid") as failure:
        send(method, receiver.address, headers=headers, allow=LOOPBACK, limit_bytes=10)
    assert "rahasia" not in str(failure.value)
    assert receiver.asked == []


# --- TLS --------------------------------------------------------------------------------------------------------------


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

    class Quiet(ThreadingHTTPServer):
        def handle_error(self, *_: Any) -> None:
            pass  # clients that do not trust the certificate hang up

    server = Quiet(("127.0.0.1", 0), Newsroom)
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.mark.usefixtures("trusted", "two_addresses")
def test_the_name_of_the_url_is_requested_and_certified_though_the_address_is_connected() -> None:
    names: list[str | None] = [None]
    with tls_newsroom(names) as port:
        assert fetch(f"https://localhost:{port}/feed", allow=LOOPBACK, limit_bytes=1000).body == FEED
        assert fetch(f"https://LOCALHOST.:{port}/feed", allow=LOOPBACK, limit_bytes=1000).body == FEED
        assert Newsroom.seen[0] == ("/feed", f"localhost:{port}")
        assert names == [None, "localhost", "localhost"]
        with pytest.raises(OutgoingFailed, match=r"certificate is not valid for '127\.0\.0\.1'"):
            fetch(f"https://127.0.0.1:{port}/feed", allow=LOOPBACK, limit_bytes=1000)


def test_a_certificate_that_the_system_does_not_trust_is_refused() -> None:
    with tls_newsroom() as port:
        with pytest.raises(OutgoingFailed, match="certificate verify failed"):
            fetch(f"https://localhost:{port}/feed", allow=LOOPBACK, limit_bytes=1000)
        assert Newsroom.seen == []


# --- time, and several IP addresses -----------------------------------------------------------------------------------


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


def test_a_chunk_without_end_is_not_read_into_memory() -> None:
    """Python's and urllib3's readers take a negative size for everything that follows."""

    def pour(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n")
        while True:
            connection.sendall(bytes(100_000))

    with raw_server(pour) as port, pytest.raises(OutgoingFailed, match="larger than 1,000 bytes"):
        fetch(f"http://127.0.0.1:{port}/", allow=LOOPBACK, limit_bytes=1000)


def test_a_server_that_does_not_take_the_body_is_left_when_the_time_is_over() -> None:
    ended = threading.Event()

    def wait(_: socket.socket) -> None:
        ended.wait()

    with raw_server(wait) as port:
        url = f"http://127.0.0.1:{port}/"
        with pytest.raises(OutgoingFailed, match=r"no whole answer within 0\.4 seconds"):
            send("POST", url, body=bytes(50_000_000), allow=LOOPBACK, limit_bytes=1000, timeout=0.4)
        ended.set()


@pytest.fixture
def two_addresses(monkeypatch: pytest.MonkeyPatch) -> None:
    """The name localhost has two IP addresses, first 127.0.0.2."""
    look_up = socket.getaddrinfo

    def resolve(host: str, *args: Any, **more: Any) -> Any:
        hosts = ("127.0.0.2", "127.0.0.1") if host.rstrip(".") == "localhost" else (host,)
        return [row for each in hosts for row in look_up(each, *args, **more)]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)


@pytest.mark.usefixtures("two_addresses")
def test_of_several_addresses_the_first_that_is_permitted_and_answers_is_used(newsroom: str) -> None:
    url = f"http://localhost:{newsroom.rpartition(':')[2]}/feed"
    assert fetch(url, allow=LOOPBACK, limit_bytes=1000).body == FEED
    assert fetch(url, allow=[ip_network("127.0.0.1")], limit_bytes=1000).body == FEED
    with pytest.raises(OutgoingFailed, match="Connection refused"):
        fetch(url, allow=[ip_network("127.0.0.2")], limit_bytes=1000)


@pytest.mark.usefixtures("two_addresses", "trusted")
def test_an_address_that_is_silent_leaves_time_for_the_next_one() -> None:
    with tls_newsroom() as port, socket.create_server(("127.0.0.2", port)):
        assert fetch(f"https://localhost:{port}/feed", allow=LOOPBACK, limit_bytes=1000, timeout=2).body == FEED
        with pytest.raises(OutgoingFailed, match="no connection in time"):
            fetch(f"https://localhost:{port}/feed", allow=[ip_network("127.0.0.2")], limit_bytes=1000, timeout=0.4)
