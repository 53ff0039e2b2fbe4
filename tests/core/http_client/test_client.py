"""Outgoing requests and their answers, with real servers."""

import socket
from ipaddress import ip_network

import pytest

from service.core.http_client import ANY_NETWORK, OutgoingFailed, OutgoingRefused, fetch, send
from tests.core.http_client.conftest import FEED, LOOPBACK, Newsroom, raw_server, tls_newsroom
from tests.support.scripted import Script, Scripted
from tests.support.server import free_port


def test_an_answer_has_its_url_type_and_body(newsroom: str) -> None:
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
    ("path", "reason"),
    [
        ("missing", "the server answered 404 Not Found"),
        ("large/1001", "larger than 1,000 bytes"),
        ("bomb", "larger than 1,000 bytes"),
        ("encoded/large-members", "larger than 1,000 bytes"),
        ("brotli", "the server answered in the encoding br; Warta accepts only gzip"),
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


def test_a_chunk_without_end_is_not_read_into_memory() -> None:
    """Python's and urllib3's readers take a negative size for everything that follows."""

    def pour(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n")
        while True:
            connection.sendall(bytes(100_000))

    with raw_server(pour) as port, pytest.raises(OutgoingFailed, match="larger than 1,000 bytes"):
        fetch(f"http://127.0.0.1:{port}/", allow=LOOPBACK, limit_bytes=1000)


def test_the_proxy_of_the_environment_is_not_used(newsroom: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{free_port()}")
    assert fetch(f"{newsroom}/feed", allow=LOOPBACK, limit_bytes=1000).body == FEED


def test_a_broken_header_is_not_logged(newsroom: str, caplog: pytest.LogCaptureFixture) -> None:
    """urllib3 would log a traceback and the URL, which may hold a secret."""
    answer = fetch(f"{newsroom}/brokenheader", allow=LOOPBACK, limit_bytes=1000)
    assert (answer.body, caplog.records) == (FEED, [])


# --- any method -------------------------------------------------------------------------------------------------------


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
    with pytest.raises(OutgoingRefused, match="not a public IP address"):
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


# --- several IP addresses ---------------------------------------------------------------------------------------------


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
