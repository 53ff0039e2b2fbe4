"""Lists all articles of the store for a CMS, whatever their status, newest first, a page at a time."""

import heapq
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, select

from service.core.errors import CursorUnknown
from service.feeds.list_names import ListNames
from service.storage.tables import articles

MAX_EXAMINED = 5_000  # articles that one page examines, at most: few may be of the category
MAX_PORTION = 500  # articles that are read at a time
STATUSES = ("published", "draft", "withdrawn")

_LISTED = tuple(
    articles.c[name]
    for name in (
        *("key", "id", "status", "title", "url", "section", "categories"),
        *("published_at", "updated_at", "expires_at", "undated"),
    )
)


class ListingPosition(NamedTuple):
    """A place between two articles of the listing: after the article with this time of publication and key."""

    published_at: datetime
    key: int


@dataclass(frozen=True)
class ListingQuery:
    """The articles to list: of one status, of one category (its name or slug), and by time of publication (UTC).

    `published_since` is inclusive, `published_before` is not.
    """

    status: str | None = None
    category: str | None = None
    published_since: datetime | None = None
    published_before: datetime | None = None


@dataclass(frozen=True)
class ListedArticle:
    """An article without its texts. `published_at` is None for a draft without a time of publication."""

    id: str
    status: str
    title: str
    url: str | None
    section: str
    categories: tuple[str, ...]
    published_at: datetime | None
    updated_at: datetime
    expires_at: datetime | None

    @classmethod
    def of(cls, row: Row[Any]) -> "ListedArticle":
        return cls(
            row.id,
            row.status,
            row.title,
            row.url,
            row.section,
            tuple(row.categories),
            None if row.undated else row.published_at,
            row.updated_at,
            row.expires_at,
        )


class ListingPage(NamedTuple):
    """A page of the listing. It may have few articles, or none, and be followed by others.

    `end` is the position after the page; None after the last page.
    """

    articles: list[ListedArticle]
    end: ListingPosition | None


def list_articles(
    connection: Connection, names: ListNames, query: ListingQuery, after: ListingPosition | None, limit: int
) -> ListingPage:
    """At most `limit` articles after the position. Raises CursorUnknown."""
    if after and connection.execute(select(articles.c.key).where(articles.c.key == after.key)).first() is None:
        raise CursorUnknown("cursor: this store has never given it; begin again without a cursor")
    wanted = names.of("category", query.category) if query.category is not None else None
    portion = limit if wanted is None else MAX_PORTION
    found: list[ListedArticle] = []
    for examined, row in enumerate(_rows(connection, query, after, portion), 1):
        if wanted is None or any(names.of("category", name) == wanted for name in row.categories):
            found.append(ListedArticle.of(row))
        if len(found) == limit or examined == MAX_EXAMINED:
            return ListingPage(found, _position(row))
    return ListingPage(found, None)


def _rows(
    connection: Connection, query: ListingQuery, after: ListingPosition | None, portion: int
) -> Iterator[Row[Any]]:
    """The rows of the query after the position, newest first. Each status is one range of the index."""
    statuses = [query.status] if query.status else STATUSES
    ranges = [_rows_of(connection, status, query, after, portion) for status in statuses]
    return heapq.merge(*ranges, key=_position, reverse=True)


def _rows_of(
    connection: Connection, status: str, query: ListingQuery, after: ListingPosition | None, portion: int
) -> Iterator[Row[Any]]:
    at = articles.c.published_at
    statement = select(*_LISTED).where(articles.c.status == status).order_by(at.desc(), articles.c.key.desc())
    if query.published_since:
        statement = statement.where(at >= query.published_since)
    if query.published_before:
        statement = statement.where(at < query.published_before)
    while True:
        following = statement
        if after:
            following = statement.where(
                at <= after.published_at, (at < after.published_at) | (articles.c.key < after.key)
            )
        rows = connection.execute(following.limit(portion)).all()
        yield from rows
        if len(rows) < portion:
            return
        after = _position(rows[-1])


def _position(row: Row[Any]) -> ListingPosition:
    return ListingPosition(row.published_at, row.key)
