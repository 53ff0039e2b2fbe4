"""The whole service as a process: `warta serve` with its workers and its Redis, over real sockets."""

import json
import os
import re
import signal
import socket
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, closing
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest

from service.bootstrap import Services
from service.core.redis import PrivateRedis
from service.core.settings.model import Settings
from tests.support.people import reader
from tests.support.server import DEADLINE, Server, command_line, eventually, free_port, resident_memory, warta

LINE = {"title": "Judul", "content_html": "<p>Isi.</p>", "categories": ["Dinamika"]}
MEGABYTE = 2**20


def token_for(data_dir: Path) -> dict[str, str]:
    done = warta(data_dir, "token", "create", "cms", "--scope", "articles:write")
    return {"Authorization": f"Bearer {done.output.strip()}"}


def line(article_id: str, **fields: object) -> bytes:
    return json.dumps({"id": article_id, **LINE, **fields}).encode() + b"\n"


def ids_in(server: Server, feed: str) -> list[str]:
    return [item["url"].rpartition("/")[2] for item in server.get(f"/{feed}.json").json["items"]]


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("serve") / "data"


@pytest.fixture(scope="module")
def token(data_dir: Path) -> dict[str, str]:
    return token_for(data_dir)


@pytest.fixture(scope="module")
def server(data_dir: Path, token: Mapping[str, str]) -> Iterator[Server]:
    with Server(data_dir, workers=2) as server:
        yield server


# --- serving -------------------------------------------------------------------------------------------------


def test_the_banner_says_where_and_every_address_answers(server: Server) -> None:
    assert f"Warta serves Warta; it listens on 127.0.0.1:{server.port} (Ctrl-C stops it)" in server.banner
    assert re.search(rf"base_url +{server.base_url}\n", server.banner)
    addresses = re.findall(rf"  (\S.*?)\s+({re.escape(server.base_url)}\S*)", server.banner)
    assert len(addresses) == 8
    for label, address in addresses:
        expected = {"statistics": (401,), "demo page": (200, 404)}  # 404: there is no article yet
        assert server.get(urlsplit(address).path).status in expected.get(label, (200,)), label


def test_two_workers_see_a_change_at_once(server: Server, token: Mapping[str, str]) -> None:
    """Every request is a new connection, so that both are asked."""
    for n in range(5):
        server.request("PUT", "/api/articles/bersama", json.dumps({**LINE, "title": f"Kali {n}"}).encode(), token)
        for _ in range(6):
            [item] = [item for item in server.get("/latest.json").json["items"] if item["url"].endswith("/bersama")]
            assert item["title"] == f"Kali {n}"


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("headers", [{}, {"If-None-Match": "*"}, {"Accept-Encoding": "gzip, br"}, {"A-IM": "feed"}])
def test_warm_answers_are_the_same_on_the_wire(server: Server, method: str, headers: dict[str, str]) -> None:
    """The first answer on a connection is Flask's, the others come from memory."""
    address = f"/latest.atom?limit={1 + sum(map(ord, f'{method}{headers}')) % 100}"
    with closing(server.connect()) as connection:
        answers = []
        for _ in range(4):
            connection.request(method, address, headers=headers)
            answer = connection.getresponse()
            told = [(name, value) for name, value in answer.getheaders() if name != "date"]
            answers.append((answer.status, answer.version, told, answer.read()))
    assert answers[0][0] in (200, 304)
    assert answers[1:] == answers[:1] * 3
    eventually(lambda: [entry for entry in server.log if entry.get("path") == address])
    assert sum(entry.get("path") == address for entry in server.log) < 4


def test_metrics_are_summed_over_the_workers(server: Server) -> None:
    def answered() -> float:
        pattern = r'^warta_requests_total\{endpoint="Operations_healthz",method="GET",status="200"\} (\S+)$'
        found = re.search(pattern, server.get("/metrics").body.decode(), re.MULTILINE)
        assert found
        return float(found[1])

    before = answered()
    for _ in range(20):
        server.get("/healthz")
    assert [answered() - before for _ in range(5)] == [20] * 5


def test_a_request_is_one_line_of_json(server: Server) -> None:
    server.get("/latest.rss?limit=3", User_Agent='pembaca "x"\\')
    [logged] = eventually(lambda: [entry for entry in server.log if entry.get("path") == "/latest.rss?limit=3"])
    assert logged["method"] == "GET"
    assert logged["status"] == 200
    assert logged["agent"] == 'pembaca "x"\\'
    assert logged["ms"] > 0


