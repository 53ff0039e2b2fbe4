"""The search's index in PostgreSQL: a `tsvector` for each article, with a GIN index.

A GIN index finds all articles with some words at once, in no order. That is quick for words of few articles. A word of
many articles is in some of the newest ones, so these are examined first.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from psycopg.errors import QueryCanceled
from sqlalchemy import Connection, Row, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.exc import OperationalError
from sqlalchemy.types import BigInteger

from service.storage.search_entries import NEWEST_EXAMINED, FoundEntries, IndexEntry, Position, Search, written
from service.storage.utc_datetime import UtcDateTime

MAX_FIND_MILLISECONDS = 250  # of a search in all articles, before only the newest ones are examined
FIRST_EXAMINED = 500  # newest articles that are examined before all others
MAX_POSITION = 16_000  # of a word in its text; PostgreSQL has positions up to 16,383
_GAP = 20  # positions between two fields, so that no phrase goes from one into the next

_WITHIN = """
    search_entries.words @@ CAST(:query AS tsquery)
    AND search_entries.published_at >= :since
    AND (search_entries.published_at, search_entries.article_key) < (:until, :until_key)
    AND articles.status = 'published' AND articles.published_at <= :now
    AND (articles.expires_at IS NULL OR articles.expires_at > :now)
"""
_SELECT = f"""
    SELECT articles.key AS article_key, articles.revision, articles.published_at
    FROM search_entries JOIN articles ON articles.key = search_entries.article_key
    WHERE {_WITHIN}
    ORDER BY search_entries.published_at DESC, search_entries.article_key DESC LIMIT :most
"""  # noqa: S608 - our own text
_TIMES = tuple(bindparam(name, type_=UtcDateTime) for name in ("since", "until"))
_FIND = text(_SELECT).bindparams(*_TIMES, bindparam("now", type_=UtcDateTime)).columns(published_at=UtcDateTime)
_BOUND = text(
    """
    SELECT published_at FROM search_entries
    WHERE published_at >= :since AND (published_at, article_key) < (:until, :until_key)
    ORDER BY published_at DESC, article_key DESC LIMIT 1 OFFSET :offset
    """
).bindparams(*_TIMES)
_REMOVE = text("DELETE FROM search_entries WHERE article_key = ANY(:keys)").bindparams(
    bindparam("keys", type_=ARRAY(BigInteger))
)
_REPLACE = text(
    """
    INSERT INTO search_entries (article_key, published_at, words)
    VALUES (:article_key, :published_at, CAST(:words AS tsvector))
    ON CONFLICT (article_key) DO UPDATE SET published_at = excluded.published_at, words = excluded.words
    """
).bindparams(bindparam("published_at", type_=UtcDateTime))
# The plan that reads all articles in the order of time would be taken for a word that is believed to be frequent.
_BY_WORDS = text(
    f"SET LOCAL statement_timeout = {MAX_FIND_MILLISECONDS}; SET LOCAL enable_seqscan = off;"
    " SET LOCAL enable_indexscan = off; SET LOCAL jit = off"
)
_PLAN_EACH = text("SET LOCAL plan_cache_mode = force_custom_plan")  # the best plan depends on the words


class PostgresqlEntries:
    """The entries in PostgreSQL."""

    def replace(self, connection: Connection, entries: Sequence[IndexEntry]) -> None:
        rows = [
            {"article_key": entry.article_key, "published_at": entry.published_at, "words": _vector(entry)}
            for entry in sorted(entries, key=lambda entry: entry.article_key)
        ]
        if rows:
            connection.execute(_REPLACE, rows)

    def remove(self, connection: Connection, article_keys: Sequence[int]) -> None:
        connection.execute(_REMOVE, {"keys": [*article_keys]})

    def find(self, connection: Connection, search: Search, now: datetime, limit: int) -> FoundEntries:
        query = written(search, both=" & ", either=" | ", without=" & !", phrase=" <-> ", prefix=":*", quote="'")
        until = search.after or Position(search.until or _LAST, -1)
        if search.until and (search.until, -1) < (until.published_at, until.article_key):
            until = Position(search.until, -1)
        values = {"query": query, "now": now, "most": limit, "since": search.since or _FIRST}
        values |= {"until": until.published_at, "until_key": until.article_key}
        connection.execute(_PLAN_EACH)
        first, is_all = _examined(connection, values, FIRST_EXAMINED)
        if is_all or len(first) >= limit:
            return FoundEntries(first)
        if (found := _in_all(connection, values)) is not None:
            return FoundEntries(found)
        newest, is_all = _examined(connection, values, NEWEST_EXAMINED)
        return FoundEntries(newest, is_partial=not is_all)


_FIRST = datetime.fromisoformat("0001-01-02T00:00:00+00:00")
_LAST = datetime.fromisoformat("9999-12-30T00:00:00+00:00")


def _examined(connection: Connection, values: Mapping[str, Any], count: int) -> tuple[list[Row[Any]], bool]:
    """The findings in the `count` newest articles of the time of the search, and True if these are all articles."""
    bound = connection.execute(_BOUND, {**values, "offset": count - 1}).scalar()
    return _rows(connection, {**values, "since": bound or values["since"]}), bound is None


def _in_all(connection: Connection, values: Mapping[str, Any]) -> list[Row[Any]] | None:
    """The findings in all articles of the time of the search. None if that takes too long.

    The savepoint is rolled back, so that its settings end with it.
    """
    savepoint = connection.begin_nested()
    try:
        connection.execute(_BY_WORDS)
        return _rows(connection, values)
    except OperationalError as error:
        if not isinstance(error.orig, QueryCanceled):
            raise
        return None
    finally:
        savepoint.rollback()


def _rows(connection: Connection, values: Mapping[str, Any]) -> list[Row[Any]]:
    return [*connection.execute(_FIND, values).all()]


def _vector(entry: IndexEntry) -> str:
    """The words of the entry with their positions, in the form of PostgreSQL. It keeps 256 positions of a word."""
    places: dict[str, list[int]] = {}
    position = 0
    for field in (entry.title, entry.summary, entry.body):
        for position, word in enumerate(field[: MAX_POSITION - position], position + 1):  # noqa: B020
            places.setdefault(word, []).append(position)
        position += _GAP
    words = [f"'{word}':{','.join(map(str, there[:256]))}" for word, there in places.items()]
    return " ".join([*words, *(f"'{word}'" for word in entry.categories)])
