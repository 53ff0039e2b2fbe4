"""Changes of articles: stored first, then announced to the caches, the edge and the view counter."""

import time
from collections.abc import Callable, Collection, Sequence
from datetime import datetime

from service.articles.article import Article, Submission
from service.articles.dates import utc_now
from service.core.metrics import Metrics
from service.core.settings.model import Settings
from service.feeds.catalogue import FeedCatalogue
from service.feeds.names import LATEST, FeedName
from service.publishing.announcements import Announcements
from service.storage import (
    MAX_ARTICLES_PER_TRANSACTION,
    MAX_IMPORTED_PER_TRANSACTION,
    ArticleStore,
    ImportedArticle,
    Once,
    PortionSize,
    PutOutcome,
    WrittenArticle,
)
from service.views import ViewCounter

MAX_SETTINGS_SECONDS = 1.0  # seconds in which a call applies new settings; other jobs wait for it


class Publisher:
    """Stores articles and announces changes. Built once per process and shared by its threads."""

    def __init__(
        self,
        settings: Settings,
        store: ArticleStore,
        counter: ViewCounter,
        metrics: Metrics,
        announcements: Announcements,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self._catalogue = FeedCatalogue(settings)
        self._settings = settings
        self._store = store
        self._counter = counter
        self._metrics = metrics
        self._announcements = announcements
        self._clock = clock
        self._settings_applied = False
        self._recorded: set[str] = set()
        self._portion = PortionSize(MAX_IMPORTED_PER_TRANSACTION)

    def put(
        self,
        submissions: Sequence[Submission],
        *,
        only_new: bool = False,
        only_newer: Collection[int] = (),
        announce: bool = True,
        once: Once[list[PutOutcome]] | None = None,
    ) -> list[PutOutcome]:
        """Store the articles and announce the changes. Returns one outcome per article, in their order.

        More than MAX_ARTICLES_PER_TRANSACTION articles need several transactions. With `only_new`, articles that are
        stored already stay as they are; the articles at the positions `only_newer` do not replace a newer one. Without
        `announce`, the changes wait for `Announcements.announce_due`. `once` is for one transaction. Raises
        StoreUnavailable, AnsweredBefore, KeyReused.
        """
        outcomes: list[PutOutcome] = []
        for start in range(0, len(submissions), MAX_ARTICLES_PER_TRANSACTION):
            end = start + MAX_ARTICLES_PER_TRANSACTION
            done, announcements = self._store.put(
                submissions[start:end],
                self._clock(),
                only_new=only_new,
                only_newer={position - start for position in only_newer},
                once=once,
            )
            if announce:
                self._announcements.announce(announcements)
            outcomes += done
        for outcome in outcomes:
            self._metrics.articles.labels(outcome.value).inc()
        return outcomes

    def put_imported(
        self, imported: Sequence[ImportedArticle], *, replace: bool = False, dry_run: bool = False
    ) -> list[PutOutcome | None]:
        """Store the first articles of an import in one transaction, each combined with the stored article that it is.

        `PortionSize` says how many. Returns one outcome per article that was stored, in their order: None for a
        withdrawal of an article that is not stored. Call it again with the others. A call that failed can be repeated:
        it has stored nothing. The changes wait for `Announcements.announce_due`. With `dry_run` nothing is stored.
        Raises StoreUnavailable.
        """
        portion = imported[: self._portion.of(len(imported))]
        started = time.monotonic()
        outcomes, _ = self._store.put_imported(portion, self._clock(), replace=replace, dry_run=dry_run)
        self._portion.adapt(len(portion), time.monotonic() - started)
        for outcome in outcomes if not dry_run else ():
            if outcome:
                self._metrics.articles.labels(outcome.value).inc()
        return outcomes

    def write(
        self, article_id: str, new: Callable[[Article | None], Submission], once: Once[WrittenArticle] | None = None
    ) -> WrittenArticle:
        """Store the result of `new(known)` and announce it. `known` is the stored article, None if there is none.

        No other writer changes the article meanwhile. Raises StoreUnavailable, AnsweredBefore, KeyReused, and the
        errors of `new`.
        """
        written, announcements = self._store.write(article_id, new, self._clock(), once)
        self._announcements.announce(announcements)
        self._metrics.articles.labels(written.outcome.value).inc()
        return written

    def withdraw(
        self, article_id: str, check: Callable[[Article], None] | None = None, once: Once[None] | None = None
    ) -> bool:
        """Remove the article from every feed. Returns False if it was withdrawn already.

        Raises NotFound, StoreUnavailable, AnsweredBefore, KeyReused, and the errors of `check(article)`.
        """
        withdrawn, announcements = self._store.withdraw(article_id, self._clock(), check, once)
        self._announcements.announce(announcements)
        return withdrawn

    def apply_settings(self) -> None:
        """Move the articles of renamed categories, and fill the curated feeds whose settings have changed.

        Once per process. A call ends after MAX_SETTINGS_SECONDS, and the next call goes on. Raises StoreUnavailable.
        """
        until = time.monotonic() + MAX_SETTINGS_SECONDS
        while not self._settings_applied and time.monotonic() < until:
            announcements = self._store.move_renamed(self._clock())
            if not announcements:
                announcements, self._settings_applied = self._store.fill_curated_lists(self._clock())
            self._announcements.announce(announcements)

    def record_popular(self) -> None:
        """Store which articles have entered the popular list. Raises StoreUnavailable, RedisUnavailable."""
        name = FeedName(LATEST, self._settings.popular.default_window, default_window=True)
        top = self._counter.rankings.top(LATEST, self._settings.popular.default_window, self._catalogue.limit(name))
        fresh = [id_ for id_, _ in top if id_ not in self._recorded]
        if fresh:
            self._announcements.announce(self._store.record_popular(fresh, self._clock()))
            self._recorded = {id_ for id_, _ in top}  # these need not be stored again
