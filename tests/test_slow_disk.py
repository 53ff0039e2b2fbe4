"""A disk that hangs under SQLite and the private Redis: feeds that were served before come all the same."""

import json
import sys
import threading
import time
from pathlib import Path

import pytest

from tests.support.server import Server, eventually, warta
from tests.support.slow_disk import COMPILER, SlowDisk

FEEDS = ("/latest.rss", "/category/dinamika.json", "/latest.atom")
ARTICLE = {"title": "Judul", "categories": ["Dinamika"], "published_at": "2026-01-01T00:00:00Z"}

pytestmark = pytest.mark.skipif(
    sys.platform != "linux" or not COMPILER, reason="the disk is made slow by a C library for Linux, compiled by cc"
)


def test_while_the_disk_hangs_feeds_are_served_and_other_requests_are_refused(tmp_path: Path) -> None:
    data_dir = tmp_path / "data"
    disk = SlowDisk(data_dir, tmp_path)
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
