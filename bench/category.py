"""Growth: what the newest 50 of a category cost with few articles and with many."""

import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any

from sqlalchemy import ColumnElement, Connection, Interval, String, Table, cast, func, insert, literal, select

from bench.machine import interleaved, table
from bench.newsroom import CATEGORIES, NEWEST, articles
from service.article import Reading, Submission
from service.settings import Settings
from service.store import CHUNK, ArticleStore, Database, tables
from service.store.migrations import migrate
from tests.postgres import PostgresServer

LIMIT = 50
RATIO = 1.5  # that growth may cost
NOW = NEWEST + timedelta(days=1)
READING = Reading.of(Settings())


def run(*, quick: bool) -> None:
    sizes = (1_000, 20_000) if quick else (10_000, 1_000_000)
    rounds = 50 if quick else 300
    with tempfile.TemporaryDirectory(prefix="warta-bench-") as folder:
        databases = {size: Database(f"sqlite:///{Path(folder) / f'{size}.sqlite'}") for size in sizes}
        _compare("SQLite", databases, rounds)
    with _postgres() as server:
        urls = {size: server.empty_database().replace("postgresql://", "postgresql+psycopg://") for size in sizes}
        _compare("PostgreSQL", {size: Database(url) for size, url in urls.items()}, rounds)


@contextmanager
def _postgres() -> Iterator[PostgresServer]:
    with tempfile.TemporaryDirectory(prefix="warta-pg-", ignore_cleanup_errors=True) as folder:
        server = PostgresServer(Path(folder))
        try:
            server.start()
            yield server
        finally:
            server.stop()


def _compare(name: str, databases: dict[int, Database], rounds: int) -> None:
    for size, database in databases.items():
        started = time.monotonic()
        migrate(database)
        fill(database, min(databases), size)
        print(f"{name}: {size:,} articles in {len(CATEGORIES)} categories, built in {time.monotonic() - started:.0f} s")
    stores = {size: ArticleStore(database) for size, database in databases.items()}
    dice = Random(1)
    for store in stores.values():
        assert len(store.newest("category/kategori-1", LIMIT, NOW).entries) == LIMIT

    def shelf() -> str:
        return f"category/kategori-{dice.randint(1, len(CATEGORIES))}"

    ids = {size: [f"bench-{n * len(CATEGORIES)}" for n in range(LIMIT)] for size in stores}
    figures = {
        f"newest {LIMIT} of a category": interleaved(
            {str(size): lambda store=store: store.newest(shelf(), LIMIT, NOW) for size, store in stores.items()},  # type: ignore[misc]
            rounds,
        ),
        f"{LIMIT} ranked of a category": interleaved(
            {
                str(size): lambda store=store, size=size: store.chosen("category/kategori-1", ids[size], NOW)  # type: ignore[misc]
                for size, store in stores.items()
            },
            rounds,
        ),
        "one article put": interleaved(
            {
                str(size): lambda store=store: store.put([_changed(dice)], NOW)  # type: ignore[misc]
                for size, store in stores.items()
            },
            rounds,
        ),
    }
    small, large = map(str, databases)
    rows = [
        [what, f"{times[small]:.2f} ms", f"{times[large]:.2f} ms", f"{times[large] / times[small]:.2f}"]
        for what, times in figures.items()
    ]
    table([f"{name}, median of {rounds}, interleaved", *(f"{size:,} articles" for size in databases), "ratio"], rows)
    ratio = figures[f"newest {LIMIT} of a category"]
    verdict = "holds" if ratio[large] / ratio[small] < RATIO else "DOES NOT HOLD"
    print(f"the promise, a ratio below {RATIO} for the newest {LIMIT}, {verdict}")
    for database in databases.values():
        database.close()


def _changed(dice: Random) -> Submission:
    fields = next(articles(1))
    return Submission.read({**fields, "title": f"Judul {dice.random()}"}, READING)


def fill(database: Database, seed: int, count: int) -> None:
    """`count` articles with their shelves and placements: `seed` real ones, and copies of them made by the database,
    each a minute older than the one before. A million in about a minute."""
    found = articles(seed)
    while chunk := list(islice(found, CHUNK)):
        ArticleStore(database).put([Submission.read(fields, READING) for fields in chunk], NOW)
    for offset in range(seed, count, seed):
        with database.writing() as connection:
            _copy(connection, tables.articles, seed, offset)
            _copy(connection, tables.placements, seed, offset)
    if not database.is_sqlite:  # copies brought their own keys; statistics are what autovacuum would gather
        with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql(
                "SELECT setval(pg_get_serial_sequence('articles', 'key'), (SELECT max(key) FROM articles))"
            )
            connection.exec_driver_sql("VACUUM ANALYZE")


def _copy(connection: Connection, copied: Table, seed: int, offset: int) -> None:
    """The rows of the first `seed` articles once more, as articles `offset` later in key and older in minutes."""
    key = tables.articles.c.key if copied is tables.articles else tables.placements.c.article_key
    changed: dict[str, Any] = {
        key.name: key + offset,
        "id": literal("bench-") + cast(tables.articles.c.key + (offset - 1), String),
        "published_at": _earlier(connection, copied.c.published_at, offset),
    }
    columns = [column.name for column in copied.c]
    rows = select(*(changed.get(name, copied.c[name]) for name in columns)).where(key <= seed).order_by(key)
    connection.execute(insert(copied).from_select(columns, rows))


def _earlier(connection: Connection, column: ColumnElement[Any], minutes: int) -> ColumnElement[Any]:
    if connection.dialect.name == "sqlite":
        return func.strftime("%Y-%m-%d %H:%M:%S.000000", column, f"-{minutes} minutes", type_=String)
    return column - literal(timedelta(minutes=minutes), Interval)
