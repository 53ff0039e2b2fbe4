"""The time of a PUT in a store of a million articles, alone and beside each long work, in PostgreSQL and in SQLite.

A PUT is measured where articles wait for each other: the call of the store, in a process that does nothing else. Each
companion is a process of its own, as in service: the background work, a command, a backup.
"""

import json
import multiprocessing
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

import sqlalchemy as sa

from bench.category import NOW, READING, build
from bench.machine import table
from bench.newsroom import CATEGORIES, articles
from bench.results import Run
from bench.server import environment
from service.articles.article import Submission
from service.core.errors import StoreUnavailable
from service.core.settings.catalogue import ArticleSelection, CuratedFeed
from service.feeds.editorial import EditorialOverride
from service.feeds.names import ListAssignment
from service.storage import ArticleStore, Database, OverrideStore, ReadershipStore, ViewStore
from service.storage.migrations import migrate
from service.storage.reader_counts import FeedDay, PollerCounts, ReaderCounts
from tests.support.migrations import repeat_migration
from tests.support.postgres import WHEEL, PostgresServer

SEED = 2_000  # articles that are put as usual; the others are copies
PROMISED_MILLISECONDS = 250.0  # of the slowest PUT
PAUSE_SECONDS = 0.05  # seconds between two PUTs
ALONE_SECONDS = 15
COMPANION_SECONDS = 20  # seconds after which a companion that still works is ended
FEED = CuratedFeed(name="semua", title="Semua", exclude=ArticleSelection(categories=CATEGORIES[:1]))


@contextmanager
def _database(url: str) -> Iterator[Database]:
    with closing(Database(url)) as database:
        yield database


def curating(url: str, _folder: str, _size: int) -> None:
    with _database(url) as database:
        store = ArticleStore(database, ListAssignment([FEED]))
        while not store.fill_curated_lists(NOW)[1]:
            pass


def importing(url: str, folder: str, size: int) -> None:
    """`warta import` of 5,000 new articles."""
    lines = Path(folder) / "new.jsonl"
    with lines.open("w") as file:
        file.writelines(json.dumps(each) + "\n" for each in articles(min(5_000, size), f"baru{time.time_ns()}"))
    env = {**environment(Path(folder), "http://127.0.0.1:8000"), "WARTA_DATABASE_URL": url.replace("+psycopg", "")}
    _run([sys.executable, "-m", "service.cli", "import", str(lines)], env=env)


def folding(url: str, _folder: str, size: int) -> None:
    """The views of five minutes, of 20,000 articles; then they are old, and are deleted."""
    dice = Random(1)
    with _database(url) as database:
        for minute in range(10):
            at = NOW + timedelta(hours=3 * minute)
            ids = [f"bench-{dice.randrange(size)}" for _ in range(min(20_000, size))]
            ViewStore(database).add_once(f"fold {minute}", {(id_, int(at.timestamp())): 3 for id_ in ids}, at)


def adding_readers(url: str, _folder: str, _size: int) -> None:
    """The sums of 10,000 pollers, ten times."""
    with _database(url) as database:
        for minute in range(10):
            counts = ReaderCounts()
            for number in range(10_000):
                day = FeedDay(NOW.date(), f"/category/kategori-{number % 20}.rss")
                counts.pollers[day, f"Agent/{number % 500}", number.to_bytes(8)] = PollerCounts(1, 2, 3)
            ReadershipStore(database).add(f"readers {minute}", counts, {}, NOW)