def test_addresses_in_other_scripts_reach_their_feed(server: Server, token: Mapping[str, str]) -> None:
    """Headers are ASCII, whatever the newsroom's script."""
    server.request("PUT", "/api/articles/aksara", json.dumps({**LINE, "tags": ["日本 café"]}).encode(), token)
    path = f"/tag/{quote('日本-cafe')}"
    answer = server.get(f"{path}.rss")
    assert answer.status == 200
    assert f'<{server.base_url}{path}.rss>; rel="self"' in answer.headers["Link"]
    assert f'href="{server.base_url}{path}.rss" rel="self"'.encode() in answer.body


@pytest.mark.parametrize("article_id", ["a/b", "50%", "a%2Fb", "é ü", "x?y#z", "a+b", "1.rss", "a//b", "a/", "x;y"])
def test_every_id_has_its_own_address(server: Server, token: Mapping[str, str], article_id: str) -> None:
    address = quote(article_id, safe="")
    assert server.request("PUT", f"/api/articles/{address}", json.dumps(LINE).encode(), token).status in (200, 201)
    assert server.request("GET", f"/api/articles/{address}", headers=token).json["id"] == article_id
    assert server.get(f"/articles/{address}").status == 200
    assert server.request("POST", f"/articles/{address}/views", headers=reader()).status == 204


# --- batches -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("chunked", [True, False])
def test_every_line_of_a_batch_is_answered_however_it_arrives(
    server: Server, token: Mapping[str, str], chunked: bool
) -> None:
    """Cut anywhere, also in the middle of a line."""
    body = b"".join(line(f"potong-{n}") for n in range(7)) + b"rusak\n" + line("potong-7").rstrip()
    pieces = [body[at : at + 50] for at in range(0, len(body), 50)]
    headers = {**token, **({} if chunked else {"Content-Length": str(len(body))})}
    answer = server.request("POST", "/api/articles", iter(pieces), headers)
    answers = [json.loads(entry) for entry in answer.body.splitlines()]
    assert [entry["line"] for entry in answers] == list(range(1, 10))
    assert [entry.get("id") for entry in answers] == [*(f"potong-{n}" for n in range(7)), None, "potong-7"]
    assert answers[7]["status"] == 400


def test_ten_thousand_articles_stream_through_flat_memory(server: Server, token: Mapping[str, str]) -> None:
    """Answers arrive while the body is still on its way, and the workers do not grow with it."""
    total, paragraph = 10_000, f"<p>{'isi ' * 200}</p>"
    connection = server.connect()
    connection.putrequest("POST", "/api/articles")
    connection.putheader("Authorization", token["Authorization"])
    connection.putheader("Transfer-Encoding", "chunked")
    connection.endheaders()
    before = {pid: resident_memory(pid) for pid in server.workers()}

    def send(numbers: range) -> None:
        body = b"".join(line(f"banyak-{n}", categories=["Arsip"], content_html=paragraph) for n in numbers)
        connection.send(b"%x\r\n%s\r\n" % (len(body), body))

    send(range(1000))
    response = connection.response_class(connection.sock, method="POST")  # begun before the request has ended
    response.begin()
    assert json.loads(response.readline()) == {"line": 1, "id": "banyak-0", "status": 201, "outcome": "added"}
    answered = 1
    for start in range(1000, total, 1000):
        send(range(start, start + 1000))
        while answered < start - 500:
            answered = json.loads(response.readline())["line"]
    connection.send(b"0\r\n\r\n")
    rest = [json.loads(entry) for entry in response.read().splitlines()]
    assert [entry["line"] for entry in rest] == list(range(answered + 1, total + 1))
    assert {entry["status"] for entry in rest} == {201}
    connection.close()
    for pid, memory in before.items():
        assert resident_memory(pid) - memory < 60 * MEGABYTE


def test_a_batch_of_long_articles_is_no_heavier(server: Server, token: Mapping[str, str]) -> None:
    """What waits to be stored is bounded in bytes, not only in articles."""
    paragraph = f"<p>{'panjang ' * 100}</p>"
    before = {pid: resident_memory(pid) for pid in server.workers()}
    lines = (line(f"panjang-{n}", categories=["Arsip"], content_html=paragraph * 1100) for n in range(120))
    answer = server.request("POST", "/api/articles", lines, token)
    assert [json.loads(entry)["status"] for entry in answer.body.splitlines()] == [201] * 120
    for pid, memory in before.items():
        assert resident_memory(pid) - memory < 100 * MEGABYTE


