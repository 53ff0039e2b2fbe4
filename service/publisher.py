"""The heart: relates articles to feeds. Documents are read through the cache; changes are stored, then announced."""

import hashlib
import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from service.article import Submission
from service.cache import BUILD, Cached, FeedCache
from service.counter import ViewCounter
from service.document import Document
from service.errors import FeedUnavailable, RedisUnavailable, StoreUnavailable
from service.feed import Feed, FeedCatalogue, FeedName
from service.metrics import Metrics
from service.render import FORMATS, Edition, Format
from service.settings import Settings
from service.store import CHUNK, ArticleStore, Listing, Notice, Outcome
from service.text import slug

log = logging.getLogger(__name__)


def utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class Served:
    """A document and how it came: `fresh` from the cache, `built` just now, the `previous` one while another
    builds, or a `stale` last good copy because the store is away."""

    document: Document
    how: str


@dataclass(frozen=True)
class Wanted:
    """One document: which feed, in which format, how long; `ranking` is the order of a popular feed."""

    name: FeedName
    format: Format
    limit: int
    ranking: tuple[str, ...] | None

    @property
    def key(self) -> str:
        return f"{self.name}:{self.format.extension}:{self.limit}"

    @property
    def order(self) -> str:
        """Stands for the ranking in the document's version: another order, another version."""
        if self.ranking is None:
            return ""
        return hashlib.sha256("\n".join(self.ranking).encode()).hexdigest()[:16]


