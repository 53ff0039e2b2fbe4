"""What a feed lists: which articles in which order, as the store and the view counter have it now."""

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

MOST = 8  # listings that are remembered; each holds on to its articles
RANKINGS = 2 * 2**20  # bytes of rankings that a process remembers, for when Redis is away
_RANKING = 1_000  # bytes that a ranking takes,
_RANKED = 250  # and each article in it: an id may have 200 characters
_UNKNOWN = Ranking({}, datetime(2000, 1, 1, tzinfo=UTC))


class Shared:
    """Listings that were read for one document, for the others that show the same: a feed's formats become old
    together, and are asked for together. Safe to share between threads."""

    def __init__(self) -> None:
        self._known: Bounded[str, tuple[str, Listing]] = Bounded(MOST)
        self._reading = [threading.Lock() for _ in range(16)]

    def of(self, key: str, shows: str, read: Callable[[], Listing]) -> Listing:
        """The listing under the key, if it was read for documents that show the same; else as `read` reads it.

        `shows` is what was current before it is read, empty if that is not known. Raises what `read` does.
        """
        if not shows:
            return read()
        with self._reading[hash(key) % len(self._reading)]:  # who comes meanwhile waits, and need not read
            known = self._known.get(key)
            if known is None or known[0] != shows:
                known = shows, read()
                self._known.put(key, known, 1)
            return known[1]


class Listings:
    """The listings of all feeds; shared by a process's threads."""

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
        """The order of a popular feed; None for other feeds. Without Redis: as last seen by this process."""
        if name.window is None:
            return None
        key = (name, limit)
        try:
            ranking = self._counter.ranking(name.shelf, name.window, limit)
        except RedisUnavailable:
            return self._rankings.get(key) or _UNKNOWN
        self._rankings.put(key, ranking, _RANKING + _RANKED * len(ranking.views))
        return ranking

    def of(self, name: FeedName, limit: int, ranking: Ranking | None, shows: str = "") -> Listing:
        """At most `limit` articles of the feed, in the order of its `ranking` if it has one.

        Read once for all who show the same, if `shows` says what that is. Raises NotFound, StoreUnavailable.
        """
        return self._shared.of(f"{name}:{limit}", shows, lambda: self._read(name, limit, ranking))

    def _read(self, name: FeedName, limit: int, ranking: Ranking | None) -> Listing:
        now = self._clock()
        pinned = self._catalogue.pinned(name)
        if name.page is not None:
            return _without(self._store.page(name.shelf, name.page, now), pinned)
        if ranking is not None:
            return self._store.chosen(name.shelf, ranking.ids, now)
        if not pinned:
            return self._store.newest(name.shelf, limit, now)
        first = self._store.chosen(name.shelf, pinned, now).entries[:limit]
        rest = _without(self._store.newest(name.shelf, limit - len(first), now), pinned)
        return replace(rest, entries=[*first, *rest.entries])


def _without(listing: Listing, pinned: Sequence[str]) -> Listing:
    """The listing without the articles that stand first in the feed, so that a walk meets them once."""
    return replace(listing, entries=[entry for entry in listing.entries if entry.id not in pinned])
