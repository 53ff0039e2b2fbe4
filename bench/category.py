"""Growth: the time for the newest 50 articles of a category, with few and with many articles in the store."""

import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Interval,
    String,
    Table,
    cast,
    event,
    func,
    insert,
    literal,
    select,
    text,
)

from bench.machine import interleaved, table
from bench.newsroom import CATEGORIES, NEWEST, TAGS, articles
from bench.results import Run
from service.articles.article import Submission
from service.articles.validation import ValidationContext
from service.core.settings.model import Settings
from service.storage import MAX_ARTICLES_PER_TRANSACTION, ArticleStore, Database, tables
from service.storage.memberships import ARCHIVE_PAGE_ENTRIES, MIN_HEAD_ENTRIES
from service.storage.migrations import migrate
from tests.support.postgres import PostgresServer

LIMIT = 50
RATIO = 1.5  # permitted ratio of the time with many articles to the time with few
NOW = NEWEST + timedelta(days=1)
READING = ValidationContext.of(Settings())


def run(record: Run) -> None:
    sizes = (1_000, 20_000) if record.quick else (10_000, 1_000_000)
    rounds = 50 if record.quick else 300
    figures = {}
    with tempfile.TemporaryDirectory(prefix="warta-bench-") as folder:
        urls = {size: f"sqlite:///{Path(folder) / f'{size}.sqlite'}" for size in sizes}
        figures["SQLite"] = _compare("SQLite", urls, rounds)
    with _postgres() as server:
        urls = {size: server.empty_database().replace("postgresql://", "postgresql+psycopg://") for size in sizes}
        figures["PostgreSQL"] = _compare("PostgreSQL", urls, rounds)
    record.keep(figures)


@contextmanager
def _postgres() -> Iterator[PostgresServer]:
    with tempfile.TemporaryDirectory(prefix="warta-pg-", ignore_cleanup_errors=True) as folder:
        server = PostgresServer(Path(folder))
        try:
            server.start()
            yield server
        finally:
            server.stop()


