"""Many at once: one build for all of them, over all workers, and nobody waits for one who is dead."""

import asyncio
import json
import os
import re
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, text

from tests.support.postgres import PostgresServer
from tests.support.server import Answer, Server, eventually, warta

CLIENTS = 500
LINE = {"content_html": f"<p>{'Isi berita yang panjang. ' * 100}</p>", "categories": ["Dinamika"]}


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    data_dir = tmp_path / "data"
    articles = "".join(json.dumps({"id": f"b{n}", "title": f"Judul {n}", **LINE}) + "\n" for n in range(100))
    assert warta(data_dir, "import", "-", stdin=articles).code == 0
    return data_dir


@pytest.fixture
def token(data_dir: Path) -> dict[str, str]:
    done = warta(data_dir, "token", "create", "cms", "--scope", "articles:write")
    return {"Authorization": f"Bearer {done.output.strip()}"}


@pytest.fixture
def server(data_dir: Path, token: dict[str, str]) -> Iterator[Server]:
    with Server(data_dir, workers=2) as server:
        yield server


def builds(server: Server) -> int:
    """Builds of RSS documents so far, by all workers."""
    found = re.search(r'warta_build_seconds_count\{format="rss"\} (\S+)', server.get("/metrics").body.decode())
    return int(float(found[1])) if found else 0


def at_once(server: Server, path: str) -> list[bytes]:
    """The bodies that as many clients get who are connected already, and ask in the same moment."""

    async def ask() -> list[bytes]:
        connections = [await asyncio.open_connection("127.0.0.1", server.port, limit=2**24) for _ in range(CLIENTS)]
        for _, writer in connections:
            writer.write(f"GET {path} HTTP/1.1\r\nHost: warta\r\nConnection: close\r\n\r\n".encode())
        answers = await asyncio.wait_for(asyncio.gather(*(reader.read() for reader, _ in connections)), 60)
        for _, writer in connections:
            writer.close()
        await asyncio.gather(*(writer.wait_closed() for _, writer in connections), return_exceptions=True)
        return answers

    answers = asyncio.run(ask())
    assert {answer.partition(b"\r\n")[0] for answer in answers} == {b"HTTP/1.1 200 OK"}
    return [answer.partition(b"\r\n\r\n")[2] for answer in answers]


def test_a_cold_feed_and_one_that_has_changed_are_built_once(server: Server, token: dict[str, str]) -> None:
    cold = at_once(server, "/latest.rss?limit=100")
    assert len(cold) == CLIENTS
    assert len(set(cold)) == 1
    assert builds(server) == 1
    for n in range(3):
        body = json.dumps({"title": f"Berita baru {n}", **LINE}).encode()
        assert server.request("PUT", f"/api/articles/baru-{n}", body, token).status == 201
        after = set(at_once(server, "/latest.rss?limit=100"))
        assert builds(server) == 2 + n
        assert len(after) <= 2  # the one before, for those who came while the new one was built
        assert any(f"Berita baru {n}".encode() in body for body in after)
        assert f"Berita baru {n}".encode() in server.get("/latest.rss?limit=100").body


def test_a_feed_that_nothing_happens_to_is_never_built_again(server: Server) -> None:
    """It is looked after every second, and found to be what it was."""
    server.get("/latest.rss")
    until = time.monotonic() + 2.5
    while time.monotonic() < until:
        server.get("/latest.rss")
    assert builds(server) == 1


@pytest.fixture
def postgres_url(postgres: PostgresServer) -> Iterator[str]:
    address = postgres.empty_database()
    yield address
    postgres.drop(address)


def waiting_for_a_lock(engine: Engine) -> int:
    """The process whose query waits for a lock; 0 if there is none."""
    waiting = "wait_event_type = 'Lock' AND application_name ~ '^warta '"
    with engine.connect() as connection:  # a new one: within a transaction this table stands still
        name = connection.execute(text(f"SELECT application_name FROM pg_stat_activity WHERE {waiting}")).scalar()  # noqa: S608
    return int(name.removeprefix("warta ")) if name else 0


def test_a_builder_that_is_killed_is_followed_by_another(postgres_url: str, tmp_path: Path) -> None:
    """In the middle of its build: it holds the lock on the document, and nobody else may know that it is dead."""
    data_dir = tmp_path / "killed"
    settings = {"WARTA_DATABASE_URL": postgres_url}
    assert warta(data_dir, "migrate", **settings).code == 0
    assert warta(data_dir, "import", "-", stdin=json.dumps({"id": "satu", "title": "Satu"}), **settings).code == 0
    engine = create_engine(postgres_url.replace("postgresql://", "postgresql+psycopg://"))
    answers: list[Answer] = []

    def answer() -> Answer | None:
        try:
            return serving.get("/latest.rss")
        except OSError:  # the one that was asked was killed
            return None

    def ask() -> None:
        if found := eventually(answer):
            answers.append(found)

    with Server(data_dir, workers=2, **settings) as serving, engine.connect() as connection:
        asking = [threading.Thread(target=ask) for _ in range(8)]
        connection.execute(text("LOCK TABLE articles IN ACCESS EXCLUSIVE MODE"))
        for thread in asking:
            thread.start()
        builder = eventually(lambda: waiting_for_a_lock(engine))
        assert builder in serving.workers()
        os.kill(builder, signal.SIGKILL)
        killed = time.monotonic()
        connection.rollback()  # the store answers again
        for thread in asking:
            thread.join()
        assert time.monotonic() - killed < 4  # two seconds of the lock, and a new build
        assert [answer.status for answer in answers] == [200] * 8
        assert len({answer.body for answer in answers}) == 1
    engine.dispose()
