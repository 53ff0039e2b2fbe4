"""The views in Redis that are not in the store yet, and the return of views to Redis after it has lost its data."""

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from service.core.redis import RedisLink
from service.core.settings.model import Settings
from service.views.counter import KNOWN
from service.views.scripts import FOLDED, PREFIX, RESTORE, SET_ASIDE
from service.views.trending import HALF_LIVES
from service.views.windows import WINDOWS

TOGETHER = 100  # rows of views that one command restores: it takes a few milliseconds
_HOUR = 3600  # seconds: the step of time from which trending scores are restored
_UNFOLDED, _ASIDE, _TOKEN = (f"{PREFIX}{name}" for name in ("unfolded", "aside", "aside:token"))
_RESTORED = f"{PREFIX}restored:"


@dataclass(frozen=True)
class Aside:
    """Views that are set aside under a token, by article id and start of five minutes (seconds since the epoch)."""

    token: str
    views: Mapping[tuple[str, int], int]


class Keeping:
    """Hands out the counted views for the store, and restores views to Redis.

    Every method may raise RedisUnavailable. Several processes may call the same method at once.
    """

    def __init__(self, link: RedisLink, settings: Settings) -> None:
        self._link = link
        self._rules = (
            *(PREFIX, _HOUR, round(settings.popular.half_life * _HOUR), HALF_LIVES, len(WINDOWS)),
            *(part for window in WINDOWS for part in (window.name, window.seconds, window.buckets)),
        )

    def set_aside(self) -> Aside | None:
        """Set aside and return the views since the last fold; None if there are none.

        If older views are set aside and not folded yet, returns those instead.
        """
        with self._link.use() as redis:
            token = redis.eval(SET_ASIDE, 3, _UNFOLDED, _ASIDE, _TOKEN, secrets.token_hex(16))
            if not token:
                return None
            views = {}
            for field, times in redis.hscan_iter(_ASIDE, count=1000):
                start, _, article_id = field.decode().partition(" ")
                views[article_id, int(start)] = int(times)
            return Aside(token.decode(), views)

    def folded(self, aside: Aside) -> None:
        """Delete the views that were set aside, since they are in the store now."""
        with self._link.use() as redis:
            redis.eval(FOLDED, 2, _ASIDE, _TOKEN, aside.token)

    def restore(self, views: Iterable[tuple[str, int, int, int]], under: str = "") -> None:
        """Put views back into Redis: article id, step in seconds, start in seconds since the epoch, number of views.

        Each row is added once under the name `under`, until `restored` is called for that name.
        """
        rest = iter(views)
        with self._link.use() as redis:
            while some := list(islice(rest, TOGETHER)):
                flat: Sequence[str | int] = [part for view in some for part in view]
                redis.eval(RESTORE, 3, KNOWN, f"{PREFIX}agenda", f"{_RESTORED}{under}", *self._rules, *flat)

    def restored(self, under: str = "") -> None:
        """Forget the rows that were added under this name, since all views are back."""
        with self._link.use() as redis:
            redis.unlink(f"{_RESTORED}{under}")
