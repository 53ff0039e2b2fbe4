"""Persistence of page views: adds the counted views to the store, and restores lost views to Redis."""

import time
from collections.abc import Callable
from datetime import datetime

from service.articles.dates import utc_now
from service.storage import ViewStore
from service.views import RedisViews, ViewCounter

FLUSH_SECONDS = 60.0  # between two flushes to the store: the views of this time are gone if Redis loses its data


class ViewPersistence:
    """Flushes counted views to the store, and refills Redis. Runs in one process of each host; several may run at once.

    `register_all` registers every visible article with the counter. It may raise StoreUnavailable, RedisUnavailable.
    """

    def __init__(
        self,
        store: ViewStore,
        counter: ViewCounter,
        redis_views: RedisViews,
        register_all: Callable[[], None],
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self._store = store
        self._counter = counter
        self._redis_views = redis_views
        self._register_all = register_all
        self._clock = clock
        self._due = 0.0

    def flush_if_due(self) -> None:
        """Call `flush` if FLUSH_SECONDS have passed since the last time. Raises StoreUnavailable, RedisUnavailable."""
        if time.monotonic() >= self._due:
            self.flush()
            self._due = time.monotonic() + FLUSH_SECONDS

    def flush(self) -> None:
        """Add the views since the last flush to the store. Raises StoreUnavailable, RedisUnavailable.

        Does nothing before a refill is complete: the refill would add the newly stored views to Redis again.
        """
        if self._counter.registered.is_complete() and (batch := self._redis_views.take_batch()):
            self._store.add_once(batch.token, batch.views, self._clock())
            self._redis_views.delete_batch(batch)

    def refill(self) -> None:
        """Register all articles and restore their views, if Redis does not have all articles.

        Raises StoreUnavailable, RedisUnavailable. The next call does not restore the same views twice.
        """
        if self._counter.registered.is_complete():
            return
        self._register_all()
        for portion in self._store.shown(self._clock()):
            self._redis_views.restore(portion)
        self._counter.registered.mark_complete()
        self._redis_views.end_restore()
