"""The guard for outgoing requests, against a real server on this machine."""

import gzip
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address, ip_network
from typing import Any

import pytest

from service import outgoing
from service.outgoing import OutgoingFailed, OutgoingRefused, fetch

LOOPBACK = [ip_network("127.0.0.1/32")]
BOMB = gzip.compress(b"\0" * 50_000_000)


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

    def send_zipped(self, _: str) -> None:
        self.answer(gzip.compress(b"<rss/>"), {"Content-Encoding": "gzip"})

    def send_bomb(self, _: str) -> None:
        self.answer(BOMB, {"Content-Encoding": "gzip"})

    def send_half(self, _: str) -> None:
        self.answer(b"x" * 10, {"Content-Length": "1000"})

    def send_halfzipped(self, _: str) -> None:
        self.answer(gzip.compress(b"<rss/>")[:-4], {"Content-Encoding": "gzip"})

    def send_large(self, _: str) -> None:
        self.answer(b"x" * 1001, {})

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
    assert fetch(f"{newsroom}/feed", allow=LOOPBACK, limit_bytes=1000) == outgoing.Response(
        f"{newsroom}/feed", "application/rss+xml", "utf-8", b"<rss/>"
    )
    assert fetch(f"{newsroom}/zipped", allow=LOOPBACK, limit_bytes=1000).body == b"<rss/>"


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
        fetch(f"{newsroom}/away/{target}", allow=LOOPBACK[:1] if "localhost" not in target else [], limit_bytes=1000)


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
        fetch(f"http://berita.test:{port}/feed", allow=LOOPBACK, limit_bytes=1000)


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("ftp://contoh.id/", "only http and https"),
        ("berita.xml", "only http and https"),
        ("http:///berita", "no host"),
        ("http://redaksi:rahasia@contoh.id/", "user name or password"),
        ("http://contoh.id:99999/", "not a valid URL"),
        ("http://[::1/", "not a valid URL"),
        (f"http://{'a' * 70}.id/", "not a valid URL"),
        ("http://127.0.0.1/", "not a public address"),
        ("http://0x7f.1/", "not a public address"),
        ("http://2130706433/", "not a public address"),
        ("http://[::ffff:127.0.0.1]/", "leads to 127.0.0.1"),
        ("http://169.254.169.254/latest/meta-data", "not a public address"),
    ],
)
def test_a_url_that_may_not_be_fetched_says_why(url: str, reason: str) -> None:
    with pytest.raises(OutgoingRefused) as refusal:
        fetch(url, limit_bytes=1000)
    assert reason in str(refusal.value)
    assert "rahasia" not in str(refusal.value)


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("missing", "the server answered 404 Not Found"),
        ("large", "larger than 1,000 bytes"),
        ("bomb", "larger than 1,000 bytes"),
        ("half", "ended early"),
        ("halfzipped", "ended early"),
        ("drops", "no whole answer within 0.5 seconds"),
        ("feed\x00", "the answer is broken"),
    ],
)
def test_an_answer_that_cannot_be_used_says_why(newsroom: str, path: str, reason: str) -> None:
    started = time.monotonic()
    with pytest.raises(OutgoingFailed) as failure:
        fetch(f"{newsroom}/{path}", allow=LOOPBACK, limit_bytes=1000, timeout=0.5)
    assert reason in str(failure.value)
    assert time.monotonic() - started < 1.5


def test_a_port_where_nobody_answers_is_one_clear_line() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        with pytest.raises(OutgoingFailed, match="Connection refused"):
            fetch(f"http://127.0.0.1:{taken.getsockname()[1]}/", allow=LOOPBACK, limit_bytes=1000)


@pytest.mark.parametrize(
    "address",
    [
        *("0.0.0.0", "10.1.2.3", "100.64.0.1", "127.0.0.1", "169.254.169.254", "172.16.0.1", "192.168.1.1"),  # noqa: S104
        *("192.0.2.1", "198.18.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255", "192.88.99.1"),
        *("::", "::1", "::127.0.0.1", "fe80::1", "fe80::1%eth0", "fc00::1", "fec0::1", "ff02::1", "2001:db8::1"),
        *("2002:7f00:1::", "2002:c0a8:101::", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::1", "2001::1"),
    ],
)
def test_no_address_of_a_private_or_special_network_is_public(address: str) -> None:
    assert not outgoing.is_public(ip_address(address))


@pytest.mark.parametrize("address", ["1.1.1.1", "103.28.12.1", "2606:4700::1111", "64:ff9b::101:101"])
def test_addresses_of_the_internet_are_public(address: str) -> None:
    assert outgoing.is_public(ip_address(address))