def test_a_sender_that_hangs_up_loses_only_what_it_did_not_send(server: Server, token: Mapping[str, str]) -> None:
    with socket.create_connection(("127.0.0.1", server.port), timeout=DEADLINE) as sender:
        head = f"POST /api/articles HTTP/1.1\r\nHost: x\r\nAuthorization: {token['Authorization']}\r\n"
        sender.sendall(f"{head}Content-Length: 100000\r\n\r\n".encode() + line("putus-1") + line("putus-2")[:-10])
    found = eventually(lambda: server.request("GET", "/api/articles/putus-1", headers=token).status == 200)
    assert found
    assert server.request("GET", "/api/articles/putus-2", headers=token).status == 404


# --- parts that die ------------------------------------------------------------------------------------------


def test_a_worker_that_is_killed_is_replaced(server: Server) -> None:
    victim = server.workers()[0]
    os.kill(victim, signal.SIGKILL)

    def is_replaced() -> bool:
        try:
            return len(server.workers()) == 2 and server.get("/latest.rss").status == 200
        except OSError:  # a connection that the dead one had not yet taken
            return False

    eventually(lambda: victim not in server.workers() and is_replaced())


def test_feeds_come_and_views_wait_while_redis_is_dead_and_then_it_is_back(
    server: Server, token: Mapping[str, str]
) -> None:
    server.request("PUT", "/api/articles/dibaca", json.dumps({**LINE, "categories": ["Mati"]}).encode(), token)
    for feed in ("latest.rss", "category/mati.json", "popular.atom"):
        server.get(f"/{feed}")
    victim = server.redis()
    assert victim
    os.kill(victim, signal.SIGKILL)
    fates = []
    for n in range(10):
        answer = server.request("POST", "/articles/dibaca/views", headers=reader(n))
        assert answer.status == 204
        fates.append(answer.headers["Warta-View"])
        for feed in ("latest.rss", "category/mati.json", "popular.atom", "category/mati/popular/1h.rss"):
            assert server.get(f"/{feed}").status == 200
    assert set(fates) == {"taken"}
    assert eventually(lambda: server.redis() not in (None, victim))
    assert eventually(lambda: server.get("/readyz").json["status"] == "ready")
    expected = len(fates)
    with objects(server.data_dir) as services:
        assert eventually(lambda: services.counter.rankings.views_of(["dibaca"]) == {"dibaca": expected})
    assert ids_in(server, "category/mati/popular/1h") == ["dibaca"]


def objects(data_dir: Path) -> AbstractContextManager[Services]:
    """The service's own objects, on the data directory of a server."""
    return closing(Services.build(Settings(data_dir=data_dir)))


# --- the end, and the next beginning -------------------------------------------------------------------------


def test_sigterm_finishes_running_requests_and_the_next_start_has_everything(tmp_path: Path) -> None:
    data_dir = tmp_path / "data"
    token = token_for(data_dir)
    # The upload stands still until the port is closed, which may take a busy machine longer than a slow body has.
    with Server(data_dir, WARTA_LIMITS__BODY_RATE="1") as server:
        redis = server.redis()
        server.request("PUT", "/api/articles/satu", json.dumps(LINE).encode(), token)
        server.request("POST", "/articles/satu/views", headers=reader())
        upload = begin_upload(server, token, line("dua"))
        server.process.send_signal(signal.SIGTERM)
        eventually(lambda: not accepts(server.port))
        upload.send(line("tiga"))
        response = upload.getresponse()
        assert response.status == 200
        assert [json.loads(entry)["id"] for entry in response.read().splitlines()] == ["dua", "tiga"]
        upload.close()
        assert server.process.wait(5) == 0
        assert redis
        assert not Path(f"/proc/{redis}").exists()
        assert "rror" not in server.stderr.read_text()
    with Server(data_dir) as server:
        assert sorted(ids_in(server, "latest")) == ["dua", "satu", "tiga"]
        assert ids_in(server, "popular/1h") == ["satu"]
        assert server.stop(signal.SIGINT) == 0
        assert server.redis() is None


def begin_upload(server: Server, token: Mapping[str, str], first: bytes) -> HTTPConnection:
    """A batch of two lines of equal length, of which the first is sent, after enough blank ones to pass for fast."""
    blank = b"\n" * 5_000
    upload = server.connect()
    upload.putrequest("POST", "/api/articles")
    upload.putheader("Authorization", token["Authorization"])
    upload.putheader("Content-Length", str(len(blank) + 2 * len(first) + 1))
    upload.endheaders()
    upload.send(blank + first)
    return upload


