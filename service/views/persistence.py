"""Keeps page views: what Redis has counted is folded into the store, and what Redis has lost comes back from it."""

import time
from collections.abc import Callable
from datetime import datetime

from service.articles.dates import utc_now
from service.storage import ViewStore
from service.views import Keeping, ViewCounter

INTERVAL = 60.0  # seconds between two folds: what a lost Redis may cost


class ViewKeeper:
    """Runs in one process of each host; several do not get in each other's way.

    `register_all` registers every visible article with the counter; it may raise StoreUnavailable, RedisUnavailable.
    """

    def __init__(
        self,
        store: ViewStore,
        counter: ViewCounter,
        keeping: Keeping,
        register_all: Callable[[], None],
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self._store = store
        self._counter = counter
        self._keeping = keeping
        self._register_all = register_all
        self._clock = clock
        self._due = 0.0

    def keep(self) -> None:
        """Fold, if it is time. Raises StoreUnavailable, RedisUnavailable."""
        if time.monotonic() >= self._due:
            self.fold()
            self._due = time.monotonic() + INTERVAL

    def fold(self) -> None:
        """Add to the store what was counted since the last time. Raises StoreUnavailable, RedisUnavailable.

        Not before a refill is done: what was folded meanwhile would come back from the store, too.
        """
        if self._counter.is_complete() and (aside := self._keeping.set_aside()):
            self._store.fold(aside.token, aside.views, self._clock())
            self._keeping.folded(aside)

    def refill(self) -> None:
        """Where Redis does not know all articles, register them, and put their views back.

        Raises StoreUnavailable, RedisUnavailable; what was put back until then is not put back twice.
        """
        if self._counter.is_complete():
            return
        self._register_all()
        for portion in self._store.kept(self._clock()):
            self._keeping.restore(portion)
        self._counter.complete()
        self._keeping.restored()
