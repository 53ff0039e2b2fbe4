"""The view counter in Redis: page views by window, for the site and for each category.

For each window (1 h, 24 h, 7 d, 30 d) and each shelf there is a sum by article, kept as it changes, and a bucket per
step of time. When a bucket leaves its window it is taken off the sum, a portion at a time, so that no command is
long. Counting needs Redis only: the articles that can be viewed are registered there with their shelves.
"""

import json
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from service.errors import RedisUnavailable
from service.feed import LATEST, Ranking
from service.metrics import Metrics
from service.redis import RedisLink

KEEP = 7 * 24 * 3600  # seconds that an order that nobody asks for is remembered
PORTION = 500  # members that one command takes off a sum


@dataclass(frozen=True)
class Window:
    """`buckets` steps of `seconds`, the running one included."""

    name: str
    seconds: int
    buckets: int


WINDOWS = (
    Window("1h", 300, 12),
    Window("24h", 3600, 24),
    Window("7d", 3600, 168),
    Window("30d", 86400, 30),
)
_STEP = min(window.seconds for window in WINDOWS)


class Fate(StrEnum):
    """What became of a page view."""

    COUNTED = "counted"
    WAITING = "waiting"  # until Redis is back, or has been refilled
    UNKNOWN = "unknown"  # no such article
    DROPPED = "dropped"  # too many are waiting


# All keys share the slot {views}. KEYS: known, agenda. ARGV: prefix, id, how many, when, then a triple per window.
# Answers 1 if counted, 0 if the article is not known, -1 if not all articles are known.
_COUNT = """
local shelves = redis.call('HGET', KEYS[1], ARGV[2])
if not shelves then
  if redis.call('EXISTS', ARGV[1] .. 'complete') == 1 then return 0 end
  return -1
end
for _, shelf in ipairs(cjson.decode(shelves)) do
  for i = 5, #ARGV, 3 do
    local step = math.floor(tonumber(ARGV[4]) / tonumber(ARGV[i + 1]))
    local name = ARGV[i] .. ':' .. step .. ':' .. shelf
    local bucket = ARGV[1] .. 'bucket:' .. name
    if redis.call('EXISTS', bucket) == 0 then
      redis.call('ZADD', KEYS[2], (step + tonumber(ARGV[i + 2])) * tonumber(ARGV[i + 1]), name)
    end
    redis.call('ZINCRBY', bucket, ARGV[3], ARGV[2])
    redis.call('ZINCRBY', ARGV[1] .. 'sum:' .. ARGV[i] .. ':' .. shelf, ARGV[3], ARGV[2])
  end
end
redis.call('HINCRBY', ARGV[1] .. 'total', ARGV[2], ARGV[3])
return 1
"""

# Takes a portion of the oldest bucket that has left its window off the sum; each member once, whoever calls.
# KEYS: agenda. ARGV: prefix, now, portion. Answers 1 while there may be more.
_RETIRE = """
local due = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', ARGV[2], 'LIMIT', 0, 1)[1]
if not due then return 0 end
local window, shelf = string.match(due, '^([^:]*):[^:]*:(.*)$')
local members = redis.call('ZPOPMIN', ARGV[1] .. 'bucket:' .. due, ARGV[3])
local sum = ARGV[1] .. 'sum:' .. window .. ':' .. shelf
for i = 1, #members, 2 do
  if tonumber(redis.call('ZINCRBY', sum, -tonumber(members[i + 1]), members[i])) <= 0 then
    redis.call('ZREM', sum, members[i])
  end
end
if #members < 2 * tonumber(ARGV[3]) then redis.call('ZREM', KEYS[1], due) end
return 1
"""

# The ranking that is kept, unless its order is another than ARGV[1]; then ARGV[2] is kept, for ARGV[3] seconds.
_RANKING = """
local kept = redis.call('GET', KEYS[1])
if kept and string.sub(kept, 2, #ARGV[1] + 2) == ARGV[1] .. ',' then return kept end
redis.call('SET', KEYS[1], ARGV[2], 'EX', ARGV[3])
return ARGV[2]
"""

_PREFIX = "warta:{views}:"
_KNOWN = f"{_PREFIX}known"
_AGENDA = f"{_PREFIX}agenda"
_WINDOW_ARGUMENTS = [part for window in WINDOWS for part in (window.name, window.seconds, window.buckets)]


