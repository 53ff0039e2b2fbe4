"""Senders that take their time hold the proxy, and not Warta: it answers others as if they were not there."""

import json
import socket
import time
from collections.abc import Iterator

import pytest

from tests.push.edge.conftest import Newsroom
from tests.support.nginx import Nginx, needs_nginx
from tests.support.people import reader
from tests.support.proxy import Proxy
from tests.support.raw import Slow, ask, head, read
from tests.support.scripted import Script, Scripted
from tests.support.server import eventually
from tests.support.varnish import Varnish, needs_varnish

pytestmark = [needs_varnish, needs_nginx]

MANY = 40  # connections: five for each thread of Warta
BATCHES = 20  # that the proxies send on at a time
BODIES = 64  # that nginx takes of one address at a time
AT_ONCE = 8.0  # seconds; a generous bound for what would else never come
BEARER = "Authorization: Bearer salah"
TRUSTED = "Authorization: Bearer {token}"
FORM = "Content-Type: application/x-www-form-urlencoded"
LENGTH = "Content-Length: 100"
CHUNKED = "Transfer-Encoding: chunked"
ROUTES = [
    ("POST", "/stats", LENGTH, FORM),
    ("POST", "/stats", CHUNKED, FORM),
    ("POST", "/stats?window=7d", LENGTH, FORM),
    ("GET", "/stats", LENGTH),
    ("POST", "/articles/a/views", LENGTH),
    ("GET", "/articles/a/views.gif", LENGTH),
    ("GET", "/latest.rss", LENGTH),
    ("GET", "/latest.rss", CHUNKED),
    ("HEAD", "/latest.rss", LENGTH),
    ("POST", "/latest.rss", LENGTH),
    ("OPTIONS", "/latest.rss", LENGTH),
    ("GET", "/latest", LENGTH),
    ("GET", "/", LENGTH),
    ("GET", "/articles/a?x=1", LENGTH),
    ("POST", "/tiada", LENGTH),
    ("PUT", "/api/articles/a", LENGTH),
    ("PUT", "/api/articles/a", LENGTH, TRUSTED),
    ("PUT", "/api/articles/a", "Content-Length: 900000", TRUSTED),
    ("PATCH", "/api/articles/a", CHUNKED, TRUSTED),
    ("DELETE", "/api/articles/a", LENGTH),
    ("GET", "/api/changes", LENGTH),
    ("PUT", "/api/curation/articles/a", LENGTH, TRUSTED),
    ("POST", "/api/articles", LENGTH),
    ("POST", "/api/articles", LENGTH, BEARER),
    ("POST", "/api/articles", CHUNKED, BEARER),
    ("POST", "/api/articles?x=1", LENGTH, BEARER),
    ("PUT", "/api/articles", LENGTH, TRUSTED),
    ("POST", "/metrics", LENGTH),
    ("PURGE", "/", LENGTH),
    ("BREW", "/", LENGTH),
    ("POST", "http://x/stats", LENGTH, FORM),
]


def place(newsroom: Newsroom, name: str) -> Proxy:
    proxy: Proxy = getattr(newsroom, name)
    return proxy


@pytest.mark.parametrize("route", ROUTES, ids=" ".join)
@pytest.mark.parametrize("name", ["varnish", "nginx"])
def test_slow_bodies_keep_nobody_waiting(newsroom: Newsroom, name: str, route: tuple[str, ...]) -> None:
    proxy = place(newsroom, name)
    method, target, *headers = (part.format(token=newsroom.token) for part in route)
    with Slow(proxy.port, MANY, method, target, *headers):
        started = time.monotonic()
        assert ask(newsroom.server.port, "GET", "/healthz").status == 200
        assert ask(proxy.port, "GET", "/latest.rss").status == 200
        assert ask(proxy.port, "GET", "/api/openapi.json").status == 200
        assert time.monotonic() - started < AT_ONCE


@pytest.mark.parametrize("name", ["varnish", "nginx"])
def test_bodies_that_come_pass_and_are_whole(newsroom: Newsroom, name: str) -> None:
    """In one piece, in chunks, and a batch of more bytes than any other body may have."""
    proxy, token = place(newsroom, name), {"Authorization": f"Bearer {newsroom.token}"}
    article = json.dumps({"title": "Panjang", "content_html": f"<p>{'kata ' * 30_000}</p>"}).encode()
    assert proxy.request("PUT", f"/api/articles/{name}-1", token, article).status == 201
    chunks = b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in (article[:9], article[9:])) + b"0\r\n\r\n"
    with socket.create_connection(("127.0.0.1", proxy.port), timeout=20) as connection:
        authorized = f"Authorization: Bearer {newsroom.token}"
        connection.sendall(head("PUT", f"/api/articles/{name}-2", authorized, CHUNKED, "Connection: close"))
        connection.sendall(chunks)
        assert read(connection).status == 201
    line = json.dumps({"id": f"{name}-3", "title": "Panjang", "content_html": f"<p>{'kata ' * 30_000}</p>"}).encode()
    batch = proxy.request("POST", "/api/articles", token, b"\n".join([line] * 10))
    assert batch.status == 200
    assert [json.loads(answer)["line"] for answer in batch.body.splitlines()] == list(range(1, 11))
    person = reader(10 if name == "nginx" else 11)
    assert proxy.request("POST", "/articles/a/views", person).headers["Warta-View"] == "taken"
    assert proxy.request("POST", "/stats", {}, b"token=salah").status in (401, 415)