def accepts(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def test_sigterm_loses_no_view_that_waits(tmp_path: Path) -> None:
    """Redis has just died: the views of this moment are in the memory of the workers only."""
    data_dir = tmp_path / "data"
    token = token_for(data_dir)
    with Server(data_dir) as server:
        server.request("PUT", "/api/articles/satu", json.dumps(LINE).encode(), token)
        redis = server.redis()
        assert redis
        os.kill(redis, signal.SIGKILL)
        beacons = [server.request("POST", "/articles/satu/views", headers=reader(n)) for n in range(5)]
        assert {beacon.headers["Warta-View"] for beacon in beacons} == {"taken"}
        assert server.stop() == 0
    redis_server = PrivateRedis(data_dir)
    redis_server.start()
    try:
        with objects(data_dir) as services:
            assert services.counter.rankings.views_of(["satu"]) == {"satu": len(beacons)}
    finally:
        redis_server.stop()


def test_the_workers_end_with_a_main_process_that_is_killed(tmp_path: Path) -> None:
    """Otherwise they would serve on without announcements, and hold the port of the next start."""
    with Server(tmp_path / "data", workers=2) as server:
        redis, workers = server.redis(), server.workers()
        assert redis
        server.process.kill()
        server.process.wait()
        os.kill(redis, signal.SIGKILL)
        eventually(lambda: not any("spawn_main" in command_line(pid) for pid in workers))
        assert not accepts(server.port)


def test_a_redis_that_outlives_a_killed_main_process_ends_with_the_next_one(tmp_path: Path) -> None:
    """A command in between uses it, and leaves it running."""
    data_dir = tmp_path / "data"
    token = token_for(data_dir)
    with Server(data_dir) as first:
        first.request("PUT", "/api/articles/satu", json.dumps(LINE).encode(), token)
        redis = first.redis()
        assert redis
        first.process.kill()
        first.process.wait()
    assert warta(data_dir, "import", "-", stdin=line("dua")).code == 0
    assert "redis-server" in command_line(redis)
    with Server(data_dir) as second:
        assert second.redis() is None  # it is no child of this process
        assert second.request("POST", "/articles/satu/views", headers=reader()).headers["Warta-View"] == "taken"
        assert second.get("/readyz").json["status"] == "ready"
        assert "redis-server" in command_line(redis)
        assert second.stop() == 0
    assert "redis-server" not in command_line(redis)
    assert not [entry for entry in second.log if "redis" in entry["message"]]


# --- what stops a start --------------------------------------------------------------------------------------


def test_what_is_no_name_of_a_host_is_said_in_one_line(tmp_path: Path) -> None:
    done = warta(tmp_path / "data", "serve", "--host", "berita..example")
    assert (done.code, done.output) == (1, "")
    assert done.errors == "warta: cannot listen on berita..example: it is not the name of a host\n"


def test_a_port_in_use_is_said_in_one_line(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = warta(tmp_path / "data", "serve", "--port", str(port))
    assert (done.code, done.output) == (1, "")
    assert done.errors == (
        f"warta: cannot listen on 127.0.0.1 port {port}: Address already in use; choose another --port\n"
    )


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"WARTA_BASE_ULR": "http://x.example"}, "WARTA_BASE_ULR: there is no such setting"),
        ({"WARTA_SITE__TIMEZONE": "Jakarta"}, "WARTA_SITE__TIMEZONE: is not a time zone"),
        ({"WARTA_CONFIG": "/tiada/warta.toml"}, "there is no file /tiada/warta.toml"),
        ({"WARTA_DATABASE_URL": "postgresql://u:rahasia@127.0.0.1:1/w"}, "postgresql+psycopg://…@127.0.0.1:1/w"),
        (
            {"WARTA_DATABASE_URL": "postgresql://u:rahasia@127.0.0.1:x/w"},
            "database_url: cannot be read",
        ),
        ({"WARTA_DATA_DIR": "/dev/null/data"}, "/dev/null/data"),
        ({"WARTA_REDIS_URL": "redis+sentinel://127.0.0.1:1"}, "redis+sentinel://HOST:PORT"),
        ({"WARTA_REDIS_URL": "redis://127.0.0.1:x"}, "redis_url"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_what_stops_a_start_is_said_in_one_line(tmp_path: Path, settings: dict[str, str], said: str) -> None:
    done = warta(tmp_path / "data", "serve", "--port", str(free_port()), **settings)
    assert (done.code, done.output) == (1, "")
    assert done.errors.startswith("warta: ")
    assert done.errors.count("\n") == 1
    assert said in done.errors
    assert "rahasia" not in done.errors
    assert "unexpected" not in done.errors