def _compare(name: str, urls: dict[int, str], rounds: int) -> dict[str, dict[str, float]]:
    for size, url in urls.items():
        started = time.monotonic()
        build(url, min(urls), size)
        print(f"{name}: {size:,} articles in {len(CATEGORIES)} categories, built in {time.monotonic() - started:.0f} s")
    databases = {size: Database(url) for size, url in urls.items()}
    stores = {size: ArticleStore(database) for size, database in databases.items()}
    dice = Random(1)
    for store in stores.values():
        assert len(store.newest("category/kategori-1", LIMIT, NOW).entries) == LIMIT

    def list_name() -> str:
        return f"category/kategori-{dice.randint(1, len(CATEGORIES))}"

    ids = {size: [f"bench-{n * len(CATEGORIES)}" for n in range(LIMIT)] for size in stores}
    figures = {
        f"newest {LIMIT} of a category": interleaved(
            {str(size): lambda store=store: store.newest(list_name(), LIMIT, NOW) for size, store in stores.items()},  # type: ignore[misc]
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
    for what, times in figures.items():
        verdict = "holds" if times[large] / times[small] < RATIO else "DOES NOT HOLD"
        print(f"a ratio below {RATIO}, {what}: {verdict}")
    for database in databases.values():
        database.close()
    return figures


def _changed(dice: Random) -> Submission:
    fields = next(articles(1))
    return Submission.read({**fields, "title": f"Judul {dice.random()}"}, READING)


def build(url: str, seed: int, count: int, tags: int = TAGS) -> None:
    """Make a new store with `count` articles. `seed` of them are put as usual; the others are copies of them."""
    database = Database(url)
    if database.is_sqlite:  # a crash may lose data during the build, but not in the measurement
        event.listen(database.engine, "connect", _hurry)
    migrate(database)
    _fill(database, seed, count, tags)
    database.close()


def _hurry(connection: Any, _record: object) -> None:
    for pragma in ("synchronous=OFF", "cache_size=-1000000"):
        connection.execute(f"PRAGMA {pragma}")


def _fill(database: Database, seed: int, count: int, tags: int) -> None:
    """Add `count` articles, their lists and memberships: `seed` put as usual, and older copies made by the database.

    The copies get the places in the archive that they would have if they had been put in their order
    (storage/memberships.py).
    """
    found = articles(seed, tags=tags)
    while chunk := list(islice(found, MAX_ARTICLES_PER_TRANSACTION)):
        ArticleStore(database).put([Submission.read(fields, READING) for fields in chunk], NOW)
    copies = count // seed - 1
    if not copies:
        return
    _run(database, _RANK)
    for older in range(copies, 0, -1):  # the oldest first, as a newsroom writes them
        with database.writing() as connection:
            _copy(connection, tables.articles, seed, older, copies)
            _copy(connection, tables.memberships, seed, older, copies)
    _run(database, _SETTLE, copies=copies, seed=seed, open=MIN_HEAD_ENTRIES, page=ARCHIVE_PAGE_ENTRIES)
    if not database.is_sqlite:  # copies have explicit keys; statistics are autovacuum's work
        with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            for statement in (
                "SET statement_timeout = 0",
                "SELECT setval(pg_get_serial_sequence('articles', 'key'), (SELECT max(key) FROM articles))",
                "VACUUM ANALYZE",
            ):
                connection.exec_driver_sql(statement)


# Positions as if no page were open. Meanwhile `settled` is the number of entries that the list has in the seed.
_RANK = (
    """
    UPDATE placements SET position = ranked.rank
    FROM (
        SELECT shelf_key, published_at, article_key,
               row_number() OVER (PARTITION BY shelf_key ORDER BY published_at, article_key) - 1 AS rank
        FROM placements
    ) AS ranked
    WHERE placements.shelf_key = ranked.shelf_key
      AND placements.published_at = ranked.published_at
      AND placements.article_key = ranked.article_key
    """,
    "UPDATE shelves SET late = 0, settled = (SELECT count(*) FROM placements WHERE shelf_key = shelves.key)",
)
_SETTLE = (
    "UPDATE placements SET position = position + :copies * (SELECT settled FROM shelves WHERE key = shelf_key)"
    " WHERE article_key <= :seed",
    "UPDATE shelves SET settled = CASE WHEN settled * (:copies + 1) < :open + :page THEN 0"
    " ELSE (settled * (:copies + 1) - :open) / :page * :page END",
    "UPDATE placements SET position = NULL"
    " WHERE position >= (SELECT settled FROM shelves WHERE key = placements.shelf_key)",
    "UPDATE shelves SET horizon ="
    " (SELECT published_at FROM placements WHERE shelf_key = shelves.key AND position = shelves.settled - 1)",
)


def _run(database: Database, statements: Sequence[str], **values: int) -> None:
    with database.writing() as connection:
        if not database.is_sqlite:  # a million rows take longer than the timeout for requests
            connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
        for statement in map(text, statements):
            connection.execute(statement, {name: values[name] for name in statement.compile().params})


def _copy(connection: Connection, copied: Table, seed: int, older: int, copies: int) -> None:
    """Copy the rows of the first `seed` articles. Keys rise by `older * seed`, times go back by as many minutes."""
    offset = older * seed
    article = tables.articles.c.key if copied is tables.articles else tables.memberships.c.article_key
    changed: dict[str, Any] = {
        article.key: article + offset,
        "id": literal("bench-") + cast(tables.articles.c.key + (offset - 1), String),
        "published_at": _earlier(connection, copied.c.published_at, offset),
        "position": tables.memberships.c.position + tables.article_lists.c.archived * (copies - older),
    }
    columns = [column.key for column in copied.c]
    rows = select(*(changed.get(name, copied.c[name]) for name in columns)).where(article <= seed)
    if copied is tables.memberships:
        rows = rows.join(tables.article_lists, tables.article_lists.c.key == copied.c.list_key)
    connection.execute(insert(copied).from_select(columns, rows.order_by(*copied.primary_key)))


def _earlier(connection: Connection, column: ColumnElement[Any], minutes: int) -> ColumnElement[Any]:
    if connection.dialect.name == "sqlite":
        return func.strftime("%Y-%m-%d %H:%M:%S.000000", column, f"-{minutes} minutes", type_=String)
    return column - literal(timedelta(minutes=minutes), Interval)