@pytest.mark.parametrize("name", ["varnish", "nginx"])
@pytest.mark.parametrize(
    ("method", "target", "size"),
    [
        ("POST", "/stats", 17_000),
        ("POST", "/articles/a/views", 17_000),
        ("POST", "/tiada", 10**12),
        ("PUT", "/api/articles/a", 1_000_001),
        ("POST", "/api/articles/a", 10**9),
    ],
)
def test_long_bodies_are_refused_before_they_come(
    newsroom: Newsroom, name: str, method: str, target: str, size: int
) -> None:
    with socket.create_connection(("127.0.0.1", place(newsroom, name).port), timeout=AT_ONCE) as connection:
        connection.sendall(head(method, target, BEARER, f"Content-Length: {size}", "Connection: close"))
        assert connection.recv(12) == b"HTTP/1.1 413"


# --- how many they hold, and for how long ----------------------------------------------------------------------------


@pytest.fixture(params=[Varnish, Nginx], ids=["varnish", "nginx"])
def scripted(request: pytest.FixtureRequest) -> Iterator[tuple[Proxy, Scripted]]:
    with Scripted() as origin, request.param(origin.port) as proxy:
        origin.script = Script(body=b"baik")
        yield proxy, origin


def test_a_client_that_sends_nothing_more_is_disconnected(scripted: tuple[Proxy, Scripted]) -> None:
    """In the middle of a head, of a body, or between two requests; Warta never hears of the first two."""
    proxy, origin = scripted
    begun = [b"GET /latest.rss HTTP/1.1\r\nHost: x\r\n", head("POST", "/stats", LENGTH) + b"1", head("GET", "/selesai")]
    connections = [socket.create_connection(("127.0.0.1", proxy.port), timeout=12) for _ in begun]
    for connection, sent in zip(connections, begun, strict=True):
        connection.sendall(sent)
    started = time.monotonic()
    for connection in connections:
        read(connection)
        connection.close()
    assert time.monotonic() - started < 12
    assert {asked.path for asked in origin.asked} == {"/selesai"}


def test_batches_hold_few_connections_to_warta(scripted: tuple[Proxy, Scripted]) -> None:
    """Those that are too many are refused: by nginx at once, by Varnish when no more of their bodies comes.

    Varnish counts without a lock, so that more of those that come in the same moment pass.
    """
    proxy, origin = scripted
    with Slow(proxy.port, MANY, "POST", "/api/articles", LENGTH, BEARER):
        assert ask(proxy.port, "GET", "/latest.rss").status == 200
        eventually(lambda: origin.receiving >= BATCHES)
        first = origin.receiving
        assert first <= BATCHES + 5 or isinstance(proxy, Varnish)
        with Slow(proxy.port, 5, "POST", "/api/articles", LENGTH, BEARER) as more:
            eventually(lambda: len(more.answered()) == 5)
            assert {connection.recv(12) for connection in more.answered()} <= {b"HTTP/1.1 429", b"HTTP/1.1 503", b""}
        assert origin.most_at_once <= max(first, MANY)


def test_varnish_has_a_thread_for_each_of_many_slow_bodies(newsroom: Newsroom) -> None:
    with Slow(newsroom.varnish.port, 1_000, "POST", "/stats", LENGTH):
        started = time.monotonic()
        assert ask(newsroom.varnish.port, "GET", "/latest.rss").status == 200
        assert ask(newsroom.server.port, "GET", "/healthz").status == 200
        assert time.monotonic() - started < AT_ONCE


def test_nginx_takes_so_many_bodies_of_an_address(newsroom: Newsroom) -> None:
    """And answers it all the same where it sends none."""
    with Slow(newsroom.nginx.port, 100, "POST", "/stats", LENGTH) as slow:
        eventually(lambda: len(slow.answered()) >= 100 - BODIES)
        assert {connection.recv(12) for connection in slow.answered()} == {b"HTTP/1.1 429"}
        assert ask(newsroom.nginx.port, "GET", "/latest.rss").status == 200
        assert newsroom.nginx.request("POST", "/articles/a/views", reader(1)).headers["Warta-View"] == "taken"
