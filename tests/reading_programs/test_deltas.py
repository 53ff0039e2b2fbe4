"""A program that the settings name gets deltas and understands them. Others ask for them, and get whole feeds."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import feedparser
import pytest

from tests.support.server import Server, warta

UPDATE_TWICE = """
import sys, feedparser_sgmllib
sys.modules.setdefault("sgmllib", feedparser_sgmllib)
from reader import make_reader
reader = make_reader(":memory:", feed_root=None)
reader.add_feed(sys.argv[1])
reader.update_feed(sys.argv[1])  # now: update_feeds would wait for max-age
print(sorted(entry.title for entry in reader.get_entries()), flush=True)
input()
reader.update_feed(sys.argv[1])  # now: update_feeds would wait for max-age
assert not reader.get_feed(sys.argv[1]).last_exception
print(sorted(entry.title for entry in reader.get_entries()), flush=True)
"""


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def server(data_dir: Path) -> Iterator[Server]:
    publish(data_dir, "1", "2", "3")
    with Server(data_dir, WARTA_HTTP__DELTA_AGENTS="python-reader") as server:
        yield server


def publish(data_dir: Path, *ids: str) -> None:
    lines = "\n".join(
        json.dumps({"id": n, "title": f"Judul {n}", "published_at": f"2026-02-12T0{n}:00+07:00"}) for n in ids
    )
    assert warta(data_dir, "import", "-", stdin=lines).code == 0


@pytest.mark.parametrize("agent", [None, "rss2email/3.13 (https://github.com/rss2email/rss2email)"])
def test_a_program_with_feedparser_gets_the_whole_feed(server: Server, data_dir: Path, agent: str | None) -> None:
    """It sends A-IM without the program's knowledge. rss2email 3.13 takes no status but 200 and redirects."""
    url = f"{server.base_url}/latest.rss"
    first = feedparser.parse(url, agent=agent)
    assert (first.status, len(first.entries)) == (200, 3)
    assert feedparser.parse(url, agent=agent, etag=first.etag).status == 304
    publish(data_dir, "4")
    second = feedparser.parse(url, agent=agent, etag=first.etag)
    assert (second.status, len(second.entries)) == (200, 4)


@pytest.mark.parametrize("extension", ["rss", "atom"])
def test_feedparser_understands_a_delta(server: Server, data_dir: Path, extension: str) -> None:
    url = f"{server.base_url}/latest.{extension}"
    agent = "python-reader/3"
    first = feedparser.parse(url, agent=agent)
    publish(data_dir, "4")
    second = feedparser.parse(url, agent=agent, etag=first.etag)
    assert (second.status, second.bozo) == (226, False)
    assert [entry.title for entry in second.entries] == ["Judul 4"]
    assert second.feed == feedparser.parse(url, agent=agent).feed
    assert feedparser.parse(url, agent=agent, etag=second.etag).status == 304


def test_reader_has_everything_after_a_delta(server: Server, data_dir: Path) -> None:
    command = [sys.executable, "-c", UPDATE_TWICE, f"{server.base_url}/latest.rss"]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=Path(__file__).parent, text=True
    ) as reader:
        assert reader.stdin
        assert reader.stdout
        assert reader.stdout.readline().strip() == "['Judul 1', 'Judul 2', 'Judul 3']"
        publish(data_dir, "4", "5")
        reader.stdin.write("\n")
        reader.stdin.flush()
        assert reader.stdout.readline().strip() == "['Judul 1', 'Judul 2', 'Judul 3', 'Judul 4', 'Judul 5']"
    assert 'status="226"} 1.0' in server.get("/metrics").body.decode()
