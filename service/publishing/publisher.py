"""The central file: relates articles to feeds.

Documents are served through the caches. Changes are stored first, then announced.
"""

import hashlib
import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from service import __version__
from service.articles.article import Article, Submission
from service.articles.dates import utc_now
from service.core.errors import RedisUnavailable, StoreUnavailable
from service.core.metrics import Metrics
from service.core.settings.model import Settings
from service.documents.builder import WORTH, Plan, Press, Served, Wanted
from service.documents.document import Draft
from service.documents.formats import FORMATS, Edition, Format, sitemap
from service.documents.formats.directory import Directory, DirectoryFormat
from service.documents.memory_cache import Memory
from service.documents.parts import Spliced
from service.documents.redis_cache import FeedCache
from service.feeds.catalogue import FeedCatalogue
from service.feeds.names import DIRECTORY, ENTERED, LATEST, FeedName, Ranking
from service.publishing.selection import Listings
from service.storage import CHUNK, ArticleStore, Listing, Notice, Outcome
from service.views import ViewCounter

log = logging.getLogger(__name__)


class Publisher:
    """Serves documents and stores articles. Built once per process and shared by its threads."""

    def __init__(
        self,
        settings: Settings,
        store: ArticleStore,
        cache: FeedCache,
        counter: ViewCounter,
        metrics: Metrics,
        memory: Memory,
        clock: Callable[[], datetime] = utc_now,
        purge: Callable[[Iterable[str]], None] = lambda _: None,
    ) -> None:
        self.catalogue = FeedCatalogue(settings)
        self._settings = settings
        self._store = store
        self._cache = cache
        self._memory = memory
        # An edge passes each document on to many readers that Warta does not see, so every document is worth polishing.
        self._press = Press(memory, cache, metrics, worth=0 if settings.edge.kind else WORTH)
        self._counter = counter
        self._metrics = metrics
        self._clock = clock
        self._purge = purge
        self._appearance = _appearance(settings)
        self._curated = not (settings.catalogue.feeds or settings.catalogue.renamed_categories)
        self._entered: set[str] = set()
        self._listings = Listings(self.catalogue, store, counter, clock)

    # --- feeds -----------------------------------------------------------------------------------------------

    def document(self, name: FeedName, format_: Format, limit: int | None = None) -> Served:
        """The document of a feed in a format, with at most `limit` entries (by default, the usual limit of the feed).

        Raises NotFound for a feed that has never existed; FeedUnavailable if the store is unavailable and no cache has
        a copy.
        """
        usual = self.catalogue.limit(name)
        limit = limit or usual

        def plan() -> Plan:
            ranking = self._listings.ranking(name, limit)

            def build(shows: str) -> Draft:
                listing = self._listings.of(name, limit, ranking, shows)
                edition, left_out = format_.admit(self._edition(name, format_.extension, limit, ranking, listing))
                if left_out:
                    self._metrics.left_out.labels(format_.name).inc(len(left_out))
                    log.info("%d articles are left out of %s; warta check says why", len(left_out), edition.url)
                return Draft(format_.document(edition), format_.content_type, edition.feed.modified_at)

            order = f"{self._appearance}/{_order(ranking)}"
            return Plan(
                build,
                order,
                ranking.since if ranking else None,
                lambda: self._store.article_list(name.list_name).modified_at,
            )

        key = f"{name}:{format_.extension}:{limit}"
        return self._press.serve(Wanted(name.list_name, key, format_.extension, plan, unusual=limit != usual))

    def directory(self, format_: DirectoryFormat) -> Served:
        """The list of all feeds, in a format for programs. Raises FeedUnavailable."""

        def build(_: str) -> Draft:
            directory = Directory.of(self._store.all_lists(), self.catalogue, self._settings)
            return Draft(Spliced(format_.render(directory)), format_.content_type, directory.modified_at)

        plan = Plan(build, self._appearance)
        return self._press.serve(Wanted(DIRECTORY, format_.name, format_.name, lambda: plan))

    def sitemap(self, part: int | None = None) -> Served:
        """The sitemap of the newest articles, or one part of it.

        Raises NotFound for a part that does not exist, FeedUnavailable.
        """

        def plan() -> Plan:
            # An article leaves the sitemap in the minute in which it becomes too old: each minute has a document.
            minute = self._clock().replace(second=0, microsecond=0)

            def build(_: str) -> Draft:
                since = minute + timedelta(minutes=1) - sitemap.SPAN
                headlines = self._store.headlines(since, self._clock())
                return Draft(Spliced(sitemap.render(headlines, part, self._settings)), sitemap.CONTENT_TYPE, minute)

            return Plan(build, f"{self._appearance}/{minute.isoformat()}")

        return self._press.serve(Wanted(DIRECTORY, f"sitemap:{part or ''}", "sitemap", plan))

    def edition(self, name: FeedName, limit: int | None = None) -> Edition:
        """The feed with its articles, for its HTML page. Raises NotFound, StoreUnavailable."""
        limit = limit or self.catalogue.limit(name)
        ranking = self._listings.ranking(name, limit)
        return self._edition(name, "", limit, ranking, self._listings.of(name, limit, ranking))

    def _edition(
        self, name: FeedName, extension: str, limit: int, ranking: Ranking | None, listing: Listing
    ) -> Edition:
        def address(name: FeedName, extension: str = extension) -> str:
            return self.catalogue.url(name, extension, limit)

        def page(page: str | None) -> str | None:
            return address(replace(name, page=page)) if page else None

        return Edition(
            feed=self.catalogue.feed(name, listing.article_list, limit),
            entries=listing.entries,
            url=address(name),
            alternates=[(address(name, e), f.media_type) for e, f in FORMATS.items() if e != extension],
            settings=self._settings,
            older=page(listing.older),
            newer=page(listing.newer),
            current=address(name.feed) if name.page else None,
            ranking=ranking,
            tombstones=listing.tombstones,
        )

    # --- articles --------------------------------------------------------------------------------------------

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

    def renounce(self) -> None:
        """Mark every document as outdated, after a restart of Redis.

        Redis may have lost its writes of the last second, and with them the fact that a document is outdated. Raises
        StoreUnavailable, RedisUnavailable.
        """
        self._bump(article_list.name for article_list in self._store.all_lists())

    def outdate(self, list_names: Iterable[str]) -> None:
        """Mark the documents of these lists as outdated in memory, Redis and the edge. Raises RedisUnavailable."""
        self._bump(list_names)

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
        top = self._counter.rankings.top(LATEST, self._settings.popular.default_window, self.catalogue.limit(name))
        fresh = [id_ for id_, _ in top if id_ not in self._entered]
        if fresh:
            self._announce(self._store.enter(fresh, self._clock()))
            self._entered = {id_ for id_, _ in top}  # these need not be stored again

    def polish(self) -> None:
        """Compress popular documents into fewer bytes. Raises RedisUnavailable."""
        while self._press.polish():
            pass

    def _bump(self, list_names: Iterable[str]) -> None:
        list_names = [*list_names, DIRECTORY]
        try:
            self._cache.bump(list_names)
        except RedisUnavailable:
            self._memory.doubt()
            raise
        finally:  # also while Redis fails: memory holds documents that were built from the store
            self._memory.outdate()
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
        self._bump({list_name for notice in notices for list_name in notice.list_names} | {ENTERED})
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


def _order(ranking: Ranking | None) -> str:
    if ranking is None:
        return ""
    places = [f"{id_} pinned" if id_ in ranking.pinned else id_ for id_ in ranking.ids]
    return _digest("\n".join([str(ranking.since), *places]))


def _appearance(settings: Settings) -> str:
    """A digest of the release and of the settings that documents show.

    It is part of a document's version: after a restart with other settings, old documents must not be served.
    """
    shown = {"base_url", "site", "catalogue", "popular", "hubs"}
    return _digest(f"{__version__} {settings.model_dump_json(include=shown)}")


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]
