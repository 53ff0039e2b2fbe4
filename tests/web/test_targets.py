"""Request lines and Host headers as an attacker writes them, over a real socket: no answer leads to a host of his."""

import socket
from collections.abc import Iterator

import pytest

from tests.support.server import DEADLINE, Server, warta

HOST, TARGET = "host.evil", "target.evil"
NO_PATH = [
    *(f"GET {path}" for path in ("metrics", "stats", "latest.rss", "healthz", f"{TARGET}:80", "articles", "*", "x")),
    *("HEAD metrics", "POST stats", "OPTIONS metrics", f"CONNECT {TARGET}:443", "CONNECT metrics", "DELETE metrics"),
    *("GET metrics/", "GET %2Fmetrics", "GET ?a", "GET #a", "GET \\metrics", "GET metrics?a", "POST articles/1/views"),
]
PATHS = [
    *("/", "/metrics", "/metrics/", "/stats", "/stats/", "/stats?lang=en", "/stats?key=x&name=y&until=1", "/latest"),
    *("/latest.rss", "/latest/1.rss", "/latest/new.rss", "/popular/", "/embed.js", "/embed/demo", "/articles/1"),
    *("/articles//1", "/articles/1/", "/api/articles/", "/static/", "/static//x", "/feeds.opml", "/feeds.json"),
    *("/robots.txt", "/sitemap-news.xml", "/.well-known/feed-menu.json", "/api/openapi.json", "/readyz", "//metrics"),
    *("//", "/%2F", "/%5C", "/..", "/./metrics", "/a//b", "/photos/demo-1.png/", "/category/dinamika/"),
]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    data_dir = tmp_path_factory.mktemp("targets") / "data"
    assert warta(data_dir, "import", "-", stdin='{"id": "1", "title": "Judul", "tags": ["a"]}').code == 0
    with Server(data_dir) as server:
        yield server


def answer(server: Server, line: str, host: str = HOST, version: str = "1.1") -> bytes:
    sent = f"{line} HTTP/{version}\r\nHost: {host}\r\nX-Forwarded-Host: {host}\r\nConnection: close\r\n"
    with socket.create_connection(("127.0.0.1", server.port), timeout=DEADLINE) as connection:
        connection.sendall(f"{sent}Content-Length: 0\r\n\r\n".encode("latin-1"))
        return b"".join(iter(lambda: connection.recv(2**16), b""))


@pytest.mark.parametrize("line", NO_PATH)
def test_a_target_that_is_no_path_is_a_bad_request(server: Server, line: str) -> None:
    told = answer(server, line)
    assert told.startswith(b"HTTP/1.1 400 ")
    assert b"evil" not in told
    assert b"location" not in told.lower()


@pytest.mark.parametrize("version", ["1.0", "1.1"])
@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "OPTIONS", "PUT", "get", "PROPFIND"])
def test_no_answer_repeats_the_host_that_a_request_names(server: Server, method: str, version: str) -> None:
    """Neither the header nor, in the absolute form of a proxy's request, the target's (RFC 9112 §3.2.2)."""
    for path in PATHS:
        for target in (path, f"http://{TARGET}{path}", f"ftp://{TARGET}{path}"):
            told = answer(server, f"{method} {target}", version=version)
            assert told.startswith(b"HTTP/1."), target
            assert not told.startswith(b"HTTP/1.1 5") or told.startswith(b"HTTP/1.1 501"), target
            assert b".evil" not in told, target


@pytest.mark.parametrize("host", ["", "a b", "<x>", "host.evil:99999", "[::1", "host.evil, b", "é"])
def test_a_host_that_is_none_is_not_repeated_either(server: Server, host: str) -> None:
    for path in ("/", "/latest.rss", "/stats", "/metrics/"):
        told = answer(server, f"GET {path}", host)
        assert told.startswith((b"HTTP/1.1 200", b"HTTP/1.1 301", b"HTTP/1.1 400", b"HTTP/1.1 401")), path
        assert b".evil" not in told


def test_the_server_as_a_whole_may_be_asked_for_its_options(server: Server) -> None:
    """RFC 9110 §9.3.7."""
    assert answer(server, "OPTIONS *").startswith(b"HTTP/1.1 204 ")
