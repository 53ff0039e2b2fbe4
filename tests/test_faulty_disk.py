"""A disk that hangs or is full under the store and Redis: feeds that were served before come all the same."""

import json
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from tests.support.faulty_disk import COMPILER, FaultyDisk
from tests.support.postgres import PostgresServer
from tests.support.server import Server, eventually, warta

FEEDS = ("/latest.rss", "/category/dinamika.json", "/latest.atom")
ARTICLE = {"title": "Judul", "categories": ["Dinamika"], "published_at": "2026-01-01T00:00:00Z"}

pytestmark = pytest.mark.skipif(
    sys.platform != "linux" or not COMPILER, reason="the disk is made faulty by a C library for Linux, compiled by cc"
)


def test_while_the_disk_hangs_feeds_are_served_and_other_requests_are_refused(tmp_path: Path) -> None:
    data_dir = tmp_path / "data"
    disk = FaultyDisk(data_dir, tmp_path)
    token = warta(data_dir, "token", "create", "cms", "--scope", "articles:write").output.strip()
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    body = json.dumps(ARTICLE).encode()
    statuses: list[int] = []

    def put(id_: str) -> None:
        statuses.append(server.request("PUT", f"/api/articles/{id_}", body, headers).status)

    with Server(data_dir, workers=1, **disk.environment) as server:
        put("satu")
        before = {feed: server.get(feed).body for feed in FEEDS}
        with disk.hanging():
            editors = [threading.Thread(target=put, args=(f"baru-{number}",)) for number in range(6)]
            for editor in editors:
                editor.start()
            unknown = [server.get("/tag/belum-pernah.rss").status for _ in range(8)]
            until = time.monotonic() + 3
            while time.monotonic() < until:
                for feed in FEEDS:
                    assert server.get(feed).body == before[feed]
            assert server.get("/healthz").status == 200
        for editor in editors:
            editor.join()
        assert set(unknown) <= {404, 503}
        assert statuses[0] == 201
        assert set(statuses) <= {201, 503}
        eventually(lambda: server.request("PUT", "/api/articles/dua", body, headers).status in (200, 201))
        eventually(
            lambda: b"/articles/dua" in server.get("/latest.rss").body or b"dua" in server.get("/latest.rss").body
        )
        assert server.get("/tag/belum-pernah.rss").status == 404
        stored = {line["id"] for line in map(json.loads, warta(data_dir, "export").output.splitlines())}
    assert {"satu", "dua"} <= stored
    assert len(stored) >= 2 + statuses[1:].count(201)


@pytest.mark.parametrize("store", ["disk_of_sqlite", "disk_of_postgresql"])
def test_on_a_full_disk_changes_are_refused_and_feeds_are_served(
    store: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    disk, environment = request.getfixturevalue(store)
    data_dir = tmp_path / "data"
    warta(data_dir, "migrate", **environment)
    token = warta(data_dir, "token", "create", "cms", "--scope", "articles:write", **environment).output.strip()
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    words = " ".join(f"kata{number}" for number in range(100_000))  # too many for the space that the files have left
    large = json.dumps({**ARTICLE, "content_html": f"<p>{words}</p>"}).encode()
    with Server(data_dir, workers=1, **environment) as server:
        assert server.request("PUT", "/api/articles/satu", json.dumps(ARTICLE).encode(), headers).status == 201
        before = {feed: server.get(feed).body for feed in FEEDS}
        with disk.full():
            refused = [server.request("PUT", f"/api/articles/besar-{n}", large, headers) for n in range(3)]
            assert [answer.status for answer in refused] == [503] * 3
            assert "try again in a few seconds" in json.loads(refused[0].body)["detail"]
            assert {feed: server.get(feed).body for feed in FEEDS} == before
            assert server.get("/category/dinamika.rss").status == 200  # never served before
            assert server.get("/healthz").status == 200
        eventually(lambda: server.request("PUT", "/api/articles/besar-0", large, headers).status in (200, 201))
        eventually(lambda: b"besar-0" in server.get("/latest.json").body)
        stored = {line["id"] for line in map(json.loads, warta(data_dir, "export", **environment).output.splitlines())}
    assert stored == {"satu", "besar-0"}


@pytest.fixture
def disk_of_sqlite(tmp_path: Path) -> tuple[FaultyDisk, Mapping[str, str]]:
    """The disk with the data directory: SQLite and the private Redis. And the settings of a server that uses it."""
    (tmp_path / "data").mkdir()
    disk = FaultyDisk(tmp_path / "data", tmp_path)
    return disk, disk.environment


@pytest.fixture
def disk_of_postgresql(tmp_path: Path) -> Iterator[tuple[FaultyDisk, Mapping[str, str]]]:
    """The disk with the tables of a PostgreSQL, without its log. And the settings of a server that uses it."""
    (tmp_path / "data").mkdir()
    folder = Path(tempfile.mkdtemp(prefix="warta-pg-"))  # a short path: a unix socket's may have 107 bytes
    folder.chmod(0o755)
    (folder / "server").mkdir()
    disk = FaultyDisk(folder / "server" / "data" / "base", folder)
    server = PostgresServer(folder / "server", disk.environment)
    try:
        server.start()
        yield disk, {"WARTA_DATABASE_URL": server.empty_database()}
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)
