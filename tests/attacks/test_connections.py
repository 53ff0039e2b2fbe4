"""Clients that hold connections and threads: a stranger without a token must not be able to stop the service."""

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import product
from pathlib import Path

import pytest

from tests.support.hostile_clients import RawClient, dripping, exchange, head, slowest
from tests.support.server import Server, eventually, free_port, warta

AT_ONCE = 5.0  # seconds on a busy machine; without the limits there is no answer at all
IDLE = 2  # seconds, limits.idle_seconds of this server
PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"  # RFC 9113 §3.4
SETTINGS = b"\0\0\0\x04\0\0\0\0\0"


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("attacks") / "data"


@pytest.fixture(scope="module")
def authorization(data_dir: Path) -> str:
    done = warta(data_dir, "token", "create", "cms", "--scope", "articles:write")
    return f"Authorization: Bearer {done.output.strip()}"


@pytest.fixture(scope="module")
def server(data_dir: Path, authorization: str) -> Iterator[Server]:
    limits = {"IDLE_SECONDS": f"{IDLE}", "BATCH_SECONDS": "3", "BODY_SECONDS": "3"}
    with Server(data_dir, workers=2, **{f"WARTA_LIMITS__{name}": value for name, value in limits.items()}) as server:
        yield server


@pytest.fixture(autouse=True)
def serves_as_before(server: Server) -> Iterator[None]:
    """After every attack the service answers at once, with the processes that it had."""
    workers = server.workers()
    yield
    assert slowest(server, "/healthz") < AT_ONCE
    assert server.workers() == workers


# --- HTTP/2 in clear text ------------------------------------------------------------------------------------


def frame(kind: int, flags: int, stream: int, payload: bytes = b"") -> bytes:
    return len(payload).to_bytes(3, "big") + bytes([kind, flags]) + stream.to_bytes(4, "big") + payload


def literal(name: str, value: str) -> bytes:
    """A header field without index and without Huffman coding (RFC 7541 §6.2.2)."""
    return b"\0" + bytes([len(name)]) + name.encode() + bytes([len(value)]) + value.encode()


def http2_request(stream: int, method: str, path: str, length: int, body: bytes) -> bytes:
    fields = {":method": method, ":path": path, ":scheme": "http", ":authority": "x", "content-length": str(length)}
    headers = b"".join(literal(name, value) for name, value in fields.items())
    return frame(1, 4, stream, headers) + (frame(0, 0, stream, body) if body else b"")


def reset(stream: int) -> bytes:
    return frame(3, 0, stream, b"\0\0\0\x08")


def nothing(_stream: int) -> bytes:
    return b""


ENDINGS: dict[str, Callable[[int], bytes]] = {"close": nothing, "reset": reset}


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize(("method", "path"), [("POST", "/stats"), ("PUT", "/api/articles/1"), ("GET", "/latest.rss")])
def test_http2_is_refused_and_its_streams_hold_nothing(server: Server, ending: str, method: str, path: str) -> None:
    streams = range(1, 40, 2)
    requests = b"".join(
        http2_request(stream, method, path, 1000, b"a" if stream % 4 == 1 else b"") for stream in streams
    )
    ends = b"".join(ENDINGS[ending](stream) for stream in streams)
    for _ in range(3):
        with RawClient(server.port) as client:
            client.send(PREFACE + SETTINGS + requests + ends)
            assert client.is_closed_within(AT_ONCE)
    assert slowest(server, "/healthz") < AT_ONCE


def test_an_upgrade_to_http2_or_to_a_websocket_is_not_offered(server: Server) -> None:
    for protocol in ("h2c", "websocket"):
        request = head(
            "GET", "/healthz", "Connection: Upgrade, close", f"Upgrade: {protocol}", "HTTP2-Settings: AAMAAABk"
        )
        assert exchange(server.port, request).status == 200


# --- bodies that drip ----------------------------------------------------------------------------------------

FRAMINGS = {
    "length": ("Content-Length: 1000", b"a", b"a"),
    "chunked": ("Transfer-Encoding: chunked", b"1\r\na\r\n", b"1\r\na\r\n"),
    "expected": ("Content-Length: 1000\r\nExpect: 100-continue", b"", b"a"),
    "silent": ("Content-Length: 1000", b"", b""),
}
ROUTES = [
    ("POST", "/stats"),
    ("POST", "/articles/1/views"),
    ("PUT", "/api/articles/1"),
    ("PATCH", "/api/articles/1"),
    ("POST", "/api/articles"),
    ("PUT", "/api/curation/articles/1"),
    ("GET", "/latest.rss"),
    ("DELETE", "/"),
    ("OPTIONS", "/latest.rss"),
]


@pytest.mark.parametrize("framing", FRAMINGS)
def test_bodies_that_drip_hold_up_nobody_and_are_ended(server: Server, framing: str) -> None:
    """By strangers, on every kind of route, twice as many as there are threads."""
    line, first, drip = FRAMINGS[framing]
    form = "Content-Type: application/x-www-form-urlencoded"
    requests = [head(method, path, line, form) + first for method, path in ROUTES for _ in range(6)]
    with dripping(server.port, requests, drip) as clients:
        assert slowest(server, "/healthz") < AT_ONCE
        assert slowest(server, "/latest.rss") < AT_ONCE
        assert all(client.is_closed_within(15) for client in clients)


