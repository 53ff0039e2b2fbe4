"""Other people's feed libraries read the running service, and all see what was published."""

import html
import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from tests.support.people import reader
from tests.support.server import Server, eventually, warta

HERE = Path(__file__).parent
PYTHON = {
    "feedparser": ("rss", "atom"),
    "reader": ("rss", "atom", "json"),
    "fastfeedparser": ("rss", "atom", "json"),
    "atoma": ("rss", "atom", "json"),
}
NODE = {
    "rss-parser": ("rss", "atom"),
    "feedparser": ("rss", "atom"),
    "@rowanmanning/feed-parser": ("rss", "atom"),
}
FEEDS = ("latest", "category/dinamika", "popular/30d", "tag/asean", "author/sarah-meiliana")
MULTIPLE_ENCLOSURES = {"atom", "json"}  # RSS 2.0 has one

NASTY = 'Harga "Cabai" & <Bawang> naik 5 % – kata Jum\'at; 𝔘nicode 😀'


def _articles() -> list[dict[str, Any]]:
    start = datetime.fromisoformat("2026-02-12T02:33:00+07:00")
    articles: list[dict[str, Any]] = [
        {
            "id": f"cms/{number} é?",
            "title": f"{NASTY} {number}",
            "summary": "Ringkasan <b>tebal</b> & lain-lain.",
            "content_html": f"<p>Isi {number} &amp; <a href='/x'>tautan</a></p><script>alert(1)</script>",
            "categories": ["Dinamika", "Politik & Hukum"],
            "tags": ["ASEAN"],
            "authors": [{"name": "Sarah Meiliana", "url": "https://berita.example/sarah"}, {"name": "Budi O'Neil"}],
            "published_at": (start + timedelta(hours=number)).isoformat(),
            "updated_at": (start + timedelta(hours=number, minutes=7)).isoformat(),
            "image": {"url": f"https://img.example/{number}.jpg?a=1&b=2", "length": 1234, "caption": NASTY},
            "enclosures": [{"url": f"https://img.example/{number}.mp3", "length": 99}],
        }
        for number in range(12)
    ]
    return [*articles, {"id": "tajuk", "title": "Hanya tajuk", "published_at": start.isoformat(), "tags": ["ASEAN"]}]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("readers") / "data"
    lines = "\n".join(json.dumps(article) for article in _articles())
    assert warta(folder, "import", "-", stdin=lines).code == 0
    with Server(folder) as server:
        for article in _articles()[:3]:
            for n in range(3):
                server.request("POST", f"/articles/{quote(article['id'], safe='')}/views", headers=reader(n))
        eventually(lambda: len(server.get("/popular/30d.json").json["items"]) == 3)
        yield server


@pytest.fixture(scope="module")
def node_modules() -> None:
    """The npm packages, installed by their lock file where node is there."""
    if not shutil.which("npm"):
        pytest.skip("no npm on PATH: the JavaScript readers are not tried")
    if not (HERE / "node_modules").is_dir():
        command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
        subprocess.run(command, cwd=HERE, check=True, capture_output=True, timeout=300)


def _read(command: list[str], urls: list[str]) -> list[list[dict[str, Any]]]:
    done = subprocess.run([*command, *urls], cwd=HERE, capture_output=True, timeout=100, check=False)
    assert done.returncode == 0, done.stderr.decode()
    entries: list[list[dict[str, Any]]] = json.loads(done.stdout)
    return entries


def _truth(server: Server, feed: str, extension: str) -> list[dict[str, Any]]:
    """What the JSON Feed says, in the readers' terms."""
    items = server.request("GET", f"/{feed}.json").json["items"]
    return [
        {
            "id": item["id"],
            "url": item["url"],
            "title": item["title"],
            "published": _seconds(item["date_published"]),
            "updated": _seconds(item["date_modified"]),
            "authors": [author["name"] for author in item.get("authors", [])],
            "categories": item.get("tags", []),
            "enclosures": _enclosures(item.get("attachments", []), extension),
            "content": item.get("content_html", ""),
        }
        for item in items
    ]


def _enclosures(files: list[dict[str, Any]], extension: str) -> list[str]:
    """RSS has one enclosure: the sound, if there is one."""
    urls = [file["url"] for file in sorted(files, key=lambda file: not file["mime_type"].startswith("audio/"))]
    return [file["url"] for file in files] if extension in MULTIPLE_ENCLOSURES else urls[:1]


def _seconds(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp())


def _agree(entries: list[dict[str, Any]], truth: list[dict[str, Any]], *, ordered: bool = True) -> None:
    """Whatever a library tells of an entry is what was published, and nothing is missing."""
    assert truth
    if not ordered:
        entries = sorted(entries, key=lambda entry: entry["id"])
        truth = sorted(truth, key=lambda entry: entry["id"])
    assert [entry["id"] for entry in entries] == [entry["id"] for entry in truth]
    for entry, true in zip(entries, truth, strict=True):
        # Libraries give what they have for the content of a story without a body.
        told = {n: value for n, value in entry.items() if value is not None and (n != "content" or true["content"])}
        assert told == {name: true[name] for name in told}


def _all_agree(command: list[str], extensions: tuple[str, ...], server: Server, *, ordered: bool = True) -> None:
    """Every feed in every format that the library reads, in one run of it."""
    documents = [(feed, extension) for feed in FEEDS for extension in extensions]
    read = _read(command, [f"{server.base_url}/{feed}.{extension}" for feed, extension in documents])
    for (feed, extension), entries in zip(documents, read, strict=True):
        if extension == "rss":  # a title that could be misread is escaped once more; not every library unescapes it
            entries = [{**entry, "title": html.unescape(entry["title"])} for entry in entries]
        _agree(entries, _truth(server, feed, extension), ordered=ordered)


@pytest.mark.parametrize("library", PYTHON)
def test_python_libraries_read_the_published_articles(server: Server, library: str) -> None:
    command = [sys.executable, "python_readers.py", library]
    _all_agree(command, PYTHON[library], server, ordered=library != "reader")


@pytest.mark.parametrize("library", NODE)
@pytest.mark.usefixtures("node_modules")
def test_javascript_libraries_read_the_published_articles(server: Server, library: str) -> None:
    _all_agree(["node", "node_readers.js", library], NODE[library], server)


@pytest.mark.parametrize("extension", ["rss", "atom"])
def test_newsboat_downloads_every_story(server: Server, tmp_path: Path, extension: str) -> None:
    if not (newsboat := shutil.which("newsboat")):
        pytest.skip("no newsboat on PATH")
    urls = tmp_path / "urls"
    urls.write_text(f"{server.base_url}/latest.{extension}\n")
    options = ["-u", str(urls), "-c", str(tmp_path / "cache.db"), "-C", "/dev/null"]
    environment = {"HOME": str(tmp_path), "PATH": "/usr/bin:/bin", "TERM": "dumb", "LANG": "C.UTF-8"}
    for commands in (["reload"], ["print-unread"]):
        done = subprocess.run(
            [newsboat, *options, "-x", *commands], capture_output=True, env=environment, timeout=60, check=False
        )
        assert done.returncode == 0, done.stderr.decode()
    assert done.stdout.decode().split()[0] == str(len(_articles()))
