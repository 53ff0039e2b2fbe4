"""The data of the newsroom's statistics: popular and moving articles, views over time, readers of the feeds."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from service.articles.dates import utc_now
from service.core.errors import BadRequest, RedisUnavailable
from service.core.settings.model import Settings
from service.documents.formats.edition import Entry
from service.feeds.names import LATEST, ArticleList
from service.publishing.publisher import Publisher
from service.readers import ReadersReport
from service.storage import ArticleStore, ViewHistory
from service.views import WINDOWS, ViewCounter

DAY_SECONDS = 86_400  # seconds
POPULAR, MOVING = 10, 5  # stories of each list
MOVING_CANDIDATES = 30  # most read stories of the last hour; the ones that rise most of these are shown
MIN_VIEWS_AN_HOUR = 5  # views in an hour; a difference below it may be chance
MIN_CHANGE = 0.15  # share of the hour before; a story with a larger change rises or falls
MAX_POINTS = 30  # points of a story's small line, at most
COMPARED_SECONDS_EARLIER = {
    "1h": DAY_SECONDS,
    "24h": DAY_SECONDS,
    "7d": 7 * DAY_SECONDS,
    "30d": 30 * DAY_SECONDS,
}  # seconds to the window that it is compared with
READERS_DAYS = {"30d": 30}  # days of the readers' report by window; 14 for the others
REPORT_SECONDS = 60.0  # seconds for which a readers' report is used again
_BY_NAME = {window.name: window for window in WINDOWS}


@dataclass(frozen=True)
class TimelineStep:
    """A step of the time line. `before` has the views of the step that it is compared with."""

    start: datetime
    views: int
    before: int


@dataclass(frozen=True)
class Timeline:
    """The time line of views, in steps of `step` seconds, oldest first. The last step is not over yet.

    Each step is compared with the one `compared_with` seconds earlier. `change` compares the sums of the steps that are
    over: 0.5 is 50 % more; None without views to compare with.
    """

    step: int
    compared_with: int
    steps: Sequence[TimelineStep]

    @property
    def total(self) -> int:
        return sum(moment.views for moment in self.steps)

    @property
    def change(self) -> float | None:
        over = self.steps[:-1]
        before = sum(moment.before for moment in over)
        return sum(moment.views for moment in over) / before - 1 if before else None


@dataclass(frozen=True)
class StoryViews:
    """An article with its `views` in the window, in the last `hour` and in the `hour_before`.

    `course` has the views over the window, in equal steps. For moving stories `views` are those of the last hour.
    """

    id: str
    title: str
    url: str
    categories: Sequence[str]
    published_at: datetime
    views: int
    hour: int
    hour_before: int
    course: Sequence[int]

    @property
    def movement(self) -> str:
        """The last hour compared with the hour before: new, rising, falling or steady."""
        if max(self.hour, self.hour_before) < MIN_VIEWS_AN_HOUR:
            return "steady"
        if not self.hour_before:
            return "new"
        change = self.change or 0.0
        return "rising" if change > MIN_CHANGE else "falling" if change < -MIN_CHANGE else "steady"

    @property
    def change(self) -> float | None:
        """The last hour compared with the hour before: 0.5 is 50 % more; None without views in that hour."""
        return self.hour / self.hour_before - 1 if self.hour_before else None


@dataclass(frozen=True)
class Overview:
    """The statistics at one time. `category` is the title and slug of the category; None for the whole site.

    `counted` is false while Redis is away: the order then comes from the store, and is a minute old.
    """

    window: str
    category: tuple[str, str] | None
    at: datetime
    counted: bool
    timeline: Timeline
    popular: Sequence[StoryViews]
    moving: Sequence[StoryViews]
    readers: ReadersReport

    def as_json(self) -> dict[str, Any]:
        """Return the statistics as the API sends them, with times in ISO 8601."""
        line = self.timeline
        return {
            "window": self.window,
            "category": self.category[1] if self.category else None,
            "at": self.at.isoformat(),
            "counted": self.counted,
            "timeline": {
                "step": line.step,
                "compared_with": line.compared_with,
                "total": line.total,
                "change": line.change,
                "moments": [{**asdict(moment), "start": moment.start.isoformat()} for moment in line.steps],
            },
            "popular": [_plain(story) for story in self.popular],
            "moving": [_plain(story) for story in self.moving],
            "readers": self.readers.as_json(),
        }


def _plain(story: StoryViews) -> dict[str, Any]:
    fields = {**asdict(story), "published_at": story.published_at.isoformat()}
    return {**fields, "movement": story.movement, "change": story.change}


class Statistics:
    """Reads the statistics. Shared by a process's threads. `readers` returns the report of a number of days."""

    def __init__(
        self,
        settings: Settings,
        publisher: Publisher,
        store: ArticleStore,
        history: ViewHistory,
        counter: ViewCounter,
        readers: Callable[[int], ReadersReport],
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self._settings = settings
        self._catalogue = publisher.catalogue
        self._store = store
        self._history = history
        self._counter = counter
        self._readers = readers
        self._clock = clock
        self._reports: dict[int, tuple[float, ReadersReport]] = {}

    def categories(self) -> list[ArticleList]:
        """Return the categories that `overview` accepts. Raises StoreUnavailable."""
        return [article_list for article_list in self._store.categories() if self._catalogue.is_listed(article_list)]

    def overview(self, window: str, category: str = "") -> Overview:
        """Read the statistics of a window, for a category (by its slug) or the whole site.

        Raises BadRequest for an unknown window or category, StoreUnavailable.
        """
        if window not in _BY_NAME:
            raise BadRequest(f"window: there is no {window!r}, only {', '.join(_BY_NAME)}")
        list_name = self._list_name(category)
        now = self._clock()
        counted, top = self._top(list_name, window, POPULAR, now)
        return Overview(
            window=window,
            category=(self._title(category), category) if category else None,
            at=now,
            counted=counted,
            timeline=self._timeline(list_name, window, now),
            popular=self._stories(list_name, top, window, now),
            moving=self._moving(list_name, now),
            readers=self._report(READERS_DAYS.get(window, 14)),
        )

    def _list_name(self, category: str) -> str:
        if not category:
            return LATEST
        if category not in {article_list.name.partition("/")[2] for article_list in self.categories()}:
            raise BadRequest(f"category: there is no {category!r}")
        return f"category/{category}"

    def _title(self, category: str) -> str:
        return next(
            article_list.title
            for article_list in self._store.categories()
            if article_list.name == f"category/{category}"
        )

    def _timeline(self, list_name: str, name: str, now: datetime) -> Timeline:
        window, shift = _BY_NAME[name], COMPARED_SECONDS_EARLIER[name]
        starts = _starts(window.seconds, window.buckets, now)
        views = self._history.of_list(list_name, window.seconds, starts[0] - shift)
        moments = [
            TimelineStep(datetime.fromtimestamp(start, UTC), views.get(start, 0), views.get(start - shift, 0))
            for start in starts
        ]
        return Timeline(window.seconds, shift, moments)

    def _top(self, list_name: str, window: str, limit: int, now: datetime) -> tuple[bool, list[tuple[str, int]]]:
        """Return whether the order comes from the counter, and the most viewed articles with their views."""
        try:
            return True, [(id_, views) for id_, views in self._counter.top(list_name, window, limit) if views]
        except RedisUnavailable:
            seconds, buckets = _BY_NAME[window].seconds, _BY_NAME[window].buckets
            step = DAY_SECONDS if window == "7d" else seconds  # a 20th of the rows, nearly the same order
            since = _starts(step, seconds * buckets // step, now)[0]
            return False, self._history.top(list_name, step, since, limit)

    def _moving(self, list_name: str, now: datetime) -> list[StoryViews]:
        """Return the stories whose views have risen most since the hour before."""
        _, hour = self._top(list_name, "1h", MOVING_CANDIDATES, now)
        hours = self._history.last_hours([id_ for id_, _ in hour], int(now.timestamp()))
        rises = {id_: last - before for id_, (last, before) in hours.items() if last - before >= MIN_VIEWS_AN_HOUR}
        risen = sorted(rises, key=lambda id_: (-rises[id_], id_))[: 2 * MOVING]
        stories = self._stories(list_name, [(id_, hours[id_][0]) for id_ in risen], "1h", now)
        return [story for story in stories if story.movement in ("new", "rising")][:MOVING]

    def _stories(self, list_name: str, top: Sequence[tuple[str, int]], name: str, now: datetime) -> list[StoryViews]:
        window, views = _BY_NAME[name], dict(top)
        starts = _starts(window.seconds, window.buckets, now)
        courses = self._history.of_articles(list(views), window.seconds, starts[0])
        hours = self._history.last_hours(list(views), int(now.timestamp()))
        entries = [
            Entry(article, self._settings) for article in self._store.chosen(list_name, list(views), now).entries
        ]
        return [
            StoryViews(
                id=entry.article.id,
                title=entry.article.title,
                url=entry.link,
                categories=entry.article.categories,
                published_at=entry.published_at,
                views=views[entry.article.id],
                hour=hours[entry.article.id][0],
                hour_before=hours[entry.article.id][1],
                course=_course(courses[entry.article.id], starts),
            )
            for entry in entries
        ]

    def _report(self, days: int) -> ReadersReport:
        made, report = self._reports.get(days, (0.0, None))
        if report is None or time.monotonic() - made > REPORT_SECONDS:
            report = self._readers(days)
            self._reports[days] = time.monotonic(), report
        return report


def _starts(step: int, steps: int, now: datetime) -> list[int]:
    last = int(now.timestamp()) // step * step
    return [last - step * ago for ago in reversed(range(steps))]


def _course(views: Mapping[int, int], starts: Sequence[int]) -> list[int]:
    """Return the views by step. Adds neighbouring steps together if there are more than MAX_POINTS."""
    each = -(-len(starts) // MAX_POINTS)
    return [sum(views.get(start, 0) for start in starts[first : first + each]) for first in range(0, len(starts), each)]
