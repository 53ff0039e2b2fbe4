"""What Redis has counted, handed out to be kept elsewhere, and taken back after a loss."""

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

TOGETHER = 100  # views that one command takes back: it takes a few milliseconds
_HOUR = 3600  # the step of time from which trending views are taken back
_UNFOLDED, _ASIDE, _TOKEN = (f"{PREFIX}{name}" for name in ("unfolded", "aside", "aside:token"))
_RESTORED = f"{PREFIX}restored:"


@dataclass(frozen=True)
class Aside:
    """Views by article id and time (five minutes' beginning, in seconds since the epoch), set aside under a token."""

    token: str
    views: Mapping[tuple[str, int], int]


class Keeping:
    """Every method may raise RedisUnavailable; several processes may do the same at once."""

    def __init__(self, link: RedisLink, settings: Settings) -> None:
        self._link = link
        self._rules = (
            *(PREFIX, _HOUR, round(settings.popular.half_life * _HOUR), HALF_LIVES, len(WINDOWS)),
            *(part for window in WINDOWS for part in (window.name, window.seconds, window.buckets)),
        )

    def set_aside(self) -> Aside | None:
        """What was counted since the last time, or what was set aside then and is not folded yet; None if nothing."""
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
        """It is kept elsewhere now."""
        with self._link.use() as redis:
            redis.eval(FOLDED, 2, _ASIDE, _TOKEN, aside.token)

    def restore(self, views: Iterable[tuple[str, int, int, int]], under: str = "") -> None:
        """Take views back: article id, step and beginning in seconds, how many. Each once under that name, until
        `restored`."""
        rest = iter(views)
        with self._link.use() as redis:
            while some := list(islice(rest, TOGETHER)):
                flat: Sequence[str | int] = [part for view in some for part in view]
                redis.eval(RESTORE, 3, KNOWN, f"{PREFIX}agenda", f"{_RESTORED}{under}", *self._rules, *flat)

    def restored(self, under: str = "") -> None:
        """All are back."""
        with self._link.use() as redis:
            redis.unlink(f"{_RESTORED}{under}")