@pytest.mark.parametrize("framing", FRAMINGS)
@pytest.mark.parametrize(("method", "path"), [("PUT", "/api/articles/1"), ("POST", "/api/articles")])
def test_bodies_that_drip_with_a_token_hold_a_part_of_the_threads_and_are_told(
    server: Server, authorization: str, framing: str, method: str, path: str
) -> None:
    line, first, drip = FRAMINGS[framing]
    with dripping(server.port, [head(method, path, line, authorization) + first] * 32, drip) as clients:
        eventually(lambda: slowest(server, "/healthz") < AT_ONCE)
        assert slowest(server, "/latest.rss") < AT_ONCE
        assert all(client.is_closed_within(15) for client in clients)
    statuses = Counter(client.status for client in clients)
    assert set(statuses) <= {408, 503}
    assert statuses[408] >= 2


def test_a_slow_body_is_told_in_a_problem_document(server: Server, authorization: str) -> None:
    request = head("PUT", "/api/articles/1", "Content-Length: 1000", authorization)
    with dripping(server.port, [request]) as [client]:
        assert client.is_closed_within(15)
    assert client.status == 408
    assert b"application/problem+json" in client.answer
    assert "limits.body_rate" in json.loads(client.answer.partition(b"\r\n\r\n")[2])["detail"]


def test_a_body_that_is_slow_but_fast_enough_arrives(server: Server, authorization: str) -> None:
    """Ten thousand bytes a second, in pieces."""
    article = json.dumps({"title": "Pelan", "content_html": "a" * 5_900}).encode()
    request = head("PUT", "/api/articles/pelan", f"Content-Length: {len(article)}", authorization, "Connection: close")
    with RawClient(server.port) as client:
        client.send(request)
        for start in range(0, len(article), 1_000):
            client.send(article[start : start + 1_000])
            client.is_closed_within(0.1)
        assert client.is_closed_within(AT_ONCE)
    assert client.status == 201


def test_a_body_that_ends_too_early_is_not_taken(server: Server, authorization: str) -> None:
    article = b'{"title": "Terpotong"}'
    request = head("PUT", "/api/articles/potong", f"Content-Length: {len(article) + 10}", authorization)
    with RawClient(server.port) as client:
        client.send(request + article)
        client.end()
        assert client.is_closed_within(AT_ONCE)
    headers = dict([authorization.split(": ")])
    assert server.request("GET", "/api/articles/potong", headers=headers).status == 404


def test_a_batch_whose_answer_has_begun_is_ended_too(server: Server, authorization: str) -> None:
    """It answers its first lines, and then says nothing more: only its connection can be closed."""
    lines = b"".join(b'{"id": "diam-%d", "title": "Diam"}\n' % n for n in range(600))
    request = head("POST", "/api/articles", "Content-Length: 1000000", authorization)
    with RawClient(server.port) as client:
        client.send(request + lines)
        assert client.is_closed_within(20)
    assert client.status == 200
    assert b'"id": "diam-0", "status": 201' in client.answer
    headers: Mapping[str, str] = dict([authorization.split(": ")])
    assert eventually(lambda: server.request("GET", "/api/articles/diam-599", headers=headers).status == 200)


# --- heads, and connections that do nothing ------------------------------------------------------------------


def test_idle_connections_and_dripping_heads_hold_up_nobody_and_are_closed(server: Server) -> None:
    beginnings: Sequence[bytes] = [b"", b"\r\n", b"GET / HTTP/1.1\r\nHost: x\r\nX: ", b"G"]
    with dripping(server.port, [beginning for beginning, _ in product(beginnings, range(325))], b"") as clients:
        assert slowest(server, "/healthz") < AT_ONCE
        assert all(client.is_closed_within(IDLE + 10) for client in clients)
    with dripping(server.port, list(beginnings[2:]) * 20) as clients:
        assert slowest(server, "/healthz") < AT_ONCE
        assert all(client.is_closed_within(IDLE + 10) for client in clients)


def test_a_connection_is_closed_once_it_is_idle_after_an_answer(server: Server) -> None:
    with RawClient(server.port) as client:
        client.send(head("GET", "/healthz"))
        assert client.is_closed_within(IDLE + 10)
    assert client.status == 200


def test_a_head_without_end_is_refused(server: Server) -> None:
    with RawClient(server.port) as client:
        client.send(b"GET / HTTP/1.1\r\nHost: x\r\n")
        sent = 0
        while client.send(b"X-%d: %s\r\n" % (sent, b"a" * 1_000)) and sent < 2_000:
            sent += 1
        assert client.is_closed_within(AT_ONCE)
    assert client.status in (0, 431)


@pytest.mark.parametrize("target", [f"/tag/{'a' * 5_000}.rss", f"/latest.rss?limit={'1' * 9_000}"])
def test_a_target_longer_than_any_that_exists_is_414_and_not_logged(server: Server, target: str) -> None:
    answer = exchange(server.port, head("GET", target, "Connection: close"))
    assert answer.status == 414
    assert not any("aaaaa" in str(entry) or "11111" in str(entry) for entry in server.log)


def test_a_second_serve_on_the_same_data_directory_is_refused_and_harms_nothing(server: Server, data_dir: Path) -> None:
    before = {path.name for path in (data_dir / "metrics").iterdir()}
    done = warta(data_dir, "serve", "--port", str(free_port()))
    assert (done.code, done.output) == (1, "")
    assert done.errors == (
        f"warta: data_dir: {data_dir} is in use by another warta serve; stop it, or choose another --data-dir\n"
    )
    assert before <= {path.name for path in (data_dir / "metrics").iterdir()}