def withdrawing(url: str, _folder: str, size: int) -> None:
    with _database(url) as database:
        store = ArticleStore(database)
        for number in range(size // 2, size // 2 + min(1_000, size // 4)):
            store.withdraw(f"bench-{number}", NOW)


def overriding(url: str, _folder: str, _size: int) -> None:
    """Editors pin and release articles."""
    with _database(url) as database:
        store = OverrideStore(database)
        for number in range(300):
            store.put(f"bench-{number % 50}", EditorialOverride(kind="boost", factor=2.0), "redaksi", NOW)


def exporting(url: str, _folder: str, _size: int) -> None:
    with _database(url) as database:
        for _ in ArticleStore(database).everything():
            pass


def backing_up(url: str, folder: str, _size: int) -> None:
    copy = Path(folder) / f"backup-{time.time_ns()}"
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as connection:
            connection.execute("VACUUM INTO ?", (str(copy),))
    else:
        program = WHEEL / "pginstall" / "bin" / "pg_dump"
        _run([str(program), "--format=custom", f"--file={copy}", url.replace("+psycopg", "")])
    copy.unlink()


def migrating(url: str, _folder: str, _size: int) -> None:
    """The migration 0011 again: it looks at the ids of all articles, and writes some of them."""
    with _database(url) as database:
        repeat_migration(database, "0011")


def indexing(url: str, _folder: str, _size: int) -> None:
    """The same migration with its index of all articles."""
    with _database(url) as database:
        with database.writing() as connection:
            connection.execute(sa.text("DROP INDEX ix_articles_status_published_at"))
        repeat_migration(database, "0011")


COMPANIONS: dict[str, Callable[[str, str, int], None]] = {
    "import of 5,000 articles": importing,
    "folding of views": folding,
    "sums of readers": adding_readers,
    "withdrawals": withdrawing,
    "editorial overrides": overriding,
    "export": exporting,
    "backup": backing_up,
    "a migration of a column": migrating,
    "a migration with an index": indexing,
    "curating": curating,
}
# SQLite builds an index with one lock. `warta serve` migrates its SQLite before it serves, so no PUT waits for that.
NOT_PROMISED = {("SQLite", "a migration with an index")}


def run(record: Run) -> None:
    size = 2 * SEED if record.quick else 1_000_000
    figures: dict[str, dict[str, Any]] = {}
    with tempfile.TemporaryDirectory(prefix="warta-pg-", ignore_cleanup_errors=True) as folder:
        server = PostgresServer(Path(folder))
        server.start()
        try:
            url = server.empty_database().replace("postgresql://", "postgresql+psycopg://")
            figures["PostgreSQL"] = _measured("PostgreSQL", url, size, record.quick)
        finally:
            server.stop()
    with tempfile.TemporaryDirectory(prefix="warta-bench-") as folder:
        file = Path(folder) / "million.sqlite"
        if record.stores and (kept := record.stores / file.name).exists():
            shutil.copyfile(kept, file)
        figures["SQLite"] = _measured("SQLite", f"sqlite:///{file}", size, record.quick)
    record.keep({"articles": size, **figures})
    slow = [
        f"{store}, {name}: {each['slowest, ms']:.0f} ms"
        for store, companions in figures.items()
        for name, each in companions.items()
        if (each["slowest, ms"] > PROMISED_MILLISECONDS or each["refused"]) and (store, name) not in NOT_PROMISED
    ]
    assert not slow, "; ".join(slow)


def _measured(store: str, url: str, size: int, quick: bool) -> dict[str, dict[str, Any]]:
    with _database(url) as database:
        migrate(database)
        is_empty = ArticleStore(database).is_empty()
    if is_empty:
        build(url, SEED, size)
        os.sync()  # otherwise the first PUT would wait until the disk has all that the build has written
    print(f"\n{store}: {size:,} articles", flush=True)
    return measure(store, url, size, quick)


def measure(store: str, url: str, size: int, quick: bool) -> dict[str, dict[str, Any]]:
    """Put articles alone and beside each companion. Returns the times of the PUTs in milliseconds by companion."""
    figures = {}
    with tempfile.TemporaryDirectory(prefix="warta-bench-") as folder, _database(url) as database:
        putting = Putting(ArticleStore(database))
        figures["alone"] = putting.until(_after(2 if quick else ALONE_SECONDS))
        for name, companion in COMPANIONS.items():
            figures[name] = _beside(putting, companion, (url, folder, size))
            print(f"{name}: {figures[name]['slowest, ms']:.0f} ms at most, load {os.getloadavg()[0]:.0f}", flush=True)
    rows = [[name, *(f"{figure:,.0f}" for figure in each.values())] for name, each in figures.items()]
    table([f"PUTs in {store}, beside", *figures["alone"]], rows)
    return figures


def _beside(putting: "Putting", companion: Callable[..., None], arguments: tuple[str, str, int]) -> dict[str, Any]:
    process = multiprocessing.get_context("spawn").Process(target=_as_group, args=(companion, *arguments))
    process.start()
    is_over = _after(COMPANION_SECONDS)
    try:
        figures = putting.until(lambda: is_over() or not process.is_alive())
    finally:
        if process.is_alive() and process.pid:
            os.killpg(process.pid, 15)
        process.join()
    assert process.exitcode in (0, -15), f"{companion.__name__} failed"
    return figures


def _as_group(companion: Callable[[str, str, int], None], url: str, folder: str, size: int) -> None:
    os.setpgid(0, 0)  # its end is that of its commands, too
    companion(url, folder, size)


def _run(command: list[str], **options: Any) -> None:
    done = subprocess.run(command, check=False, capture_output=True, text=True, **options)
    assert done.returncode == 0, done.stderr


def _after(seconds: float) -> Callable[[], bool]:
    until = time.monotonic() + seconds
    return lambda: time.monotonic() >= until


class Putting:
    """A client that changes an article, waits PAUSE_SECONDS, and changes the next one."""

    def __init__(self, store: ArticleStore) -> None:
        self._store = store
        self._articles = list(articles(50))
        self._edits = 0

    def until(self, is_over: Callable[[], bool]) -> dict[str, Any]:
        times: list[float] = []
        refused, began = 0, time.monotonic()
        while not is_over():
            self._edits += 1
            fields = {**self._articles[self._edits % 50], "title": f"Judul {self._edits}"}
            submission = Submission.read(fields, READING)
            started = time.perf_counter()
            try:
                self._store.put([submission], NOW)
            except StoreUnavailable:
                refused += 1
            times.append((time.perf_counter() - started) * 1000)
            time.sleep(PAUSE_SECONDS)
        times.sort()
        return {
            "seconds": time.monotonic() - began,
            "PUTs": len(times),
            "refused": refused,
            "p50, ms": times[len(times) // 2],
            "p99, ms": times[int(len(times) * 0.99)],
            "slowest, ms": times[-1],
        }
