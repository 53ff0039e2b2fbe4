"""The article store: articles, the lists that they stand on, and the change log."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import fields
from datetime import datetime

from sqlalchemy import Connection, func, select

from service.articles.article import Article, Headline, Submission
from service.core.errors import Gone, NotFound
from service.feeds.names import ENTERED, LATEST, ArticleList, CountableArticle, ListAssignment
from service.storage.announcement_log import Announcement, log_announcement
from service.storage.archive import ArchiveReader, Listing, list_row
from service.storage.article_cache import ArticleCache
from service.storage.change_set import (
    ChangeLogEntry,
    ChangeSet,
    PutOutcome,
    apply_deadlines,
    known_articles,
    move_renamed,
    was_public,
)
from service.storage.database import Database
from service.storage.filled_lists import add_popular, fill_curated_lists
from service.storage.rows import is_visible, to_article, to_article_list, to_countable
from service.storage.tables import article_lists, articles, changes, deadlines, memberships

MAX_ARTICLES_PER_TRANSACTION = 500  # it holds the writer lock for less than half a second

_COUNTED = (articles.c.key, articles.c.id, articles.c.categories, articles.c.published_at)


class ArticleStore:
    """Articles in SQLite or PostgreSQL. Safe to share between threads and processes.

    Times are aware, in UTC. Every method may raise StoreUnavailable. When you add a method, add its test to
    `tests/storage/test_articles.py`, which runs on both databases.
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

    # --- writing ---------------------------------------------------------------------------------------------

    def put(
        self, submissions: Sequence[Submission], now: datetime, *, only_new: bool = False
    ) -> tuple[list[PutOutcome], list[Announcement]]:
        """Store the articles in one transaction, with their changes and announcements.

        Returns one outcome per article, in their order, and the announcements. With `only_new`, articles whose id is
        stored already stay as they are.
        """
        with self._database.writing() as connection:
            known = known_articles(connection, [submission.id for submission in submissions])
            change_set = ChangeSet(self._lists(connection), now)
            outcomes = []
            for submission in submissions:
                before = change_set.after.get(submission.id) or known.get(submission.id)
                if before and only_new:
                    outcomes.append(PutOutcome.UNCHANGED)
                    continue
                article = submission.article(before, change_set.now)
                outcomes.append(PutOutcome.of(before, article))
                if article != before:
                    change_set.add(known.get(submission.id), article)
            return outcomes, change_set.write(connection)

    def edit(
        self, article_id: str, edited: Callable[[Article], Submission], now: datetime
    ) -> tuple[PutOutcome, list[Announcement]]:
        """Store the result of `edited(article)`. No other writer changes the article meanwhile.

        Raises NotFound, and the errors of `edited`; after an error nothing is stored.
        """
        with self._database.writing() as connection:
            known = _known(connection, article_id)
            change_set = ChangeSet(self._lists(connection), now)
            article = edited(known).article(known, change_set.now)
            if article != known:
                change_set.add(known, article)
            return PutOutcome.of(known, article), change_set.write(connection)

    def withdraw(self, article_id: str, now: datetime) -> tuple[bool, list[Announcement]]:
        """Remove the article from every feed; its id stays taken. Returns False if it was withdrawn already.

        Raises NotFound.
        """
        with self._database.writing() as connection:
            known = _known(connection, article_id)
            if known.status == "withdrawn":
                return False, []
            change_set = ChangeSet(self._lists(connection), now)
            change_set.add(known, known.model_copy(update={"status": "withdrawn"}))
            return True, change_set.write(connection)

    def record_popular(self, ids: Sequence[str], now: datetime) -> list[Announcement]:
        """Record that the articles are popular, each once and permanently. Returns an announcement if any is new."""
        with self._database.writing() as connection:
            return log_announcement(
                connection, [ENTERED] if add_popular(connection, ids, now.replace(microsecond=0)) else []
            )

    def fill_curated_lists(self, now: datetime) -> list[Announcement]:
        """Fill the lists of curated feeds whose rule is new or has changed. Returns an announcement of these lists."""
        with self._database.writing() as connection:
            filled = fill_curated_lists(connection, self._lists(connection).rules, now.replace(microsecond=0))
            return log_announcement(connection, filled)

    def move_renamed(self, now: datetime) -> list[Announcement]:
        """Move articles from the lists of renamed categories to the new lists, and return their announcement.

        It moves at most MAX_ARTICLES_PER_TRANSACTION, so call it until it returns none.
        """
        at = now.replace(microsecond=0)
        with self._database.writing() as connection:
            return move_renamed(connection, self._lists(connection), at, MAX_ARTICLES_PER_TRANSACTION)

    # --- reading ---------------------------------------------------------------------------------------------

    def article(self, article_id: str) -> Article:
        """The article, whatever its status. Raises NotFound."""
        with self._database.reading() as connection:
            return _known(connection, article_id)

    def visible_article(self, article_id: str, now: datetime) -> Article:
        """The article, if readers may see it.

        Raises Gone if it is withdrawn but was visible once. Raises NotFound otherwise, so that readers learn nothing of
        an article that was never more than a draft or embargoed.
        """
        with self._database.reading() as connection:
            article = _known(connection, article_id)
            if article.visible(now):
                return article
            if article.status == "withdrawn" and was_public(connection, article_id):
                raise Gone(f"the article {article_id!r} was withdrawn")
        raise NotFound(f"there is no article {article_id!r}")

    def newest(self, list_name: str, limit: int, now: datetime) -> Listing:
        """The list and its newest visible articles. Raises NotFound for a list that has never existed."""
        with self._database.reading() as connection:
            return ArchiveReader(connection, self._cache, list_name, now).head(limit)

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
        with self._database.reading() as connection:
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
        with self._database.reading() as connection:
            found = [to_article_list(row) for row in connection.execute(select(article_lists))]
        return sorted(
            found,
            key=lambda article_list: (
                article_list.name != LATEST,
                article_list.kind,
                article_list.title.casefold(),
                article_list.name,
            ),
        )

    def list_name(self, kind: str, name: str) -> str:
        """The name of the list of a category, tag or author."""
        if not self._assignment.names.knows_stored:
            with self._database.reading() as connection:
                self._lists(connection)
        return self._assignment.names.of(kind, name)

    def categories(self) -> list[ArticleList]:
        """The lists of the categories, by title."""
        with self._database.reading() as connection:
            rows = connection.execute(select(article_lists).where(article_lists.c.name.startswith("category/")))
            return sorted(
                map(to_article_list, rows), key=lambda article_list: (article_list.title.casefold(), article_list.name)
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
            with self._database.reading() as connection:
                rows = connection.execute(
                    select(*_COUNTED)
                    .where(articles.c.key > last, *is_visible(now))
                    .order_by(articles.c.key)
                    .limit(10 * MAX_ARTICLES_PER_TRANSACTION)
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
            with self._database.reading() as connection:
                rows = connection.execute(
                    select(articles)
                    .where(articles.c.key > last)
                    .order_by(articles.c.key)
                    .limit(MAX_ARTICLES_PER_TRANSACTION)
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

    # --- the change log --------------------------------------------------------------------------------------

    def changes(self, since: int, limit: int) -> list[ChangeLogEntry]:
        """At most `limit` changes after the cursor `since`, oldest first."""
        with self._database.reading() as connection:
            rows = connection.execute(select(changes).where(changes.c.key > since).order_by(changes.c.key).limit(limit))
            return [ChangeLogEntry(row.key, row.article_id, row.kind, row.at) for row in rows]

    def last_change(self) -> int:
        """The cursor at the end of the change log; 0 if the log is empty."""
        with self._database.reading() as connection:
            return connection.execute(select(func.max(changes.c.key))).scalar() or 0

    def apply_deadlines(self, now: datetime) -> bool:
        """Turn embargoes and articles that have ended by `now` into changes, and announce these, in one transaction.

        Returns False if there were none. It takes at most MAX_ARTICLES_PER_TRANSACTION, so call it until then.
        """
        with self._database.reading() as connection:
            if connection.execute(select(deadlines.c.kind).where(deadlines.c.due_at <= now).limit(1)).first() is None:
                return False
        with self._database.writing() as connection:
            apply_deadlines(connection, self._lists(connection), now, MAX_ARTICLES_PER_TRANSACTION)
        return True


def _known(connection: Connection, article_id: str) -> Article:
    """The stored article. Raises NotFound."""
    known = known_articles(connection, [article_id]).get(article_id)
    if known is None:
        raise NotFound(f"there is no article {article_id!r}")
    return known
