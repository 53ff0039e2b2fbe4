"""Readers of a real server: what its workers were asked is kept when it stops."""

import json
from pathlib import Path

from tests.support.server import Server, warta

LINE = {"title": "Judul", "content_html": "<p>Isi.</p>", "categories": ["Dinamika"]}


def test_a_stop_loses_no_poll(tmp_path: Path) -> None:
    """Every request is a new connection, so that both workers are asked; most are answered from memory."""
    data_dir = tmp_path / "data"
    lines = json.dumps({"id": "satu", **LINE})
    assert warta(data_dir, "import", "-", "--as", "jsonl", stdin=lines).code == 0
    with Server(data_dir, workers=2, WARTA_TRUSTED_PROXIES="127.0.0.1/32") as server:
        for n in range(120):
            agent, address = f"NetNewsWire/{n % 3}", f"10.0.0.{n % 5}"
            server.get("/latest.rss", User_Agent=agent, X_Forwarded_For=address, Accept_Encoding="gzip")
        assert server.stop() == 0
    done = warta(data_dir, "readers", "--json", "--days", "2")
    [latest] = json.loads(done.output)["feeds"]
    assert sum(day["polls"] for day in latest["days"]) == 120
    assert (latest["single"], latest["clients"][0]["polls"]) == (5, 120)
