"""The selection of a feed: its articles and their order, as the store and the view counter have them now."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from service.core.errors import RedisUnavailable, StoreUnavailable
from service.core.lru import LruCache
from service.feeds.catalogue import FeedCatalogue
from service.feeds.names import FeedName, Ranking
from service.publishing.stored_rankings import StoredRankings
from service.storage import ArticleStore, Listing
from service.views import ViewCounter

MAX_LISTINGS = 8  # that a process keeps in memory; each keeps its articles in memory, too
MAX_RANKING_BYTES = 2 * 2**20  # of rankings that a process keeps, for use while Redis is unavailable
_RANKING_BYTES = 1_000  # that a ranking takes in memory without its articles
_RANKED_BYTES = 250  # that each article of a ranking takes: an id may have 200 characters
_UNKNOWN = Ranking({}, datetime(2000, 1, 1, tzinfo=UTC))


class SharedListings:
    """Listings that several documents share. Safe to share between threads.

    The formats of a feed become outdated together and are requested together, so the first one reads the listing for
    all of them.
    """

    def __init__(self) -> None:
        self._known: LruCache[str, tuple[str, Listing]] = LruCache(MAX_LISTINGS)
        self._reading = [threading.Lock() for _ in range(16)]

    def of(self, key: str, built_from: str, read: Callable[[], Listing]) -> Listing:
        """The listing under the key if it was read with the same `built_from`; otherwise the result of `read`.

        `built_from` is the version and the order that were current before the listing is read; empty if they are not
        known. A listing with an empty `built_from` is not shared. Raises the errors of `read`.
        """
        if not built_from:
            return read()
        with self._reading[hash(key) % len(self._reading)]:  # other threads wait, then take this listing
            known = self._known.get(key)
            if known is None or known[0] != built_from:
                known = built_from, read()
                self._known.put(key, known)
            return known[1]


class Selections:
    """Selects the articles of every feed. The threads of a process share it."""

    def __init__(
        self,
        catalogue: FeedCatalogue,
        store: ArticleStore,
        counter: ViewCounter,
        stored: StoredRankings,
        clock: Callable[[], datetime],
    ) -> None:
        self._catalogue = catalogue
        self._store = store
        self._counter = counter
        self._stored = stored
        self._clock = clock
        self._rankings: LruCache[tuple[FeedName, int], Ranking] = LruCache(MAX_RANKING_BYTES)
        self._shared = SharedListings()

    def ranking(self, name: FeedName, limit: int) -> Ranking | None:
        """The ranking of a popular feed; None for other feeds.

        While Redis is away, or does not have all views again after a loss, it is the last ranking that this process has
        read, else that of the stored views. Its time (`since`) says how old it is.
        """
        try:
            return self.current_ranking(name, limit)
        except RedisUnavailable:
            return self._rankings.get((name, limit)) or self._without_redis(name, limit)

    def current_ranking(self, name: FeedName, limit: int) -> Ranking | None:
        """The ranking of a popular feed as Redis has it now; None for other feeds. Raises RedisUnavailable."""
        if name.window is None:
            return None
        ranking = self._counter.rankings.ranking(name.list_name, name.window, limit)
        self._rankings.put((name, limit), ranking, _RANKING_BYTES + _RANKED_BYTES * len(ranking.views))
        return ranking

    def _without_redis(self, name: FeedName, limit: int) -> Ranking:
        try:
            return self._stored.ranking(name, limit)
        except StoreUnavailable:  # nor can the document be built: the last good copy is served
            return _UNKNOWN

    def of(self, name: FeedName, limit: int, ranking: Ranking | None, built_from: str = "") -> Listing:
        """At most `limit` articles of the feed, in the order of its `ranking` if it has one; or a whole archive page.

        Documents with the same `built_from` share one listing, unless it is empty. Raises NotFound, StoreUnavailable.
        """
        return self._shared.of(f"{name.path}:{limit}", built_from, lambda: self._read(name, limit, ranking))

    def _read(self, name: FeedName, limit: int, ranking: Ranking | None) -> Listing:
        now = self._clock()
        pinned = self._catalogue.pinned(name)
        if name.page is not None:
            return _without(self._store.page(name.list_name, name.page, now), pinned)
        if ranking is not None:
            return self._store.chosen(name.list_name, ranking.ids, now)
        if not pinned:
            return self._store.newest(name.list_name, limit, now)
        first = self._store.chosen(name.list_name, pinned, now).entries[:limit]
        rest = _without(self._store.newest(name.list_name, limit - len(first), now), pinned)
        return replace(rest, entries=[*first, *rest.entries])


def _without(listing: Listing, pinned: Sequence[str]) -> Listing:
    """The listing without the pinned articles: they stand first in the feed, and the archive must not repeat them."""
    return replace(listing, entries=[entry for entry in listing.entries if entry.id not in pinned])
