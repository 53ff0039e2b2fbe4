"""The time of a PUT while a curated feed is filled with nearly all articles of a large store, in PostgreSQL."""

import tempfile
import threading
import time
from contextlib import closing
from pathlib import Path

from bench.category import NOW, READING, build
from bench.machine import table
from bench.newsroom import CATEGORIES, articles
from bench.results import Run
from service.articles.article import Submission
from service.core.errors import StoreUnavailable
from service.core.settings.catalogue import ArticleSelection, CuratedFeed
from service.feeds.names import ListAssignment
from service.storage import ArticleStore, Database
from tests.support.postgres import PostgresServer

SEED = 10_000  # articles that are put as usual; the others are copies
PROMISED_MILLISECONDS = 250.0  # of the slowest PUT
PAUSE_SECONDS = 0.02  # seconds between two PUTs
FEED = CuratedFeed(name="semua", title="Semua", exclude=ArticleSelection(categories=CATEGORIES[:1]))


def run(record: Run) -> None:
    size = 2 * SEED if record.quick else 30 * SEED
    with tempfile.TemporaryDirectory(prefix="warta-pg-", ignore_cleanup_errors=True) as folder:
        server = PostgresServer(Path(folder))
        server.start()
        try:
            url = server.empty_database().replace("postgresql://", "postgresql+psycopg://")
            build(url, SEED, size)
            figures = _measured(url)
        finally:
            server.stop()
    print(f"a curated feed is filled in a store of {size:,} articles")
    table(["", ""], [[name, f"{figure:,.0f}"] for name, figure in figures.items()])
    record.keep({"articles": size, **figures})
    assert figures["slowest PUT, ms"] <= PROMISED_MILLISECONDS, f"a PUT took {figures['slowest PUT, ms']:.0f} ms"


def _measured(url: str) -> dict[str, float]:
    with closing(Database(url)) as database:
        store = ArticleStore(database, ListAssignment([FEED]))
        filled = threading.Event()
        seconds: list[float] = []

        def fill() -> None:
            started = time.perf_counter()
            try:
                while not store.fill_curated_lists(NOW)[1]:
                    pass
                seconds.append(time.perf_counter() - started)
            finally:
                filled.set()

        [fields] = articles(1)
        threading.Thread(target=fill).start()
        times: list[float] = []
        refused = 0
        while not filled.wait(PAUSE_SECONDS):
            submission = Submission.read({**fields, "title": f"Judul {len(times)}"}, READING)
            started = time.perf_counter()
            try:
                store.put([submission], NOW)
            except StoreUnavailable:
                refused += 1
            times.append((time.perf_counter() - started) * 1000)
    times.sort()
    return {
        "seconds to fill": seconds[0],
        "PUTs": len(times),
        "refused PUTs": refused,
        "median PUT, ms": times[len(times) // 2],
        "p99 of PUTs, ms": times[int(len(times) * 0.99)],
        "slowest PUT, ms": times[-1],
    }
