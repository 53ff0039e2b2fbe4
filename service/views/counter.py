"""The view counter in Redis: page views by window, for the site and for each category.

For each window (1 h, 24 h, 7 d, 30 d) and each list of articles, Redis has a sum by article and a bucket per step of
time. A view adds to both. When a bucket leaves its window, it is subtracted from the sum, one portion at a time, so
that no command takes long. Counting needs only Redis: the visible articles are registered there with their lists.
"""

import hashlib
import json
import math
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from itertools import chain
from typing import Any

from service.core.errors import RedisUnavailable
from service.core.metrics import Metrics
from service.core.redis import RedisLink
from service.core.settings.model import Settings
from service.core.visitors import Visitor, utc_offset
from service.feeds.names import LATEST, TRENDING, CountableArticle, Ranking
from service.views.editorial import curated
from service.views.pending import View, Waiting, in_portions
from service.views.scripts import COUNT, PREFIX, RANKING, RETIRE
from service.views.seen import Recent
from service.views.trending import HALF_LIVES, trending, trends_of
from service.views.windows import STEP, WINDOWS, Fate

KEEP = 7 * 24 * 3600  # seconds that Redis keeps the order of a ranking after the last request for it
PORTION = 500  # articles of a bucket that one command subtracts from a sum
SURE = 60.0  # seconds for which a process remembers that an article exists
ARTICLES = 50_000  # existing articles that a process remembers
_HASH = 5  # bytes of the hash of a visit, of a meeting or of a source
_BUCKET = 32  # bytes of a bucket in the two tables of Redis that recognize views
_DAY = 86_400

KNOWN = f"{PREFIX}articles"
_COMPLETE = f"{PREFIX}all"
_KEYS = (KNOWN, f"{PREFIX}agenda", f"{PREFIX}seen", f"{PREFIX}met")
_FATES = {1: Fate.COUNTED, 0: Fate.UNKNOWN, -1: Fate.WAITING, 2: Fate.REPEATED, 3: Fate.LIMITED}


