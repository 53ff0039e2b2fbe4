"""The view counter: it takes page views, and counts them in Redis by window, for the site and for each list."""

import hashlib
import time
from collections.abc import Callable, Sequence
from itertools import chain

from service.core.errors import RedisUnavailable
from service.core.metrics import Metrics
from service.core.redis import RedisLink, lua_script
from service.core.settings.model import Settings
from service.core.visitors import Visitor, utc_offset
from service.views.pending import PendingViews, View, in_batches
from service.views.ranking import ViewRankings
from service.views.redis_keys import AGENDA, ARTICLES, PREFIX, SEEN, SOURCE_COUNTS
from service.views.registry import ArticleRegistry
from service.views.seen import SeenVisits
from service.views.trending import HALF_LIVES
from service.views.windows import SHORTEST_STEP, WINDOW_ARGUMENTS, Fate

HASH_BYTES = 5  # of the hash of a visit or of a source
_BUCKET_BYTES = 32  # of a bucket in the two tables of Redis that recognize visits and sources

_COUNT = lua_script("service.views", "trend", "seen", "count")
_FATES = {1: Fate.COUNTED, 0: Fate.UNKNOWN, -1: Fate.WAITING, 2: Fate.REPEATED, 3: Fate.LIMITED}


class ViewCounter:
    """Counts page views of the `registered` articles, and gives `rankings` of them.

    All threads of a process share it. `flush` counts the views of all threads together. `clock` returns seconds since
    the epoch, and `change` the value of the host's change signal.
    """

    def __init__(
        self,
        link: RedisLink,
        metrics: Metrics,
        settings: Settings,
        clock: Callable[[], float] = time.time,
        change: Callable[[], bytes] = bytes,
    ) -> None:
        self._clock = clock
        self._link = link
        self._metrics = metrics
        self._zone = settings.site.zone
        views = settings.views
        self._pending = PendingViews(views.waiting)
        half_life = round(settings.popular.half_life * 3600)
        buckets, once = views.memory * 2**20 // 2 // _BUCKET_BYTES, views.once * 60
        self._seen = SeenVisits(link, buckets, once)
        self._rules = (
            *(PREFIX, buckets, once, views.per_address, views.address_share),
            *(views.addresses_per_56, views.addresses_per_48, half_life, HALF_LIVES),
        )
        self.registered = ArticleRegistry(link, half_life, clock, change)
        self.rankings = ViewRankings(link, settings, clock)

    def take(self, article_id: str, visitor: Visitor) -> Fate:
        """Take a visitor's view. The next `flush` counts it, unless the visitor has just seen the article."""
        name = article_id.encode()
        visit, article_sources = article_hash(name, visitor.visitor), article_hash(name, visitor.source)
        sources = visitor.source[-HASH_BYTES:]
        for network in visitor.networks:
            article_sources += article_hash(name, network)
            sources += network[-HASH_BYTES:]
        yesterday = visitor.yesterday and article_hash(name, visitor.yesterday)
        view = View(article_id, int(self._clock()), visit, article_sources, sources, yesterday)
        fate = self._pending.add_visit(view)
        if fate is not Fate.TAKEN:  # `_report` adds the taken views to the metric, with their final fate
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
            fate = self._pending.add(View(article_id, int(at) // SHORTEST_STEP * SHORTEST_STEP), views)
        self._metrics.views.labels(fate.value).inc(views)
        return fate

    def flush(self) -> None:
        """Count the pending views. Views that Redis cannot count now stay pending.

        If Redis has lost its data, the seen visits are put back first.
        """
        try:
            if self._pending or self._seen:  # a process without views and visits sends no command to Redis
                self._seen.put_back(self._clock())
        except RedisUnavailable:
            return
        batches = in_batches(self._pending.remove_all())
        left = []
        for batch in batches:
            try:
                fates = self._count(batch)
            except RedisUnavailable:
                left += [*batch, *chain.from_iterable(batches)]
                break
            left += [pair for pair, fate in zip(batch, fates, strict=True) if fate is Fate.WAITING]
            self._report(batch, fates)
        self._pending.put_back(left)

    def drain(self, seconds: float) -> None:
        """Call `flush` until no view is pending, for at most `seconds`. For the end of the process."""
        deadline = time.monotonic() + seconds
        self.flush()
        while self.pending and time.monotonic() < deadline:
            time.sleep(0.1)
            self.flush()

    @property
    def pending(self) -> int:
        """Number of views that wait in this process."""
        return len(self._pending)

    def _count(self, views: Sequence[tuple[View, int]]) -> list[Fate]:
        counted = [part for (article_id, *rest), times in views for part in (article_id, times, *rest)]
        rules = (*self._rules, utc_offset(self._zone, self._clock()), self._seen.redis_id, *WINDOW_ARGUMENTS)
        with self._link.use() as redis:
            answers = _COUNT(redis, [ARTICLES, AGENDA, SEEN, SOURCE_COUNTS], *rules, *counted)
        fates = [_FATES[answer] for answer in answers]
        if self._link.is_suspect:  # articles of the outage may not be registered yet
            return [Fate.WAITING if fate is Fate.UNKNOWN else fate for fate in fates]
        return fates

    def _report(self, views: Sequence[tuple[View, int]], fates: Sequence[Fate]) -> None:
        """Add the fates of visitors' views to the metric, and remember the counted visits.

        Views without a visitor come from `add`, which updates the metric itself.
        """
        visits = [(view, fate) for (view, _), fate in zip(views, fates, strict=True) if view.visit]
        for _, fate in visits:
            if fate is not Fate.WAITING:
                self._metrics.views.labels(fate.value).inc()
        # Limited visits are not remembered: one IP address could push out the visits of all others.
        self._seen.add((view.at, view.visit) for view, fate in visits if fate is Fate.COUNTED)


def article_hash(article: bytes, who: bytes) -> bytes:
    """A hash of an article with a visitor or with a source."""
    return hashlib.blake2b(article, key=who, digest_size=HASH_BYTES).digest()