class ViewCounter:
    """Counts page views and ranks articles by them. `clock` tells seconds since the epoch."""

    def __init__(
        self, link: RedisLink, metrics: Metrics, waiting_limit: int, clock: Callable[[], float] = time.time
    ) -> None:
        self._clock = clock
        self._link = link
        self._metrics = metrics
        self._waiting_limit = waiting_limit
        self._waiting: Counter[tuple[str, int]] = Counter()
        self._lock = threading.Lock()

    # --- counting --------------------------------------------------------------------------------------------

    def add(self, article_id: str, at: float | None = None, views: int = 1) -> Fate:
        """Count `views` of an article. Never raises for Redis: without it they wait in memory."""
        at = self._clock() if at is None else at
        try:
            fate = self._count(article_id, views, at)
        except RedisUnavailable:
            fate = Fate.WAITING
        if fate is Fate.WAITING and not self._wait(article_id, views, at):
            fate = Fate.DROPPED
        self._metrics.views.labels(fate.value).inc(views)
        return fate

    def flush(self) -> None:
        """Count what waits, if Redis can take it now; what it cannot take goes on waiting."""
        with self._lock:
            waiting, self._waiting = self._waiting, Counter()
        while waiting:
            (article_id, at), views = waiting.popitem()
            try:
                fate = self._count(article_id, views, at)
            except RedisUnavailable:
                fate = Fate.WAITING
            if fate is Fate.WAITING:
                with self._lock:
                    self._waiting.update(waiting)
                    self._waiting[article_id, at] += views
                return

    def drain(self, seconds: float) -> None:
        """At the end of the process: `flush` until nothing waits, for `seconds` at most."""
        deadline = time.monotonic() + seconds
        self.flush()
        while self.waiting and time.monotonic() < deadline:
            time.sleep(0.1)
            self.flush()

    @property
    def waiting(self) -> int:
        """How many views wait in this process."""
        with self._lock:
            return self._waiting.total()

    def _count(self, article_id: str, views: int, at: float) -> Fate:
        with self._link.use() as redis:
            answer = redis.eval(_COUNT, 2, _KNOWN, _AGENDA, _PREFIX, article_id, views, int(at), *_WINDOW_ARGUMENTS)
        return {1: Fate.COUNTED, 0: Fate.UNKNOWN}.get(answer, Fate.WAITING)

    def _wait(self, article_id: str, views: int, at: float) -> bool:
        key = (article_id, int(at) // _STEP * _STEP)
        with self._lock:
            if key not in self._waiting and len(self._waiting) >= self._waiting_limit:
                return False
            self._waiting[key] += views
            return True

    # --- ranking ---------------------------------------------------------------------------------------------

    def top(self, shelf: str, window: str, limit: int) -> list[tuple[str, int]]:
        """The `limit` most viewed articles of the shelf with their views; most first, ties by id.

        Only articles that are registered for the shelf. Raises RedisUnavailable.
        """
        self.retire()
        ranking: dict[str, int] = {}  # the order may move between two portions; each article once
        start = 0
        with self._link.use() as redis:
            while len(ranking) < limit:
                key = f"{_PREFIX}sum:{window}:{shelf}"
                portion = redis.zrevrange(key, start, start + 2 * limit - 1, withscores=True)
                if not portion:
                    break
                known = redis.hmget(_KNOWN, [member for member, _ in portion])
                ranking.update(
                    (member.decode(), int(score))
                    for (member, score), shelves in zip(portion, known, strict=True)
                    if shelves and shelf in json.loads(shelves)
                )
                start += len(portion)
        return list(ranking.items())[:limit]

    def ranking(self, shelf: str, window: str, limit: int) -> Ranking:
        """The top as it was when its order last changed. Raises RedisUnavailable.

        Views rise with every reader, but a feed that changed with them would never be the same twice.
        """
        views = dict(self.top(shelf, window, limit))
        key = f"{_PREFIX}ranking:{window}:{limit}:{shelf}"
        now = json.dumps([list(views), list(views.values()), int(self._clock())])
        with self._link.use() as redis:
            ids, counts, since = json.loads(redis.eval(_RANKING, 1, key, json.dumps(list(views)), now, KEEP))
        return Ranking(dict(zip(ids, counts, strict=True)), datetime.fromtimestamp(since, UTC))

    def totals(self, ids: Sequence[str]) -> dict[str, int]:
        """All views that the articles ever had. Raises RedisUnavailable."""
        if not ids:
            return {}
        with self._link.use() as redis:
            return {id_: int(n or 0) for id_, n in zip(ids, redis.hmget(f"{_PREFIX}total", ids), strict=True)}

    def retire(self, portions: int = 10_000) -> None:
        """Take buckets that have left their window off the sums. Raises RedisUnavailable."""
        now = int(self._clock())
        with self._link.use() as redis:
            for _ in range(portions):
                if not redis.eval(_RETIRE, 1, _AGENDA, _PREFIX, now, PORTION):
                    return

    # --- which articles there are ----------------------------------------------------------------------------

    def register(self, shelves_by_id: Mapping[str, Sequence[str]]) -> None:
        """From now on views of these articles count, for the site and the category shelves given."""
        if shelves_by_id:
            with self._link.use() as redis:
                values = {id_: json.dumps([LATEST, *shelves]) for id_, shelves in shelves_by_id.items()}
                redis.hset(_KNOWN, mapping=values)

    def forget(self, ids: Iterable[str]) -> None:
        """From now on views of these articles are unknown, and no ranking shows them."""
        ids = list(ids)
        if ids:
            with self._link.use() as redis:
                redis.hdel(_KNOWN, *ids)

    def is_complete(self) -> bool:
        """Whether every visible article is registered; not so after Redis has lost its data."""
        with self._link.use() as redis:
            return bool(redis.exists(f"{_PREFIX}complete"))

    def complete(self) -> None:
        """Say that every visible article is registered: an unknown id is then really unknown."""
        with self._link.use() as redis:
            redis.set(f"{_PREFIX}complete", 1)