class ViewCounter:
    """Counts page views and ranks articles by them. `clock` returns seconds since the epoch.

    All threads of a process share it. `flush` counts the views of all threads together.
    """

    def __init__(
        self, link: RedisLink, metrics: Metrics, settings: Settings, clock: Callable[[], float] = time.time
    ) -> None:
        self._clock = clock
        self._link = link
        self._metrics = metrics
        self._popular = settings.popular
        self._zone = settings.site.zone
        views = settings.views
        self._waiting = Waiting(views.waiting)
        self._half_life = round(settings.popular.half_life * 3600)
        buckets, once = views.memory * 2**20 // 2 // _BUCKET, views.once * 60
        self._recent = Recent(link, buckets, once)
        self._rules = (
            *(PREFIX, buckets, once, views.per_address, views.address_share),
            *(views.addresses_per_56, views.addresses_per_48, self._half_life, HALF_LIVES),
        )
        self._windows = (
            len(WINDOWS),
            *(part for window in WINDOWS for part in (window.name, window.seconds, window.buckets)),
        )
        self._sure: dict[str, float] = {}

    # --- counting --------------------------------------------------------------------------------------------

    def take(self, article_id: str, visitor: Visitor) -> Fate:
        """Take a visitor's view. The next `flush` counts it, unless the visitor has just seen the article."""
        name = article_id.encode()
        visit, meetings = _hash(name, visitor.visitor), _hash(name, visitor.source)
        sources = visitor.source[-_HASH:]
        for network in visitor.networks:
            meetings += _hash(name, network)
            sources += network[-_HASH:]
        yesterday = visitor.yesterday and _hash(name, visitor.yesterday)
        view = View(article_id, int(self._clock()), visit, meetings, sources, yesterday)
        fate = self._waiting.take(view)
        if fate is not Fate.TAKEN:  # `_remember` adds the taken views to the metric, with their final fate
            self._metrics.views.labels(fate.value).inc()
        return fate

    def add(self, article_id: str, at: float | None = None, views: int = 1) -> Fate:
        """Count `views` of an article without a check of their visitors. `at` is in seconds since the epoch; None: now.

        Never raises RedisUnavailable: without Redis the views wait in memory.
        """
        at = self._clock() if at is None else at
        try:
            [fate] = self._count([(View(article_id, int(at)), views)])
        except RedisUnavailable:
            fate = Fate.WAITING
        if fate is Fate.WAITING:
            fate = self._waiting.add(View(article_id, int(at) // STEP * STEP), views)
        self._metrics.views.labels(fate.value).inc(views)
        return fate

    def flush(self) -> None:
        """Count the waiting views. Views that Redis cannot take now stay in the queue.

        If Redis has lost its data, the recent visits are put back first.
        """
        try:
            if self._waiting or self._recent:  # a process without views and visits sends no command to Redis
                self._recent.put_back(self._clock())
        except RedisUnavailable:
            return
        portions = in_portions(self._waiting.all())
        left = []
        for some in portions:
            try:
                fates = self._count(some)
            except RedisUnavailable:
                left += [*some, *chain.from_iterable(portions)]
                break
            left += [pair for pair, fate in zip(some, fates, strict=True) if fate is Fate.WAITING]
            self._remember(some, fates)
        self._waiting.put_back(left)

    def drain(self, seconds: float) -> None:
        """Call `flush` until no view waits, for at most `seconds`. For the end of the process."""
        deadline = time.monotonic() + seconds
        self.flush()
        while self.waiting and time.monotonic() < deadline:
            time.sleep(0.1)
            self.flush()

    @property
    def waiting(self) -> int:
        """Number of views that wait in this process."""
        return len(self._waiting)

    def _count(self, views: Sequence[tuple[View, int]]) -> list[Fate]:
        counted = [part for (article_id, *rest), times in views for part in (article_id, times, *rest)]
        rules = (*self._rules, utc_offset(self._zone, self._clock()), self._recent.incarnation, *self._windows)
        with self._link.use() as redis:
            fates = [_FATES[answer] for answer in redis.eval(COUNT, len(_KEYS), *_KEYS, *rules, *counted)]
        if self._link.is_suspect:  # articles of the outage may not be registered yet
            return [Fate.WAITING if fate is Fate.UNKNOWN else fate for fate in fates]
        return fates

    def _remember(self, views: Sequence[tuple[View, int]], fates: Sequence[Fate]) -> None:
        """Add the fates of visitors' views to the metric, and remember the counted visits.

        Views without a visitor come from `add`, which updates the metric itself.
        """
        visits = [(view, fate) for (view, _), fate in zip(views, fates, strict=True) if view.visit]
        for _, fate in visits:
            if fate is not Fate.WAITING:
                self._metrics.views.labels(fate.value).inc()
        # Limited visits are not remembered: one IP address could push out the visits of all others.
        self._recent.add((view.at, view.visit) for view, fate in visits if fate is Fate.COUNTED)

    # --- ranking ---------------------------------------------------------------------------------------------

    def top(self, list_name: str, window: str, limit: int) -> list[tuple[str, int]]:
        """Return the `limit` most viewed articles of a list with their views, most first, ties by id.

        For the window TRENDING: the articles that are read most now, with their views of 24 hours. The decisions of
        editors apply. The result has only articles that are registered for the list and, unless they are pinned, that
        the settings allow in popular lists. Raises RedisUnavailable.
        """
        return self._top(list_name, window, limit)[0]

    def _top(self, list_name: str, window: str, limit: int) -> tuple[list[tuple[str, int]], list[str]]:
        """Return the articles as `top` does, and the ids of the pinned articles among them."""
        self.retire()
        now = self._clock()
        with self._link.use() as redis:
            decided = curated(redis, list_name, now)
            pinned = self._registered(redis, list_name, decided.pinned)[:limit]
            boosted = self._scores(redis, list_name, window, list(decided.factors), now)
            depth = 2 * limit + decided.moved
            while True:
                order = self._order(redis, list_name, window, depth, now)
                whole = len(order) < depth
                allowed = self._allowed(redis, list_name, decided.rank(order, boosted, whole))
                if whole or len(pinned) + len(allowed) >= limit:
                    ids = [*pinned, *allowed][:limit]
                    return _with_views(redis, list_name, "24h" if window == TRENDING else window, ids), pinned
                depth *= 2

    def _order(self, redis: Any, list_name: str, window: str, depth: int, now: float) -> list[tuple[str, float]]:
        """Return the ids and scores of the first `depth` articles, without any filter."""
        if window == TRENDING:
            return trending(redis, PREFIX, list_name, self._half_life, now, depth)[:depth]
        first = redis.zrevrange(f"{PREFIX}sum:{window}:{list_name}", 0, depth - 1, withscores=True)
        return [(member.decode(), score) for member, score in first]

    def _scores(self, redis: Any, list_name: str, window: str, ids: Sequence[str], now: float) -> dict[str, float]:
        """Return the scores of the articles. Articles without views are left out."""
        if window == TRENDING:
            scores = trends_of(redis, PREFIX, list_name, self._half_life, now, ids)
        else:
            scores = dict(_with_views(redis, list_name, window, ids))
        return {id_: score for id_, score in scores.items() if score}

    def _registered(self, redis: Any, list_name: str, ids: Sequence[str]) -> list[str]:
        """Return the ids that are registered for the list.

        Pinned articles need nothing more: the limits of `_allowed` are for articles that readers make popular.
        """
        known = redis.hmget(KNOWN, ids) if ids else []
        return [id_ for id_, value in zip(ids, known, strict=True) if value and list_name in json.loads(value)["on"]]

    def _allowed(self, redis: Any, list_name: str, ids: Sequence[str]) -> list[str]:
        """Return the ids that are registered for the list, are not too old, and were read from enough IP addresses.

        The number is that of today plus that of yesterday. An IPv6 /48 counts as one IP address.
        """
        if not ids:
            return []
        now = self._clock()
        today = int(now + utc_offset(self._zone, now)) // _DAY
        pipeline = redis.pipeline(transaction=False).hmget(KNOWN, ids)
        for day in (today, today - 1):
            pipeline.hmget(f"{PREFIX}sources:{day}", ids)
        known, *sources = pipeline.execute()
        oldest = now - self._popular.max_age * _DAY if self._popular.max_age else -math.inf
        least = self._popular.least_addresses
        allowed = []
        for id_, value, *met in zip(ids, known, *sources, strict=True):
            article = json.loads(value) if value else None
            enough = least <= 1 or sum(int(n or 0) for n in met) >= least
            if enough and article and list_name in article["on"] and article["at"] >= oldest:
                allowed.append(id_)
        return allowed

    def ranking(self, list_name: str, window: str, limit: int) -> Ranking:
        """Return the most viewed articles, with their views at the last change of the order. Raises RedisUnavailable.

        Views rise with every reader. A feed that showed each new number would never be the same twice.
        """
        top, pinned = self._top(list_name, window, limit)
        views = dict(top)
        key = f"{PREFIX}ranking:{window}:{limit}:{list_name}"
        now = json.dumps([list(views), list(views.values()), int(self._clock())])
        with self._link.use() as redis:
            ids, counts, since = json.loads(redis.eval(RANKING, 1, key, json.dumps(list(views)), now, KEEP))
        return Ranking(dict(zip(ids, counts, strict=True)), datetime.fromtimestamp(since, UTC), frozenset(pinned))

    def views_of(self, ids: Sequence[str]) -> dict[str, int]:
        """Return the views of each article in 30 days, on the whole site. Raises RedisUnavailable."""
        self.retire()
        with self._link.use() as redis:
            return dict(_with_views(redis, LATEST, "30d", ids))

    def retire(self, portions: int = 10_000) -> None:
        """Subtract the buckets that have left their window from the sums, in at most `portions` commands.

        Raises RedisUnavailable.
        """
        now = int(self._clock())
        with self._link.use() as redis:
            for _ in range(portions):
                if not redis.eval(RETIRE, 1, _KEYS[1], PREFIX, now, PORTION):
                    return

    # --- which articles there are ----------------------------------------------------------------------------

    def register(self, articles: Mapping[str, CountableArticle]) -> None:
        """Register articles: from now on, their views count for the site and for their lists.

        Raises RedisUnavailable.
        """
        if articles:
            values = {
                id_: json.dumps({"at": int(article.published_at.timestamp()), "on": [LATEST, *article.list_names]})
                for id_, article in articles.items()
            }
            with self._link.use() as redis:
                redis.hset(KNOWN, mapping=values)

    def forget(self, ids: Iterable[str]) -> None:
        """Remove articles: from now on, their views are UNKNOWN, and no ranking shows them. Raises RedisUnavailable."""
        ids = list(ids)
        if ids:
            with self._link.use() as redis:
                redis.hdel(KNOWN, *ids)

    def knows(self, article_id: str) -> bool:
        """Return whether views of the article may count.

        Also True while this cannot be decided, for example without Redis: the views wait until it can.
        """
        now = self._clock()
        if self._sure.get(article_id, 0.0) > now:
            return True
        try:
            with self._link.use() as redis:
                known, complete = (
                    redis.pipeline(transaction=False).hexists(KNOWN, article_id).exists(_COMPLETE).execute()
                )
        except RedisUnavailable:
            return True
        if known:
            if len(self._sure) >= ARTICLES:
                self._sure.clear()
            self._sure[article_id] = now + SURE
        return bool(known or not complete) or self._link.is_suspect

    def is_complete(self) -> bool:
        """Return whether every visible article is registered. False after Redis has lost its data.

        Raises RedisUnavailable.
        """
        with self._link.use() as redis:
            return bool(redis.exists(_COMPLETE))

    def complete(self) -> None:
        """Mark in Redis that every visible article is registered: from now on, views of other ids are UNKNOWN.

        Raises RedisUnavailable.
        """
        with self._link.use() as redis:
            redis.set(_COMPLETE, 1)


def _with_views(redis: Any, list_name: str, window: str, ids: Sequence[str]) -> list[tuple[str, int]]:
    views = redis.zmscore(f"{PREFIX}sum:{window}:{list_name}", ids) if ids else []
    return [(id_, int(n or 0)) for id_, n in zip(ids, views, strict=True)]


def _hash(article: bytes, who: bytes) -> bytes:
    return hashlib.blake2b(article, key=who, digest_size=_HASH).digest()
