"""The data of the newsroom's statistics: popular and moving articles, views over time, readers of the feeds."""

import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Literal

from pydantic import Field, PlainSerializer, TypeAdapter, computed_field
from pydantic.dataclasses import dataclass

from service.articles.dates import utc_now
from service.core.errors import BadRequest, RedisUnavailable
from service.core.settings.model import Settings
from service.documents.formats.context import EntryValues
from service.feeds.catalogue import FeedCatalogue
from service.feeds.names import LATEST, ArticleList
from service.readers import ReadersReport
from service.storage import ArticleStore, ViewHistory
from service.views import WINDOWS, ViewCounter
from service.web.stats.push import Push
from service.web.stats.values import Count, Time

DAY_SECONDS = 86_400  # seconds
NEW_FOR = timedelta(hours=2)  # after its publication: before, there were no two hours to compare
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
CHANGE = "0.5 is 50 % more. Null if there are no views to compare with."
Movement = Literal["new", "rising", "falling", "steady"]
_BY_NAME = {window.name: window for window in WINDOWS}


@dataclass(frozen=True)
class TimelineStep:
    """A step of the time line. `before` has the views of the step that it is compared with."""

    start: Time
    views: Count
    before: Count


@dataclass(frozen=True)
class Timeline:
    """The time line of views, oldest first. Its last step is not over yet."""

    step: Annotated[int, Field(description="Seconds of each step. The last step is not over yet.")]
    compared_with: Annotated[
        int, Field(description="Seconds between a step and the earlier step with which it is compared.")
    ]
    steps: Annotated[Sequence[TimelineStep], Field(serialization_alias="moments")]

    @computed_field  # type: ignore[prop-decorator]
    @property
    def total(self) -> int:
        return sum(each.views for each in self.steps)

    @computed_field(description=CHANGE)  # type: ignore[prop-decorator]
    @property
    def change(self) -> float | None:
        """The sum of the steps that are over, compared with the sum before."""
        over = self.steps[:-1]
        before = sum(each.before for each in over)
        return sum(each.views for each in over) / before - 1 if before else None


@dataclass(frozen=True)
class StoryViews:
    """An article with its views over time."""

    id: str
    title: str
    url: Annotated[str, Field(json_schema_extra={"format": "uri"})]
    categories: Sequence[str]
    published_at: Time
    views: Annotated[int, Field(ge=0, description="Views in the window. For moving articles: in the last hour.")]
    hour: Annotated[int, Field(ge=0, description="Views in the last hour.")]
    hour_before: Count
    course: Annotated[Sequence[int], Field(description="Views over the window, in equal steps.")]
    movement: Annotated[
        Movement,
        Field(description="The last hour compared with the hour before. `new`: published in these two hours."),
    ]

    @computed_field(description=CHANGE)  # type: ignore[prop-decorator]
    @property
    def change(self) -> float | None:
        """The last hour compared with the hour before."""
        return self.hour / self.hour_before - 1 if self.hour_before else None


def movement_of(hour: int, hour_before: int, published_at: datetime, now: datetime) -> Movement:
    """The movement of an article by its views in the last hour and in the hour before it."""
    if max(hour, hour_before) < MIN_VIEWS_AN_HOUR:
        return "steady"
    if now - published_at < NEW_FOR:
        return "new"
    if hour > hour_before * (1 + MIN_CHANGE):
        return "rising"
    return "falling" if hour < hour_before * (1 - MIN_CHANGE) else "steady"


def _slug(category: tuple[str, str] | None) -> str | None:
    return category[1] if category else None


@dataclass(frozen=True)
class Overview:
    """The statistics at one time. `category` is the title and slug of the category, or null for the whole site."""

    window: str
    category: Annotated[tuple[str, str] | None, PlainSerializer(_slug, return_type=str | None)]
    at: Time
    counted: Annotated[
        bool, Field(description="False while Redis is away. The order then comes from the store, and is a minute old.")
    ]
    timeline: Timeline
    popular: Sequence[StoryViews]
    moving: Sequence[StoryViews]
    readers: ReadersReport
    push: Push

    def as_json(self) -> dict[str, Any]:
        """Return the statistics as the API sends them, with times in ISO 8601."""
        return dict(_ADAPTER.dump_python(self, mode="json", by_alias=True))


_ADAPTER = TypeAdapter(Overview)


class Statistics:
    """Reads the statistics. Shared by a process's threads. `readers` returns the report of a number of days."""

    def __init__(
        self,
        settings: Settings,
        catalogue: FeedCatalogue,
        store: ArticleStore,
        history: ViewHistory,
        counter: ViewCounter,
        readers: Callable[[int], ReadersReport],
        push: Callable[[], Push],
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self._settings = settings
        self._catalogue = catalogue
        self._store = store
        self._history = history
        self._counter = counter
        self._readers = readers
        self._push = push
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
            push=self._push(),
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
            return True, [(id_, views) for id_, views in self._counter.rankings.top(list_name, window, limit) if views]
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
            EntryValues(article, self._settings) for article in self._store.chosen(list_name, list(views), now).entries
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
                movement=movement_of(*hours[entry.article.id], entry.published_at, now),
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
