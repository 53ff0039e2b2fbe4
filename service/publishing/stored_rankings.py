"""Rankings from the views in the store, for the time in which Redis is away or does not have all views yet."""

import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from threading import Lock

from service.articles.dates import utc_now
from service.core.errors import StoreUnavailable
from service.core.lru import LruCache
from service.core.settings.model import Settings
from service.feeds.editorial import OverrideRecord
from service.feeds.names import LATEST, TRENDING, FeedName, Ranking
from service.storage import ArticleStore, OverrideStore, ViewHistory
from service.storage.periods import DAY, HOUR
from service.views import WINDOWS

REUSE_SECONDS = 30.0  # for which a computed ranking is used again: only decisions of editors can change it meanwhile
MAX_WAIT_SECONDS = 2.0  # for the computation of another thread
MAX_RANKINGS = 500  # computed rankings that a process keeps
MAX_CANDIDATES = 500  # articles with the most views that are read for one ranking
HALF_LIVES = 8  # in which the views of a trending article count; older ones have lost 99.6 % of their weight
MAX_HOURS = 9 * 24  # for which the store keeps views by the hour
_NO_VIEWS = datetime(2000, 1, 1, tzinfo=UTC)  # the time of a ranking without any views
_BY_NAME = {window.name: window for window in WINDOWS}


class StoredRankings:
    """Rankings from the stored views. The threads of a process share it.

    A ranking has the time up to which the store certainly has all views. The windows end at that time, so that no list
    becomes empty during a long outage, and the same stored views give the same ranking. Decisions of editors apply, and
    so does `popular.max_age`; `popular.least_addresses` does not, since the store has no IP addresses.
    """

    def __init__(
        self,
        history: ViewHistory,
        overrides: OverrideStore,
        store: ArticleStore,
        settings: Settings,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self._history = history
        self._overrides = overrides
        self._store = store
        self._popular = settings.popular
        self._clock = clock
        self._computed: LruCache[tuple[FeedName, int], tuple[float, Ranking]] = LruCache(MAX_RANKINGS)
        self._computing = Lock()

    def ranking(self, name: FeedName, limit: int) -> Ranking:
        """The ranking of a popular or trending feed. Raises StoreUnavailable, also if another one takes too long."""
        computed = self._computed.get((name, limit))
        if computed and time.monotonic() <= computed[0] + REUSE_SECONDS:
            return computed[1]
        # One thread reads the views. The others use an older ranking, or wait a moment: a slow store must not hold all.
        if not self._computing.acquire(timeout=0 if computed else MAX_WAIT_SECONDS):
            if computed:
                return computed[1]
            raise StoreUnavailable("another ranking is being computed")
        try:
            latest = self._computed.get((name, limit))
            if latest is None or latest is computed:
                latest = time.monotonic(), self._compute(name.list_name, name.window or "", limit)
                self._computed.put((name, limit), latest)
            return latest[1]
        finally:
            self._computing.release()

    def _compute(self, list_name: str, window: str, limit: int) -> Ranking:
        now = self._clock()
        until = self._history.latest()
        overrides = self._in_force(list_name, now)
        pins = sorted((r for r in overrides.values() if r.override.kind == "pin"), key=lambda record: record.place)
        factors = {id_: r.override.factor or 1.0 for id_, r in overrides.items() if r.override.kind == "boost"}
        scores = self._scores(list_name, window, until, [*factors]) if until else {}
        known = self._store.countable([*scores, *(pin.article_id for pin in pins)], now)
        here = {id_ for id_, each in known.items() if list_name in (LATEST, *each.list_names)}
        oldest = now.timestamp() - (self._popular.max_age or 10**5) * DAY
        popular = [
            id_
            for id_ in sorted(scores, key=lambda id_: (scores[id_] * factors.get(id_, 1.0), id_), reverse=True)
            if id_ in here
            and (id_ not in overrides or id_ in factors)
            and known[id_].published_at.timestamp() >= oldest
        ]
        pinned = [pin.article_id for pin in pins if pin.article_id in here][:limit]
        ids = [*pinned, *popular][:limit]
        since = datetime.fromtimestamp(until, UTC) if until else _NO_VIEWS
        return Ranking(self._views(ids, window, until or 0), since, frozenset(pinned), from_store=True)

    def _in_force(self, list_name: str, now: datetime) -> Mapping[str, OverrideRecord]:
        """The decision about each article: that for the list, or else that for all lists."""
        records = [r for r in self._overrides.in_force().records if r.override.list_name in (LATEST, list_name)]
        records.sort(key=lambda record: record.override.list_name != LATEST)
        return {r.article_id: r for r in records if r.override.until is None or r.override.until > now}

    def _scores(self, list_name: str, window: str, until: int, boosted: Sequence[str]) -> Mapping[str, float]:
        """The scores of the most viewed articles of the list, and of the `boosted` articles, by id."""
        half_life = self._popular.half_life * HOUR
        step, since = _period(window, until)
        if window == TRENDING:
            since = until - min(round(half_life * HALF_LIVES), MAX_HOURS * HOUR)
        views = dict(self._history.top(list_name, step, since, MAX_CANDIDATES))
        if window != TRENDING:
            return {**views, **_sums(self._history.of_articles(boosted, step, since))}
        courses = self._history.of_articles([*{*views, *boosted}], step, since)
        return {
            id_: sum(times * 2 ** ((start + HOUR / 2 - until) / half_life) for start, times in course.items())
            for id_, course in courses.items()
            if course
        }

    def _views(self, ids: Sequence[str], window: str, until: int) -> Mapping[str, int]:
        """The views of each article, as the feed shows them: in its window, or in 24 hours."""
        sums = _sums(self._history.of_articles(ids, *_period(window, until)))
        return {id_: sums.get(id_, 0) for id_ in ids}


def _period(window: str, until: int) -> tuple[int, int]:
    """The step of time, and the start of the first step of the window that ends at `until`. Both are in seconds."""
    length = _BY_NAME["24h" if window == TRENDING else window]
    step = DAY if window == "7d" else length.seconds  # a twentieth of the rows, and nearly the same order
    return step, (until // step - length.seconds * length.buckets // step + 1) * step


def _sums(courses: Mapping[str, Mapping[int, int]]) -> dict[str, int]:
    """The sum of each article's views; without the articles that have none."""
    return {id_: sum(course.values()) for id_, course in courses.items() if course}
