"""The search's index in SQLite (FTS5). Entries are numbered by time, so the newest results are found first."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from sqlite3 import SQLITE_INTERRUPT
from typing import Any

from sqlalchemy import Connection, Row, bindparam, text
from sqlalchemy.exc import OperationalError

from service.storage.search_entries import NEWEST_EXAMINED, FoundEntries, IndexEntry, Search, written
from service.storage.sqlite import BoundedConnection
from service.storage.utc_datetime import UtcDateTime

MAX_FIND_SECONDS = 0.25  # seconds of a search in all articles, before only the newest ones are examined
_STEPS = 1_000  # steps of SQLite's machine between two looks at the clock
_KEY_BITS = 24  # of the place of an entry that come from the article's key; the others are its time in seconds
_MAX_PLACE = 2**63 - 1

_SELECT = text(
    """
    SELECT articles.key AS article_key, articles.revision, articles.published_at
    FROM search_entries
    CROSS JOIN search_places ON search_places.place = search_entries.rowid
    CROSS JOIN articles ON articles.key = search_places.article_key
    WHERE search_entries MATCH :query AND search_entries.rowid BETWEEN :lowest AND :highest
      AND articles.status = 'published' AND articles.published_at <= :now
      AND (articles.expires_at IS NULL OR articles.expires_at > :now)
    ORDER BY search_entries.rowid DESC LIMIT :most
    """
)
_FIND = _SELECT.bindparams(bindparam("now", type_=UtcDateTime)).columns(published_at=UtcDateTime)
_BOUND = text(
    "SELECT place FROM search_places WHERE place BETWEEN :lowest AND :highest"
    " ORDER BY place DESC LIMIT 1 OFFSET :offset"
)
_PLACES = text("SELECT article_key, place FROM search_places WHERE article_key IN (SELECT value FROM json_each(:keys))")
_TAKEN = text("SELECT 1 FROM search_places WHERE place = :place")
_INSERT_PLACE = text("INSERT INTO search_places (article_key, place) VALUES (:article_key, :place)")
_INSERT = text(
    "INSERT INTO search_entries (rowid, title, summary, body, categories)"
    " VALUES (:place, :title, :summary, :body, :categories)"
)


class SqliteEntries:
    """The entries in SQLite, in a table of FTS5. Each has a *place*, which rises with the publication time."""

    def replace(self, connection: Connection, entries: Sequence[IndexEntry]) -> None:
        self.remove(connection, [entry.article_key for entry in entries])
        for entry in entries:
            place = _place(entry.published_at, entry.article_key)
            while connection.execute(_TAKEN, {"place": place}).first():  # the keys of two articles have the same end
                place += 1
            connection.execute(_INSERT_PLACE, {"article_key": entry.article_key, "place": place})
            fields = {name: " ".join(getattr(entry, name)) for name in ("title", "summary", "body", "categories")}
            connection.execute(_INSERT, {"place": place, **fields})

    def remove(self, connection: Connection, article_keys: Sequence[int]) -> None:
        found = connection.execute(_PLACES, {"keys": str([*article_keys])}).all()
        if found:
            places = [{"place": row.place} for row in found]
            connection.execute(text("DELETE FROM search_entries WHERE rowid = :place"), places)
            connection.execute(text("DELETE FROM search_places WHERE place = :place"), places)

    def find(self, connection: Connection, search: Search, now: datetime, limit: int) -> FoundEntries:
        query = written(search, both=" AND ", either=" OR ", without=" NOT ", phrase="+", prefix="*", quote='"')
        lowest, highest = _range(connection, search)
        values = {"query": query, "lowest": lowest, "highest": highest, "now": now, "most": limit}
        with _time_limit(connection, MAX_FIND_SECONDS) as is_over:
            try:
                return FoundEntries(_rows(connection, values))
            except OperationalError as error:
                if not is_over(error):
                    raise
        bound = connection.execute(_BOUND, {**values, "offset": NEWEST_EXAMINED - 1}).scalar()
        return FoundEntries(_rows(connection, {**values, "lowest": bound or lowest}), is_partial=bound is not None)


def _rows(connection: Connection, values: dict[str, Any]) -> list[Row[Any]]:
    return [*connection.execute(_FIND, values).all()]


def _range(connection: Connection, search: Search) -> tuple[int, int]:
    """The lowest and the highest place of the entries that the search is for."""
    lowest = _place(search.since, 0) if search.since else -_MAX_PLACE
    highest = _place(search.until, 0) - 1 if search.until else _MAX_PLACE
    if after := search.after:
        found = connection.execute(_PLACES, {"keys": str([after.article_key])}).first()
        place = _place(after.published_at, after.article_key)
        # The article may have another publication time by now. Then its position stays where it was.
        if found and found.place >> _KEY_BITS == place >> _KEY_BITS:
            place = found.place
        highest = min(highest, place - 1)
    return lowest, highest


def _place(published_at: datetime, article_key: int) -> int:
    seconds = int(published_at.timestamp())
    return (seconds << _KEY_BITS) + article_key % (1 << _KEY_BITS)


@contextmanager
def _time_limit(connection: Connection, seconds: float) -> Iterator[Any]:
    """Ends a statement in the block that takes more than `seconds`. The value tells such an end from other errors."""
    until = time.monotonic() + seconds
    driver = connection.connection.driver_connection
    assert isinstance(driver, BoundedConnection)  # noqa: S101 - for the type checker
    driver.set_progress_handler(lambda: time.monotonic() > until, _STEPS)
    try:
        yield lambda error: getattr(error.orig, "sqlite_errorcode", None) == SQLITE_INTERRUPT
    finally:
        if not driver.is_given_up:  # or this would wait for a disk that hangs
            driver.set_progress_handler(None, 0)
