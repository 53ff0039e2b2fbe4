"""The central file: relates articles to feeds.

Documents are served through the caches. Changes are stored first, then announced.
"""

import hashlib
import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from service import __version__
from service.articles.article import Article, Submission
from service.articles.dates import utc_now
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
from service.feeds.names import DIRECTORY, LATEST, FeedName, Ranking
from service.publishing.announcements import Announcements
from service.publishing.selection import Listings
from service.storage import MAX_ARTICLES_PER_TRANSACTION, ArticleStore, Listing, PutOutcome
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
        announcements: Announcements,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self.catalogue = FeedCatalogue(settings)
        self._settings = settings
        self._store = store
        # An edge passes each document on to many readers that Warta does not see, so every document is worth polishing.
        self._press = Press(memory, cache, metrics, worth=0 if settings.edge.kind else WORTH)
        self._counter = counter
        self._metrics = metrics
        self._announcements = announcements
        self._clock = clock
        self._appearance = _appearance(settings)
        self._curated_feeds_filled = not settings.catalogue.feeds
        self._recorded: set[str] = set()
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

    def put(
        self, submissions: Sequence[Submission], *, only_new: bool = False, announce: bool = True
    ) -> list[PutOutcome]:
        """Store the articles and announce the changes. Returns one outcome per article, in their order.

        More than MAX_ARTICLES_PER_TRANSACTION articles need several transactions. With `only_new`, articles that are
        stored already stay as they are. Without `announce`, the changes wait for `Announcements.announce_due`. Raises
        StoreUnavailable.
        """
        outcomes: list[PutOutcome] = []
        for start in range(0, len(submissions), MAX_ARTICLES_PER_TRANSACTION):
            done, announcements = self._store.put(
                submissions[start : start + MAX_ARTICLES_PER_TRANSACTION], self._clock(), only_new=only_new
            )
            if announce:
                self._announcements.announce(announcements)
            outcomes += done
        for outcome in outcomes:
            self._metrics.articles.labels(outcome.value).inc()
        return outcomes

    def edit(self, article_id: str, edited: Callable[[Article], Submission]) -> PutOutcome:
        """Store the result of `edited(article)` and announce it. No other writer changes the article meanwhile.

        Raises NotFound, StoreUnavailable, and the errors of `edited`.
        """
        outcome, announcements = self._store.edit(article_id, edited, self._clock())
        self._announcements.announce(announcements)
        self._metrics.articles.labels(outcome.value).inc()
        return outcome

    def withdraw(self, article_id: str) -> bool:
        """Remove the article from every feed. Returns False if it was withdrawn already.

        Raises NotFound, StoreUnavailable.
        """
        withdrawn, announcements = self._store.withdraw(article_id, self._clock())
        self._announcements.announce(announcements)
        return withdrawn

    def fill_curated_feeds(self) -> None:
        """Fill the curated feeds whose settings have changed, once per process. Raises StoreUnavailable."""
        if not self._curated_feeds_filled:
            self._announcements.announce(self._store.fill_curated_lists(self._clock()))
            self._curated_feeds_filled = True

    def record_popular(self) -> None:
        """Store which articles have entered the popular list. Raises StoreUnavailable, RedisUnavailable."""
        name = FeedName(LATEST, self._settings.popular.default_window, default_window=True)
        top = self._counter.rankings.top(LATEST, self._settings.popular.default_window, self.catalogue.limit(name))
        fresh = [id_ for id_, _ in top if id_ not in self._recorded]
        if fresh:
            self._announcements.announce(self._store.record_popular(fresh, self._clock()))
            self._recorded = {id_ for id_, _ in top}  # these need not be stored again

    def polish(self) -> None:
        """Compress popular documents into fewer bytes. Raises RedisUnavailable."""
        while self._press.polish():
            pass


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
