"""Rankings: the most viewed articles of a list, with the overrides of editors.

For each window (1 h, 24 h, 7 d, 30 d) and each list, Redis has a sum by article and a bucket per step of time. A view
adds to both. When a bucket leaves its window, it is subtracted from the sum in portions, so that no command takes long.
"""

import json
import math
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from service.core.errors import RedisUnavailable
from service.core.redis import RedisLink, lua_script
from service.core.settings.model import Settings
from service.core.visitors import utc_offset
from service.feeds.names import LATEST, TRENDING, Ranking
from service.views.redis_keys import (
    AGENDA,
    ARTICLES,
    COMPLETE,
    OVERRIDES,
    PREFIX,
    ranking_key,
    sources_key,
    trend_key,
    views_key,
)
from service.views.trending import Age

RANKING_SECONDS = 7 * 24 * 3600  # for which Redis keeps the order of a ranking after the last request for it
MAX_RETIRED_ARTICLES = 500  # articles of a bucket that one command subtracts from a sum
MAX_RETIRE_COMMANDS = 10_000
MAX_EXAMINED_ARTICLES = 500  # articles that one command examines for a ranking: it takes a few milliseconds
# Commands that examine articles for one ranking. If few articles may be popular, the ranking has those of the 10,000
# with the highest scores: to examine 100,000 takes seconds.
MAX_RANK_COMMANDS = 20
_DAY_SECONDS = 86_400  # seconds

_FIRST_SET, _LIMIT = 8, 2  # places in KEYS and ARGV of `rank.lua`

_RANK = lua_script("service.views", "rank")
_RETIRE = lua_script("service.views", "retire")


class _Ranked(NamedTuple):
    """The answer of Redis. `since` is in seconds since the epoch; the first `pinned` articles are pinned."""

    pinned: int
    since: int
    views: dict[str, int]


class ViewRankings:
    """Ranks the registered articles by their views. Threads share it. `clock` returns seconds since the epoch.

    Until all views are back after a loss of data, there is no ranking: `top` and `ranking` raise RedisUnavailable.
    """

    def __init__(self, link: RedisLink, settings: Settings, clock: Callable[[], float] = time.time) -> None:
        self._link = link
        self._popular = settings.popular
        self._zone = settings.site.zone
        self._clock = clock

    def top(self, list_name: str, window: str, limit: int) -> list[tuple[str, int]]:
        """Return the `limit` most viewed articles of a list with their views, most first, ties by id.

        For the window TRENDING: the articles that are read most now, with their views of 24 hours. The overrides of
        editors apply. The result has only articles that are registered for the list and, unless they are pinned, that
        the settings allow in popular lists. Raises RedisUnavailable.
        """
        return list(self._ranked(list_name, window, limit, keep=0).views.items())

    def ranking(self, list_name: str, window: str, limit: int) -> Ranking:
        """Return the most viewed articles, with their views at the last change of the order. Raises RedisUnavailable.

        Views rise with every reader. A feed that showed each new number would never be the same twice.
        """
        pinned, since, views = self._ranked(list_name, window, limit, keep=RANKING_SECONDS)
        return Ranking(views, datetime.fromtimestamp(since, UTC), frozenset(list(views)[:pinned]))

    def views_of(self, ids: Sequence[str]) -> dict[str, int]:
        """Return the views of each article in 30 days, on the whole site. Raises RedisUnavailable."""
        self.retire()
        with self._link.use() as redis:
            views = redis.zmscore(views_key("30d", LATEST), ids) if ids else []
        return {id_: int(n or 0) for id_, n in zip(ids, views, strict=True)}

    def retire(self, commands: int = MAX_RETIRE_COMMANDS) -> None:
        """Subtract the buckets that have left their window from the sums, in at most `commands` commands.

        Raises RedisUnavailable.
        """
        now = int(self._clock())
        with self._link.use() as redis:
            for _ in range(commands):
                if not _RETIRE(redis, [AGENDA], PREFIX, now, MAX_RETIRED_ARTICLES):
                    return

    def _ranked(self, list_name: str, window: str, limit: int, keep: int) -> _Ranked:
        """Rank in one round trip, unless buckets are to be retired first or most articles may not be popular.

        At most MAX_RANK_COMMANDS commands examine articles.
        """
        now = self._clock()
        keys, arguments = self._query(list_name, window, limit, keep, now)
        state: Sequence[Any] = []
        commands = 0
        while True:
            with self._link.use() as redis:
                answer = _RANK(redis, keys, *arguments, *state)
            if answer is None:
                self.retire()
            elif answer == -1:
                raise RedisUnavailable("Redis does not have all views yet")
            elif answer[0]:
                break
            else:
                state, commands = answer[1:], commands + 1
                if commands == MAX_RANK_COMMANDS:
                    streams = len(keys) - _FIRST_SET + 1  # the boosted articles are one, each sorted set is another
                    arguments[_LIMIT] = len(state) - 1 - streams  # the articles found so far are enough
        _, pinned, since, *flat = answer
        return _Ranked(pinned, since, {id_.decode(): int(n) for id_, n in zip(flat[::2], flat[1::2], strict=True)})

    def _query(
        self, list_name: str, window: str, limit: int, keep: int, now: float
    ) -> tuple[list[str], list[str | float]]:
        """Return the KEYS and the ARGV of `rank.lua`."""
        today = int(now + utc_offset(self._zone, now)) // _DAY_SECONDS
        views = views_key("24h" if window == TRENDING else window, list_name)
        scores = {views: 1.0}  # the factor of the scores, by key
        if window == TRENDING:
            half_life = round(self._popular.half_life * 3600)
            age = Age.at(now, half_life)
            scores = {trend_key(half_life, each.number, list_name): each.worth(now) for each in (age, age.before)}
        keys = [ARTICLES, AGENDA, OVERRIDES, sources_key(today), sources_key(today - 1), views]
        oldest = now - self._popular.max_age * _DAY_SECONDS if self._popular.max_age else -math.inf
        return (
            [*keys, ranking_key(window, limit, list_name), COMPLETE, *scores],
            [list_name, LATEST, limit, now, oldest, self._popular.least_addresses, keep, MAX_EXAMINED_ARTICLES,
             json.dumps(list(scores.values()))],
        )  # fmt: skip
