"""The time until a new article is in 30 feeds in three formats: 90 documents of 50 entries each.

Each of the older articles is in about eight of the feeds. After the answer to the `PUT` of the new article, clients
request one document after the other, until the ETag of each has changed. Documents are built on request. Therefore the
figures are the time for all documents, the wait for the slowest document, and the number of old answers.
"""

import json
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from random import Random
from statistics import median
from typing import Any

from bench.machine import table
from bench.newsroom import articles
from bench.results import Run
from bench.server import Running, environment, serving, warta
from bench.wire import Wire

CLIENTS = 8
ARTICLES = 500
TAGS = [f"topik{n}" for n in range(24)]
CATEGORIES = ["Dinamika", "Ekonomi", "Olahraga"]
AUTHORS = ["Siti", "Budi"]
FEEDS = [
    "latest",
    *(f"tag/{tag}" for tag in TAGS),
    *(f"category/{name.lower()}" for name in CATEGORIES),
    *(f"author/{name.lower()}" for name in AUTHORS),
]
PATHS = [f"/{feed}.{extension}" for feed in FEEDS for extension in ("rss", "atom", "json")]


def run(record: Run) -> None:
    rounds = 2 if record.quick else 20
    figures: dict[str, dict[str, float]] = {}
    for workers in (1, 2):
        with tempfile.TemporaryDirectory(prefix="warta-bench-") as name:
            figures[f"{workers}"] = _measured(Path(name), workers, rounds)
    print(f"{len(FEEDS)} feeds in 3 formats, 50 entries each, {CLIENTS} clients; median of {rounds}")
    table(
        ["workers", "publish", "in all documents after", "slowest document", "old answers"],
        [
            [name, f"{f['publish']:.1f} ms", f"{f['everywhere']:.0f} ms", f"{f['slowest']:.0f} ms", f"{f['old']:.0f}"]
            for name, f in figures.items()
        ],
    )
    record.keep(figures)


def _measured(data_dir: Path, workers: int, rounds: int) -> dict[str, float]:
    lines = data_dir / "articles.jsonl"
    dice = Random("warta")
    lines.write_text("".join(json.dumps(_somewhere(article, dice)) + "\n" for article in articles(ARTICLES)))
    warta(["import", str(lines)], environment(data_dir, "http://127.0.0.1:8000"))
    with serving(data_dir, workers=workers) as server, ThreadPoolExecutor(CLIENTS) as threads:
        token = server.command("token", "create", "bench", "--scope", "articles:write")
        published, everywhere, slowest, old = [list[float]() for _ in range(4)]
        for n in range(rounds):  # new connections in each round, or one worker might get all of them
            clients = [Wire(server.base) for _ in range(CLIENTS)]
            before = {path: clients[0].get(path).etag for path in PATHS}
            published.append(_publish(server, token, n))
            started = time.perf_counter()
            shares = [PATHS[client::CLIENTS] for client in range(CLIENTS)]
            waits = threads.map(lambda client, share: _until_new(client, share, before), clients, shares)  # noqa: B023
            waited = [wait for share in waits for wait in share]
            everywhere.append((time.perf_counter() - started) * 1000)
            slowest.append(max(seconds for seconds, _ in waited) * 1000)
            old.append(sum(answers for _, answers in waited))
            for client in clients:
                client.close()
    medians = {"publish": published, "everywhere": everywhere, "slowest": slowest}
    return {**{name: median(taken) for name, taken in medians.items()}, "old": float(sum(old))}


def _everywhere(article: dict[str, Any]) -> dict[str, Any]:
    return {**article, "tags": TAGS, "categories": CATEGORIES, "authors": [{"name": name} for name in AUTHORS]}


def _somewhere(article: dict[str, Any], dice: Random) -> dict[str, Any]:
    """The article, changed so that it is in about a quarter of the feeds."""
    authors = [{"name": dice.choice(AUTHORS)}]
    return {**article, "tags": dice.sample(TAGS, 6), "categories": [dice.choice(CATEGORIES)], "authors": authors}


def _publish(server: Running, token: str, n: int) -> float:
    """Put a new article. Returns the milliseconds until the answer."""
    [article] = articles(1)
    changes = {"id": f"baru-{n}", "title": f"Berita {n}", "published_at": f"2026-11-20T01:{n:02}:00+07:00"}
    body = json.dumps({**_everywhere(article), **changes})
    with closing(Wire(server.base)) as wire:
        started = time.perf_counter()
        assert wire.send("PUT", f"/api/articles/baru-{n}", body.encode(), token).status == 201
        return (time.perf_counter() - started) * 1000


def _until_new(client: Wire, paths: list[str], before: dict[str, str]) -> list[tuple[float, int]]:
    """For each document, the seconds until the new version came, and the number of answers with the old version."""
    waited = []
    for path in paths:
        started, old = time.perf_counter(), 0
        while client.get(path).etag == before[path]:
            old += 1
        waited.append((time.perf_counter() - started, old))
    return waited