class Publisher:
    """Serves documents and takes articles; built once per process and shared by its threads."""

    def __init__(
        self,
        settings: Settings,
        store: ArticleStore,
        cache: FeedCache,
        counter: ViewCounter,
        metrics: Metrics,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self.catalogue = FeedCatalogue(settings)
        self._settings = settings
        self._store = store
        self._cache = cache
        self._counter = counter
        self._metrics = metrics
        self._clock = clock
        self._rankings: dict[FeedName, tuple[str, ...]] = {}

    # --- feeds -----------------------------------------------------------------------------------------------

    def document(self, name: FeedName, format_: Format, limit: int | None = None) -> Served:
        """The feed's document. Raises NotFound for a feed that has never been; FeedUnavailable when the store is
        away and no cache has a copy."""
        limit = limit or self.catalogue.limit(name)
        wanted = Wanted(name, format_, limit, self._ranking(name, limit))
        try:
            cached = self._cache.find(name.shelf, wanted.key, wanted.order)
        except RedisUnavailable:
            served = Served(self._built(wanted, None), "built")
        else:
            served = self._served(wanted, cached)
        self._metrics.documents.labels(served.how).inc()
        return served

    def listing(self, name: FeedName, limit: int | None = None) -> tuple[Feed, Listing]:
        """The feed and its articles, for a page. Raises NotFound, StoreUnavailable."""
        limit = limit or self.catalogue.limit(name)
        listing = self._listing(name, limit, self._ranking(name, limit))
        return self.catalogue.feed(name, listing.shelf, limit), listing

    def _served(self, wanted: Wanted, cached: Cached) -> Served:
        if cached.document and cached.current:
            return Served(cached.document, "fresh")
        try:
            with self._cache.building(wanted.name.shelf, wanted.key) as mine:
                if mine:
                    return self._renewed(wanted)
        except RedisUnavailable:
            return self._rebuilt(wanted, cached.document)
        if cached.document:
            return Served(cached.document, "previous")
        return self._awaited(wanted)

    def _renewed(self, wanted: Wanted) -> Served:
        """Build and keep, unless another has just done so."""
        cached = self._cache.find(wanted.name.shelf, wanted.key, wanted.order)
        if cached.document and cached.current:
            return Served(cached.document, "fresh")
        served = self._rebuilt(wanted, cached.document)
        if served.how == "built":
            try:
                self._cache.keep(wanted.name.shelf, wanted.key, cached.version, served.document, wanted.order)
            except RedisUnavailable:
                log.info("the document of %s could not be kept", wanted.key)
        return served

    def _rebuilt(self, wanted: Wanted, previous: Document | None) -> Served:
        """Build; while the store is away, the last good copy instead, if there is one."""
        try:
            return Served(self._built(wanted, previous), "built")
        except FeedUnavailable:
            if previous is None:
                raise
            return Served(previous, "stale")

    def _awaited(self, wanted: Wanted) -> Served:
        """Wait for the one who builds, and take over if that comes to nothing; in the end, build too."""
        deadline = time.monotonic() + BUILD
        while time.monotonic() < deadline:
            time.sleep(0.01)
            try:
                cached = self._cache.find(wanted.name.shelf, wanted.key, wanted.order)
                if cached.document and cached.current:
                    return Served(cached.document, "fresh")
                with self._cache.building(wanted.name.shelf, wanted.key) as mine:
                    if mine:
                        return self._renewed(wanted)
            except RedisUnavailable:
                break
        return Served(self._built(wanted, None), "built")

    def _built(self, wanted: Wanted, previous: Document | None) -> Document:
        with self._metrics.build_seconds.labels(wanted.format.extension).time():
            try:
                listing = self._listing(wanted.name, wanted.limit, wanted.ranking)
            except StoreUnavailable as error:
                raise FeedUnavailable(f"the feed {wanted.name} cannot be built now: {error}") from error
            feed = self.catalogue.feed(wanted.name, listing.shelf, wanted.limit)
            body = wanted.format.render(self._edition(wanted, feed, listing))
            return self._dated(wanted, Document.of(body, wanted.format.content_type, feed.modified_at), previous)

    def _dated(self, wanted: Wanted, document: Document, previous: Document | None) -> Document:
        """Last-Modified never goes back, rises when the bytes change, and stays when they do not."""
        if previous and previous.digest == document.digest:
            return document.modified(previous.last_modified)
        at = document.last_modified
        if wanted.ranking is not None:  # the order changes without the shelf
            at = max(at, self._clock().replace(microsecond=0))
        if previous:
            at = max(at, previous.last_modified + timedelta(seconds=1))
        return document.modified(at)

    def _edition(self, wanted: Wanted, feed: Feed, listing: Listing) -> Edition:
        name = wanted.name

        def address(name: FeedName, format_: Format = wanted.format) -> str:
            return self.catalogue.address(name, format_.extension, wanted.limit)

        def page(page: str | None) -> str | None:
            return address(replace(name, page=page)) if page else None

        return Edition(
            feed=feed,
            entries=listing.entries,
            url=address(name),
            alternates=[(address(name, f), f.media_type) for f in FORMATS.values() if f != wanted.format],
            settings=self._settings,
            older=page(listing.older),
            newer=page(listing.newer),
            current=address(name.head) if name.page else None,
        )

    def _listing(self, name: FeedName, limit: int, ranking: tuple[str, ...] | None) -> Listing:
        if name.page is not None:
            return self._store.page(name.shelf, name.page, self._clock())
        if ranking is None:
            return self._store.newest(name.shelf, limit, self._clock())
        return self._store.chosen(name.shelf, ranking, self._clock())

    def _ranking(self, name: FeedName, limit: int) -> tuple[str, ...] | None:
        """The ids of a popular feed in order; None for other feeds. Without Redis: as last seen by this process."""
        if name.window is None:
            return None
        try:
            ranking = tuple(id_ for id_, _ in self._counter.top(name.shelf, name.window, limit))
        except RedisUnavailable:
            return self._rankings.get(name, ())[:limit]
        if len(self._rankings) < 10_000 or name in self._rankings:
            self._rankings[name] = ranking
        return ranking

    # --- articles --------------------------------------------------------------------------------------------

    def put(self, submissions: Sequence[Submission], *, only_new: bool = False) -> list[Outcome]:
        """Store the articles and announce what changed; an outcome for each, in order. Raises StoreUnavailable.

        At most CHUNK articles are one transaction; more are several.
        """
        outcomes: list[Outcome] = []
        for start in range(0, len(submissions), CHUNK):
            done, notices = self._store.put(submissions[start : start + CHUNK], self._clock(), only_new=only_new)
            self._announce(notices)
            outcomes += done
        for outcome in outcomes:
            self._metrics.articles.labels(outcome.value).inc()
        return outcomes

    def withdraw(self, article_id: str) -> bool:
        """Take the article out of every feed. False if it was already. Raises NotFound, StoreUnavailable."""
        withdrawn, notices = self._store.withdraw(article_id, self._clock())
        self._announce(notices)
        return withdrawn

    def announce_due(self) -> int:
        """Announce what is due: embargoes and articles that have ended, and whatever was left undone by a crash or
        while Redis was away. Returns how many. Raises StoreUnavailable, RedisUnavailable."""
        announced = 0
        while notices := self._store.due(self._clock()):
            self._tell(notices)
            self._store.announced(notices)
            announced += len(notices)
        return announced

    def refill(self) -> None:
        """Register every visible article with the counter, if Redis does not know them all."""
        if not self._counter.is_complete():
            for portion in self._store.every_visible(self._clock()):
                self._counter.register({id_: _category_shelves(names) for id_, names in portion.items()})
            self._counter.complete()

    def _announce(self, notices: Sequence[Notice]) -> None:
        """Tell at once; what fails stays in the outbox, and `announce_due` comes back to it."""
        try:
            self._tell(notices)
            self._store.announced(notices)
        except (RedisUnavailable, StoreUnavailable) as error:
            log.warning("changes wait to be announced: %s", error)

    def _tell(self, notices: Sequence[Notice]) -> None:
        if not notices:
            return
        self._cache.bump({shelf for notice in notices for shelf in notice.shelves})
        ids = list({id_ for notice in notices for id_ in notice.article_ids})
        visible = self._store.visible_categories(ids, self._clock())
        self._counter.register({id_: _category_shelves(names) for id_, names in visible.items()})
        self._counter.forget(id_ for id_ in ids if id_ not in visible)


def _category_shelves(categories: Sequence[str]) -> list[str]:
    return [f"category/{slug(name)}" for name in categories]
