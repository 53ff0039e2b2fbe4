"""Views between Redis and the store: batches for the store, and views that Redis gets back after a loss."""

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from service.core.redis import RedisLink, lua_script
from service.core.settings.model import Settings
from service.feeds.names import LATEST
from service.views.redis_keys import AGENDA, ARTICLES, BATCH, BATCH_TOKEN, PREFIX, RESTORED, UNSTORED
from service.views.trending import HALF_LIVES
from service.views.windows import WINDOW_ARGUMENTS

MAX_RESTORED_ROWS = 100  # rows of views that one command restores: it takes a few milliseconds
_HOUR_SECONDS = 3600  # seconds: the step of time from which trending scores are restored

_TAKE_BATCH = lua_script("service.views", "take_batch")
_DELETE_BATCH = lua_script("service.views", "delete_batch")
_RESTORE = lua_script("service.views", "trend", "restore")


@dataclass(frozen=True)
class PendingBatch:
    """Counted views that are not in the store yet, by article id and start of five minutes (seconds since the epoch).

    The store adds the views with the same `token` only once.
    """

    token: str
    views: Mapping[tuple[str, int], int]


class RedisViews:
    """Takes batches of counted views from Redis for the store, and restores views to Redis.

    Every method may raise RedisUnavailable. Several processes may call the same method at once.
    """

    def __init__(self, link: RedisLink, settings: Settings) -> None:
        self._link = link
        half_life = round(settings.popular.half_life * _HOUR_SECONDS)
        self._rules = (PREFIX, LATEST, _HOUR_SECONDS, half_life, HALF_LIVES, *WINDOW_ARGUMENTS)

    def take_batch(self) -> PendingBatch | None:
        """Return the counted views since the last batch; None if there are none.

        The batch stays pending until `delete_batch`. While a batch is pending, each call returns that batch.
        """
        with self._link.use() as redis:
            token = _TAKE_BATCH(redis, [UNSTORED, BATCH, BATCH_TOKEN], secrets.token_hex(16))
            if not token:
                return None
            views = {}
            for field, times in redis.hscan_iter(BATCH, count=1000):
                start, _, article_id = field.decode().partition(" ")
                views[article_id, int(start)] = int(times)
            return PendingBatch(token.decode(), views)

    def delete_batch(self, batch: PendingBatch) -> None:
        """Delete the pending batch, since its views are in the store now."""
        with self._link.use() as redis:
            _DELETE_BATCH(redis, [BATCH, BATCH_TOKEN], batch.token)

    def restore(self, views: Iterable[tuple[str, int, int, int]], under: str = "") -> None:
        """Put views back into Redis: article id, step in seconds, start in seconds since the epoch, number of views.

        Each row is added once under the name `under`, until `end_restore` is called for that name. If it has grown
        since, the difference is added.
        """
        rest = iter(views)
        with self._link.use() as redis:
            while some := list(islice(rest, MAX_RESTORED_ROWS)):
                flat: Sequence[str | int] = [part for view in some for part in view]
                _RESTORE(redis, [ARTICLES, AGENDA, f"{RESTORED}{under}"], *self._rules, *flat)

    def end_restore(self, under: str = "") -> None:
        """Forget the rows that were added under this name, since all views are back."""
        with self._link.use() as redis:
            redis.unlink(f"{RESTORED}{under}")
