"""Changes of articles: stored first, then announced to the caches, the edge and the view counter."""

import logging
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from service.articles.article import Article, Submission
from service.articles.dates import utc_now
from service.core.errors import RedisUnavailable, StoreUnavailable
from service.core.metrics import Metrics
from service.core.settings.model import Settings
from service.documents.builder import DocumentBuilder
from service.feeds.catalogue import FeedCatalogue
from service.feeds.names import DIRECTORY, ENTERED, LATEST, FeedName
from service.storage import CHUNK, ArticleStore, Notice, Outcome
from service.views import ViewCounter

log = logging.getLogger(__name__)


class Publisher:
    """Stores articles and announces changes. Built once per process and shared by its threads."""

    def __init__(
        self,
        settings: Settings,
        store: ArticleStore,
        builder: DocumentBuilder,
        counter: ViewCounter,
        metrics: Metrics,
        clock: Callable[[], datetime] = utc_now,
        purge: Callable[[Iterable[str]], None] = lambda _: None,
    ) -> None:
        self._catalogue = FeedCatalogue(settings)
        self._settings = settings
        self._store = store
        self._builder = builder
        self._counter = counter
        self._metrics = metrics
        self._clock = clock
        self._purge = purge
        self._curated = not (settings.catalogue.feeds or settings.catalogue.renamed_categories)
        self._entered: set[str] = set()

    def put(self, submissions: Sequence[Submission], *, only_new: bool = False, announce: bool = True) -> list[Outcome]:
        """Store the articles and announce the changes. Returns one outcome per article, in their order.

        A transaction stores at most CHUNK articles; more articles need several transactions. With `only_new`, articles
        that are stored already stay as they are. Without `announce`, the notices wait for `announce_due`. Raises
        StoreUnavailable.
        """
        outcomes: list[Outcome] = []
        for start in range(0, len(submissions), CHUNK):
            done, notices = self._store.put(submissions[start : start + CHUNK], self._clock(), only_new=only_new)
            if announce:
                self._announce(notices)
            outcomes += done
        for outcome in outcomes:
            self._metrics.articles.labels(outcome.value).inc()
        return outcomes

    def edit(self, article_id: str, edited: Callable[[Article], Submission]) -> Outcome:
        """Store the result of `edited(article)` and announce it. No other writer changes the article meanwhile.

        Raises NotFound, StoreUnavailable, and the errors of `edited`.
        """
        outcome, notices = self._store.edit(article_id, edited, self._clock())
        self._announce(notices)
        self._metrics.articles.labels(outcome.value).inc()
        return outcome

    def withdraw(self, article_id: str) -> bool:
        """Remove the article from every feed. Returns False if it was withdrawn already.

        Raises NotFound, StoreUnavailable.
        """
        withdrawn, notices = self._store.withdraw(article_id, self._clock())
        self._announce(notices)
        return withdrawn

    def announce_due(self) -> int:
        """Announce all changes that are due, and return the number of notices.

        Due are embargoes and articles that have ended, and changes that were not announced because of a crash or an
        outage of Redis. Raises StoreUnavailable, RedisUnavailable.
        """
        announced = 0
        while notices := self._store.due(self._clock()):
            self._tell(notices)
            self._store.announced(notices)
            announced += len(notices)
        return announced

    def invalidate_all(self) -> None:
        """Mark every document as outdated, after a restart of Redis.

        Redis may have lost its writes of the last second, and with them the fact that a document is outdated. Raises
        StoreUnavailable, RedisUnavailable.
        """
        self._invalidate(article_list.name for article_list in self._store.all_lists())

    def invalidate(self, list_names: Iterable[str]) -> None:
        """Mark the documents of these lists as outdated in memory, Redis and the edge. Raises RedisUnavailable."""
        self._invalidate(list_names)

    def register_all(self) -> None:
        """Register every visible article with the counter. Raises StoreUnavailable, RedisUnavailable."""
        for portion in self._store.every_countable(self._clock()):
            self._counter.registered.register(portion)

    def curate(self) -> None:
        """Fill the curated feeds whose settings have changed, and move the articles of renamed categories.

        Once per process. Raises StoreUnavailable.
        """
        if not self._curated:
            while moved := self._store.move_renamed(self._clock()):
                self._announce(moved)
            self._announce(self._store.curate(self._clock()))
            self._curated = True

    def watch_popular(self) -> None:
        """Store which articles have entered the popular list. Raises StoreUnavailable, RedisUnavailable."""
        name = FeedName(LATEST, self._settings.popular.default_window, default_window=True)
        top = self._counter.rankings.top(LATEST, self._settings.popular.default_window, self._catalogue.limit(name))
        fresh = [id_ for id_, _ in top if id_ not in self._entered]
        if fresh:
            self._announce(self._store.enter(fresh, self._clock()))
            self._entered = {id_ for id_, _ in top}  # these need not be stored again

    def _invalidate(self, list_names: Iterable[str]) -> None:
        list_names = [*list_names, DIRECTORY]
        self._builder.invalidate(list_names)
        self._purge(list_names)  # last, since the edge fetches the documents again at once

    def _announce(self, notices: Sequence[Notice]) -> None:
        """Announce the notices now. After a failure they stay in the outbox for a later `announce_due`."""
        try:
            self._tell(notices)
            self._store.announced(notices)
        except (RedisUnavailable, StoreUnavailable) as error:
            log.warning("changes wait to be announced: %s", error)

    def _tell(self, notices: Sequence[Notice]) -> None:
        if not notices:
            return
        self._invalidate({list_name for notice in notices for list_name in notice.list_names} | {ENTERED})
        if ids := list({id_ for notice in notices for id_ in notice.article_ids}):
            self._register(ids)

    def _register(self, ids: Sequence[str]) -> None:
        """Send the counter which of the articles can be viewed.

        This is repeated until the store still returns the same after the update: another process may have sent a later
        change in between.
        """
        told = None
        while told != (visible := self._store.countable(ids, self._clock())):
            self._counter.registered.register(visible)
            self._counter.registered.forget(id_ for id_ in ids if id_ not in visible)
            told = visible
