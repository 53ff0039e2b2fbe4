"""The listing of a feed: its articles and their order, as the store and the view counter have them now."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from service.core.errors import RedisUnavailable
from service.core.lru import Bounded
from service.feeds.catalogue import FeedCatalogue
from service.feeds.names import FeedName, Ranking
from service.storage import ArticleStore, Listing
from service.views import ViewCounter

MOST = 8  # listings that a process keeps in memory; each keeps its articles in memory, too
RANKINGS = 2 * 2**20  # bytes of rankings that a process keeps, for use while Redis is unavailable
_RANKING = 1_000  # bytes that a ranking takes in memory without its articles
_RANKED = 250  # bytes that each article of a ranking takes: an id may have 200 characters
_UNKNOWN = Ranking({}, datetime(2000, 1, 1, tzinfo=UTC))


class Shared:
    """Listings that several documents share. Safe to share between threads.

    The formats of a feed become outdated together and are requested together, so the first one reads the listing for
    all of them.
    """

    def __init__(self) -> None:
        self._known: Bounded[str, tuple[str, Listing]] = Bounded(MOST)
        self._reading = [threading.Lock() for _ in range(16)]

    def of(self, key: str, shows: str, read: Callable[[], Listing]) -> Listing:
        """The listing under the key if it was read with the same `shows`; otherwise the result of `read`.

        `shows` is the version and the order that were current before the listing is read; empty if they are not known.
        A listing with an empty `shows` is not shared. Raises the errors of `read`.
        """
        if not shows:
            return read()
        with self._reading[hash(key) % len(self._reading)]:  # other threads wait, then take this listing
            known = self._known.get(key)
            if known is None or known[0] != shows:
                known = shows, read()
                self._known.put(key, known, 1)
            return known[1]


class Listings:
    """The listings of all feeds. The threads of a process share it."""

    def __init__(
        self, catalogue: FeedCatalogue, store: ArticleStore, counter: ViewCounter, clock: Callable[[], datetime]
    ) -> None:
        self._catalogue = catalogue
        self._store = store
        self._counter = counter
        self._clock = clock
        self._rankings: Bounded[tuple[FeedName, int], Ranking] = Bounded(RANKINGS)
        self._shared = Shared()

    def ranking(self, name: FeedName, limit: int) -> Ranking | None:
        """The ranking of a popular feed; None for other feeds.

        While Redis is unavailable, it is the last ranking that this process has read, or an empty one.
        """
        if name.window is None:
            return None
        key = (name, limit)
        try:
            ranking = self._counter.rankings.ranking(name.list_name, name.window, limit)
        except RedisUnavailable:
            return self._rankings.get(key) or _UNKNOWN
        self._rankings.put(key, ranking, _RANKING + _RANKED * len(ranking.views))
        return ranking

    def of(self, name: FeedName, limit: int, ranking: Ranking | None, shows: str = "") -> Listing:
        """At most `limit` articles of the feed, in the order of its `ranking` if it has one; or a whole archive page.

        Documents with the same `shows` share one listing, unless it is empty. Raises NotFound, StoreUnavailable.
        """
        return self._shared.of(f"{name}:{limit}", shows, lambda: self._read(name, limit, ranking))

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
