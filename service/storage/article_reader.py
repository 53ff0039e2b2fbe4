"""Reads articles, the lists that they stand on, and the change log."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, case, or_, select

from service.articles.article import Article, Headline
from service.core.errors import Gone, NotFound, OtherName
from service.feeds.list_names import ListNames
from service.feeds.names import LATEST, ArticleList, CountableArticle, ListAssignment
from service.storage.archive import ArchiveReader, Listing, list_row
from service.storage.article_cache import ArticleCache
from service.storage.article_listing import ListingPage, ListingPosition, ListingQuery, list_articles
from service.storage.change_log import ChangeLogEntry, changes_since, key_at, last_key
from service.storage.change_set import (
    known_articles,
    was_public,
)
from service.storage.database import Database
from service.storage.identities import article_of
from service.storage.related import related_articles
from service.storage.rows import is_visible, to_article, to_article_list, to_countable
from service.storage.tables import article_lists, articles, memberships

MAX_ARTICLES_PER_READ = 500  # of a read of all articles

_COUNTED = (articles.c.key, articles.c.id, articles.c.categories, articles.c.published_at)


class ArticleReader:
    """Reads the articles in SQLite or PostgreSQL. Safe to share between threads and processes.

    Times are aware, in UTC. Every method may raise StoreUnavailable.
    """

    def __init__(self, database: Database, assignment: ListAssignment | None = None) -> None:
        self._database = database
        self._assignment = assignment or ListAssignment()
        self._cache = ArticleCache()

    def _lists(self, connection: Connection) -> ListAssignment:
        """The assignment, with the names of the stored lists. They are read once: no list changes name or title."""
        if not self._assignment.names.knows_stored:
            rows = connection.execute(select(article_lists.c.name, article_lists.c.title))
            self._assignment = self._assignment.with_stored((row.name, row.title) for row in rows)
        return self._assignment

    def article(self, article_id: str) -> Article:
        """The article, whatever its status. Raises NotFound."""
        with self._database.reading() as connection:
            return known_article(connection, article_id)

    def visible_article(self, article_id: str, now: datetime) -> Article:
        """The article, if readers may see it.

        Raises Gone if it is withdrawn but was visible once, and OtherName for another name of an imported article.
        Raises NotFound otherwise, so that readers learn nothing of an article that was never more than a draft or
        embargoed.
        """
        with self._database.reading() as connection:
            try:
                article = known_article(connection, article_id)
            except NotFound:
                if (known := article_of(connection, article_id)) and known != article_id:
                    raise OtherName(known) from None
                raise
            if article.visible(now):
                return article
            if article.status == "withdrawn" and was_public(connection, article_id):
                raise Gone(f"the article {article_id!r} was withdrawn")
        raise NotFound(f"there is no article {article_id!r}")

    def listing(self, query: ListingQuery, after: ListingPosition | None, limit: int) -> ListingPage:
        """At most `limit` articles of the query after the position, whatever their status. Raises CursorUnknown."""
        with self._database.reading() as connection:
            return list_articles(connection, self._lists(connection).names, query, after, limit)

    def newest(self, list_name: str, limit: int, now: datetime) -> Listing:
        """The list and its newest visible articles. Raises NotFound for a list that has never existed."""
        with self._database.reading() as connection:
            return ArchiveReader(connection, self._cache, list_name, now).head(limit)

    def newest_of(self, list_names: Sequence[str], limit: int, now: datetime) -> list[Listing]:
        """The lists, each with its newest visible articles, in one reading. Raises NotFound."""
        with self._database.reading() as connection:
            return [ArchiveReader(connection, self._cache, name, now).head(limit) for name in list_names]

    def related(self, article: Article, limit: int, now: datetime) -> list[Article]:
        """At most `limit` visible articles that share tags with the article, most shared tags first, then newest."""
        with self._database.reading() as connection:
            names = self._lists(connection).names
            return related_articles(connection, self._cache, article, names, limit, now)

    def page(self, list_name: str, name: str, now: datetime) -> Listing:
        """The page of the list's archive with a name as in `Listing.older`. Raises NotFound, NotYet."""
        with self._database.reading() as connection:
            return ArchiveReader(connection, self._cache, list_name, now).page(name)

    def chosen(self, list_name: str, ids: Sequence[str], now: datetime) -> Listing:
        """The list and its visible articles among `ids`, in the order of `ids`. Raises NotFound."""
        with self._database.reading() as connection:
            return ArchiveReader(connection, self._cache, list_name, now).chosen(ids)

    def headlines(self, since: datetime, now: datetime) -> list[Headline]:
        """The headlines of the visible articles that were published at `since` or later, newest first."""
        latest = select(article_lists.c.key).where(article_lists.c.name == LATEST).scalar_subquery()
        with self._database.reading(long=True) as connection:
            rows = connection.execute(
                select(*(articles.c[field.name] for field in fields(Headline)))
                .join(memberships, memberships.c.article_key == articles.c.key)
                .where(
                    memberships.c.list_key == latest, memberships.c.published_at.between(since, now), *is_visible(now)
                )
                .order_by(memberships.c.published_at.desc(), memberships.c.article_key.desc())
            )
            return [Headline(*row) for row in rows]

    def article_list(self, name: str) -> ArticleList:
        """The list. Raises NotFound for a list that has never existed."""
        with self._database.reading() as connection:
            return to_article_list(list_row(connection, name))

    def all_lists(self) -> list[ArticleList]:
        """Every list, `latest` first, then by kind and title."""
        with self._database.reading(long=True) as connection:
            return _sorted(connection.execute(select(article_lists)))

    def lists(self, names: Sequence[str]) -> list[ArticleList]:
        """The lists with these names, in the order of `all_lists`. Lists that have never existed are left out."""
        with self._database.reading() as connection:
            return _sorted(connection.execute(select(article_lists).where(article_lists.c.name.in_(names))))

    def part_of_lists(self, number: int, size: int) -> tuple[list[ArticleList], bool]:
        """A part of all lists, in the order of `all_lists`, and whether another part follows. The first number is 1.

        A part has `size` lists, in the order in which they were created. So a full part never gets another list. The
        lists are none if there is no such part.
        """
        with self._database.reading() as connection:
            part = select(article_lists).order_by(article_lists.c.key).limit(size + 1).offset((number - 1) * size)
            rows = connection.execute(part).all()
            return _sorted(rows[:size]), len(rows) > size

    def find_lists(self, kinds: Sequence[str], slug: str, limit: int) -> list[ArticleList]:
        """At most `limit` lists of these kinds in whose name a word begins with `slug`.

        Lists whose name begins with it are first, then those that changed last.
        """
        name = article_lists.c.name
        begins = or_(*(name.startswith(f"{kind}/{slug}", autoescape=True) for kind in kinds))
        contains = or_(*(name.startswith(f"{kind}/") for kind in kinds)) & name.contains(f"-{slug}", autoescape=True)
        with self._database.reading() as connection:
            rows = connection.execute(
                select(article_lists)
                .where(begins | contains)
                .order_by(case((begins, 0), else_=1), article_lists.c.modified_at.desc(), article_lists.c.key)
                .limit(limit)
            )
            return [to_article_list(row) for row in rows]

    def list_name(self, kind: str, name: str) -> str:
        """The name of the list of a category, tag or author."""
        if not self._assignment.names.knows_stored:
            with self._database.reading() as connection:
                self._lists(connection)
        return self._assignment.names.of(kind, name)

    @property
    def list_names(self) -> ListNames:
        """The names of lists, as the process knows them since its last `list_name`."""
        return self._assignment.names

    def categories(self) -> list[ArticleList]:
        """The lists of the categories, by title."""
        with self._database.reading() as connection:
            return _sorted(
                connection.execute(select(article_lists).where(article_lists.c.name.startswith("category/")))
            )

    def countable(self, ids: Sequence[str], now: datetime) -> dict[str, CountableArticle]:
        """The data that the view counter needs, by article id. Articles that are not visible are left out."""
        with self._database.reading() as connection:
            rows = connection.execute(select(*_COUNTED).where(articles.c.id.in_(ids), *is_visible(now)))
            names = self._lists(connection).names
            return {row.id: to_countable(row, names) for row in rows}

    def every_countable(self, now: datetime) -> Iterator[dict[str, CountableArticle]]:
        """The data that the view counter needs of all visible articles, by article id, in portions."""
        last = 0
        while True:
            with self._database.reading(long=True) as connection:
                rows = connection.execute(
                    select(*_COUNTED)
                    .where(articles.c.key > last, *is_visible(now))
                    .order_by(articles.c.key)
                    .limit(10 * MAX_ARTICLES_PER_READ)
                ).all()
                names = self._lists(connection).names
            if not rows:
                return
            yield {row.id: to_countable(row, names) for row in rows}
            last = rows[-1].key

    def everything(self) -> Iterator[Article]:
        """All articles, whatever their status, in the order in which they were first stored."""
        last = 0
        while True:
            with self._database.reading(long=True) as connection:
                rows = connection.execute(
                    select(articles).where(articles.c.key > last).order_by(articles.c.key).limit(MAX_ARTICLES_PER_READ)
                ).all()
            if not rows:
                return
            yield from map(to_article, rows)
            last = rows[-1].key

    def is_empty(self) -> bool:
        with self._database.reading() as connection:
            return connection.execute(select(articles.c.key).limit(1)).first() is None

    def newest_published_at(self, now: datetime) -> datetime | None:
        """The publication time of the newest visible article; None if there is none."""
        with self._database.reading() as connection:
            key = select(article_lists.c.key).where(article_lists.c.name == LATEST).scalar_subquery()
            return connection.execute(
                select(memberships.c.published_at)
                .join(articles, articles.c.key == memberships.c.article_key)
                .where(memberships.c.list_key == key, memberships.c.published_at <= now, *is_visible(now))
                .order_by(memberships.c.published_at.desc())
                .limit(1)
            ).scalar()

    def changes(self, since: int | str, limit: int) -> list[ChangeLogEntry]:
        """At most `limit` changes after the cursor or key `since`, oldest first. Raises CursorUnknown."""
        with self._database.reading() as connection:
            key = key_at(connection, since) if isinstance(since, str) else since
            return changes_since(connection, key, limit)

    def last_change(self) -> int:
        """The key of the latest change; 0 if there is none."""
        with self._database.reading() as connection:
            return last_key(connection)


def _sorted(rows: Iterable[Row[Any]]) -> list[ArticleList]:
    """The lists of the rows: `latest` first, then by kind and title."""
    return sorted(
        map(to_article_list, rows),
        key=lambda article_list: (
            article_list.name != LATEST,
            article_list.kind,
            article_list.title.casefold(),
            article_list.name,
        ),
    )


def known_article(connection: Connection, article_id: str) -> Article:
    """The stored article. Raises NotFound."""
    known = known_articles(connection, [article_id]).get(article_id)
    if known is None:
        raise NotFound(f"there is no article {article_id!r}")
    return known
