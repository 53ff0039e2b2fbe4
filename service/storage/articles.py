"""The article store: writes articles, the lists that they stand on, and the change log."""

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from service.articles.article import Article, Submission
from service.feeds.names import ENTERED
from service.storage.announcement_log import Announcement, log_announcement
from service.storage.article_reader import ArticleReader, known_article
from service.storage.change_set import (
    ChangeSet,
    PutOutcome,
    WrittenArticle,
    apply_deadlines,
    known_articles,
    move_renamed,
)
from service.storage.filled_lists import add_popular, fill_curated_lists
from service.storage.identities import ImportedArticle, imported_at
from service.storage.import_batch import ImportBatch
from service.storage.repeated_requests import Once
from service.storage.tables import deadlines

MAX_ARTICLES_PER_TRANSACTION = 100  # it holds the writer lock for less than a tenth of a second
MAX_IMPORTED_PER_TRANSACTION = 500  # of an import, which takes fewer as soon as the time is too long: PortionSize


class ArticleStore(ArticleReader):
    """Articles in SQLite or PostgreSQL. Safe to share between threads and processes.

    Times are aware, in UTC. Every method may raise StoreUnavailable. When you add a method, add its test to
    `tests/storage/test_articles.py`, which runs on both databases. With `once`, a request that was answered before
    changes nothing: see `repeated_requests.py`.
    """

    @contextmanager
    def _writing(self, once: Once[Any] | None, now: datetime) -> Iterator[Connection]:
        with self._database.writing() as connection:
            if once:
                once.check(connection, now)
            yield connection

    def put(
        self,
        submissions: Sequence[Submission],
        now: datetime,
        *,
        only_new: bool = False,
        only_newer: Collection[int] = (),
        once: Once[list[PutOutcome]] | None = None,
    ) -> tuple[list[PutOutcome], list[Announcement]]:
        """Store the articles in one transaction, with their changes and announcements.

        Returns one outcome per article, in their order, and the announcements. With `only_new`, articles whose id is
        stored already stay as they are. The articles at the positions `only_newer` do not replace a newer one. Raises
        AnsweredBefore, KeyReused.
        """
        with self._writing(once, now) as connection:
            known = known_articles(connection, [submission.id for submission in submissions])
            change_set = ChangeSet(self._lists(connection), now)
            outcomes = []
            for position, submission in enumerate(submissions):
                before = change_set.after.get(submission.id) or known.get(submission.id)
                if before and only_new:
                    outcomes.append(PutOutcome.UNCHANGED)
                    continue
                if position in only_newer and submission.is_stale(before):
                    outcomes.append(PutOutcome.STALE)
                    continue
                article = submission.article(before, change_set.now)
                outcomes.append(PutOutcome.of(before, article))
                if article != before:
                    change_set.add(known.get(submission.id), article)
            if once:
                once.record(connection, outcomes, now)
            return outcomes, change_set.write(connection)

    def put_imported(
        self, imported: Sequence[ImportedArticle], now: datetime, *, replace: bool = False, dry_run: bool = False
    ) -> tuple[list[PutOutcome | None], list[Announcement]]:
        """Store the articles of an import in one transaction; see `articles/merging.py`. With `dry_run`, store nothing.

        An article is stored under the id of the stored article that it is, and combined with it. With `replace` it
        replaces it. Returns one outcome per article, in their order, and the announcements. The outcome is None for a
        withdrawal of an article that is not stored.
        """
        with self._database.reading() if dry_run else self._database.writing() as connection:
            batch = ImportBatch(connection, imported, ChangeSet(self._lists(connection), now), replace=replace)
            outcomes = [batch.add(article) for article in imported]
            return outcomes, [] if dry_run else batch.write(connection)

    def imported_at(self, url: str) -> datetime | None:
        """The time of the last import of the article at `url` from its page or an export; None if there was none."""
        with self._database.reading() as connection:
            return imported_at(connection, url)

    def write(
        self,
        article_id: str,
        new: Callable[[Article | None], Submission],
        now: datetime,
        once: Once[WrittenArticle] | None = None,
    ) -> tuple[WrittenArticle, list[Announcement]]:
        """Store the result of `new(known)`. `known` is the stored article, None if there is none.

        No other writer changes the article meanwhile. Raises AnsweredBefore, KeyReused, and the errors of `new`; after
        an error nothing is stored.
        """
        with self._writing(once, now) as connection:
            known = known_articles(connection, [article_id]).get(article_id)
            change_set = ChangeSet(self._lists(connection), now)
            article = new(known).article(known, change_set.now)
            if article != known:
                change_set.add(known, article)
            written = WrittenArticle(article, PutOutcome.of(known, article))
            if once:
                once.record(connection, written, now)
            return written, change_set.write(connection)

    def withdraw(
        self,
        article_id: str,
        now: datetime,
        check: Callable[[Article], None] | None = None,
        once: Once[None] | None = None,
    ) -> tuple[bool, list[Announcement]]:
        """Remove the article from every feed; its id stays taken. Returns False if it was withdrawn already.

        Raises NotFound, AnsweredBefore, KeyReused, and the errors of `check(article)`; then nothing is changed.
        """
        with self._writing(once, now) as connection:
            known = known_article(connection, article_id)
            if check:
                check(known)
            if once:
                once.record(connection, None, now)
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

    def fill_curated_lists(self, now: datetime) -> tuple[list[Announcement], bool]:
        """Fill a part of a curated feed's list whose rule is new or has changed.

        Returns an announcement if readers may see the change, and whether all lists are complete; call it until then.
        """
        with self._database.writing() as connection:
            at = now.replace(microsecond=0)
            changed, is_complete = fill_curated_lists(connection, self._lists(connection).rules, at)
            return log_announcement(connection, changed), is_complete

    def move_renamed(self, now: datetime) -> list[Announcement]:
        """Move articles from the lists of renamed categories to the new lists, and return their announcement.

        It moves at most MAX_ARTICLES_PER_TRANSACTION, so call it until it returns none.
        """
        if not self._assignment.names.moved:
            return []
        with self._database.writing() as connection:
            at = now.replace(microsecond=0)
            return move_renamed(connection, self._lists(connection), at, MAX_ARTICLES_PER_TRANSACTION)

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
