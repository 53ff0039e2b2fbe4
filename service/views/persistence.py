"""Page views between Redis and the store: adds the counted views to the store, and restores lost views to Redis."""

import time
from collections.abc import Callable
from datetime import datetime

from service.articles.dates import utc_now
from service.storage import ViewStore
from service.views import Keeping, ViewCounter

INTERVAL = 60.0  # seconds between two folds: the views of this time are gone if Redis loses its data


class ViewKeeper:
    """Folds views into the store, and refills Redis. Runs in one process of each host; several may run at once.

    `register_all` registers every visible article with the counter. It may raise StoreUnavailable, RedisUnavailable.
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
        """Call `fold` if INTERVAL is over. Raises StoreUnavailable, RedisUnavailable."""
        if time.monotonic() >= self._due:
            self.fold()
            self._due = time.monotonic() + INTERVAL

    def fold(self) -> None:
        """Add the views since the last fold to the store. Raises StoreUnavailable, RedisUnavailable.

        Does nothing before a refill is complete: the refill would add the newly folded views to Redis again.
        """
        if self._counter.is_complete() and (aside := self._keeping.set_aside()):
            self._store.fold(aside.token, aside.views, self._clock())
            self._keeping.folded(aside)

    def refill(self) -> None:
        """Register all articles and restore their views, if Redis does not have all articles.

        Raises StoreUnavailable, RedisUnavailable. The next call does not restore the same views twice.
        """
        if self._counter.is_complete():
            return
        self._register_all()
        for portion in self._store.kept(self._clock()):
            self._keeping.restore(portion)
        self._counter.complete()
        self._keeping.restored()
