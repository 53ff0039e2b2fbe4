"""Searches articles by their words."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from service.articles.article import Article
from service.storage.article_cache import ArticleCache
from service.storage.database import Database
from service.storage.search_entries import Position, Search, SearchEntries
from service.storage.search_postgresql import PostgresqlEntries
from service.storage.search_sqlite import SqliteEntries
from service.storage.tables import search_progress

MAX_CACHE_BYTES = 4_000_000  # of articles that searches have found: strangers choose them, so feeds have a cache apart


@dataclass(frozen=True)
class FoundArticles:
    """The articles of one page of results, newest first.

    `after` is the position of the last of them if more follow. `is_partial`: only the newest articles were examined,
    since the query would have taken too long. `modified_at` is the time of the last change of the index; None if there
    is no index yet.
    """

    articles: list[Article]
    after: Position | None
    is_partial: bool
    modified_at: datetime | None


class ArticleSearch:
    """Searches the articles of one store. Safe to share between threads."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._entries = entries_of(database)
        self._cache = ArticleCache(MAX_CACHE_BYTES)

    def find(self, search: Search, limit: int, now: datetime) -> FoundArticles:
        """The newest `limit` articles of the search that readers may see at `now`.

        Raises StoreUnavailable, also if too many searches run.
        """
        with self._database.searching() as connection:
            modified_at = connection.execute(select(search_progress.c.modified_at)).scalar()
            if not search.query.wanted:
                return FoundArticles([], None, is_partial=False, modified_at=modified_at)
            found = self._entries.find(connection, search, now, limit + 1)
            rows = found.rows[:limit]
            after = Position(rows[-1].published_at, rows[-1].article_key) if len(found.rows) > limit else None
            return FoundArticles(self._cache.articles(connection, rows), after, found.is_partial, modified_at)


def entries_of(database: Database) -> SearchEntries:
    """The entries of the index in this kind of database."""
    return SqliteEntries() if database.is_sqlite else PostgresqlEntries()
