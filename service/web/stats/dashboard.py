"""What the newsroom's statistics tell: what is popular and moving, how views went, who reads the feeds."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from service.articles.dates import utc_now
from service.core.errors import BadRequest, RedisUnavailable
from service.core.settings.model import Settings
from service.documents.formats.edition import Entry
from service.feeds.names import LATEST, Shelf
from service.publishing.publisher import Publisher
from service.readers import Report
from service.storage import ArticleStore, ViewHistory
from service.views import WINDOWS, ViewCounter

DAY = 86_400
POPULAR, MOVING = 10, 5  # stories of each
CANDIDATES = 30  # read most in the last hour, of which those that move most are shown
FEW = 5  # views in an hour, below which a difference is chance
MOVES = 0.15  # more or less than the hour before, from which a story rises or falls
POINTS = 30  # of a story's small line, at most
SHIFT = {"1h": DAY, "24h": DAY, "7d": 7 * DAY, "30d": 30 * DAY}  # a window is compared with itself this much earlier
READERS_DAYS = {"30d": 30}  # of the readers' report by window; two weeks for the others
SURE = 60.0  # seconds for which a readers' report is good
_BY_NAME = {window.name: window for window in WINDOWS}


@dataclass(frozen=True)
class Moment:
    """A step of the time line: views in it, and in the same step of the time that it is compared with."""

    start: datetime
    views: int
    before: int


@dataclass(frozen=True)
class Timeline:
    """Steps of `step` seconds, oldest first; the last one is running. `change` compares those that are over with those
    before: 0.5 is half as much again; None where there is nothing to compare with."""

    step: int
    shift: int
    moments: Sequence[Moment]

    @property
    def total(self) -> int:
        return sum(moment.views for moment in self.moments)

    @property
    def change(self) -> float | None:
        over = self.moments[:-1]
        before = sum(moment.before for moment in over)
        return sum(moment.views for moment in over) / before - 1 if before else None


@dataclass(frozen=True)
class Story:
    """An article: its `views` in the window, in the last hour and the `hour_before`, and the `course` of its views over
    the window in equal steps. Stories that move have the views of the last hour."""

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
        """new, rising, falling or steady: the last hour against the hour before."""
        if max(self.hour, self.hour_before) < FEW:
            return "steady"
        if not self.hour_before:
            return "new"
        change = self.change or 0.0
        return "rising" if change > MOVES else "falling" if change < -MOVES else "steady"

    @property
    def change(self) -> float | None:
        """The last hour against the hour before: 0.5 is half as much again."""
        return self.hour / self.hour_before - 1 if self.hour_before else None


@dataclass(frozen=True)
class Overview:
    """Everything at a time. `counted` is false while Redis is away: the order then is the store's, a minute old.

    `category` is the shelf's title and slug, None for the whole site.
    """

    window: str
    category: tuple[str, str] | None
    at: datetime
    counted: bool
    timeline: Timeline
    popular: Sequence[Story]
    moving: Sequence[Story]
    readers: Report

    def as_json(self) -> dict[str, Any]:
        """As the API gives it: times as ISO 8601."""
        line = self.timeline
        return {
            "window": self.window,
            "category": self.category[1] if self.category else None,
            "at": self.at.isoformat(),
            "counted": self.counted,
            "timeline": {
                "step": line.step,
                "compared_with": line.shift,
                "total": line.total,
                "change": line.change,
                "moments": [{**asdict(moment), "start": moment.start.isoformat()} for moment in line.moments],
            },
            "popular": [_plain(story) for story in self.popular],
            "moving": [_plain(story) for story in self.moving],
            "readers": self.readers.as_json(),
        }


def _plain(story: Story) -> dict[str, Any]:
    fields = {**asdict(story), "published_at": story.published_at.isoformat()}
    return {**fields, "movement": story.movement, "change": story.change}


class Statistics:
    """Reads them; shared by a process's threads. `readers` gives the report of so many days."""

    def __init__(
        self,
        settings: Settings,
        publisher: Publisher,
        store: ArticleStore,
        history: ViewHistory,
        counter: ViewCounter,
        readers: Callable[[int], Report],
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self._settings = settings
        self._catalogue = publisher.catalogue
        self._store = store
        self._history = history
        self._counter = counter
        self._readers = readers
        self._clock = clock
        self._reports: dict[int, tuple[float, Report]] = {}

    def categories(self) -> list[Shelf]:
        """The categories that can be asked for. Raises StoreUnavailable."""
        return [shelf for shelf in self._store.categories() if self._catalogue.listed(shelf)]

    def overview(self, window: str, category: str = "") -> Overview:
        """Raises BadRequest for a window or category (by its slug) that is not there, StoreUnavailable."""
        if window not in _BY_NAME:
            raise BadRequest(f"window: there is no {window!r}, only {', '.join(_BY_NAME)}")
        shelf = self._shelf(category)
        now = self._clock()
        counted, top = self._top(shelf, window, POPULAR, now)
        return Overview(
            window=window,
            category=(self._title(category), category) if category else None,
            at=now,
            counted=counted,
            timeline=self._timeline(shelf, window, now),
            popular=self._stories(shelf, top, window, now),
            moving=self._moving(shelf, now),
            readers=self._report(READERS_DAYS.get(window, 14)),
        )

    def _shelf(self, category: str) -> str:
        if not category:
            return LATEST
        if category not in {shelf.name.partition("/")[2] for shelf in self.categories()}:
            raise BadRequest(f"category: there is no {category!r}")
        return f"category/{category}"

    def _title(self, category: str) -> str:
        return next(shelf.title for shelf in self._store.categories() if shelf.name == f"category/{category}")

    def _timeline(self, shelf: str, name: str, now: datetime) -> Timeline:
        window, shift = _BY_NAME[name], SHIFT[name]
        starts = _starts(window.seconds, window.buckets, now)
        views = self._history.of_shelf(shelf, window.seconds, starts[0] - shift)
        moments = [
            Moment(datetime.fromtimestamp(start, UTC), views.get(start, 0), views.get(start - shift, 0))
            for start in starts
        ]
        return Timeline(window.seconds, shift, moments)

    def _top(self, shelf: str, window: str, limit: int, now: datetime) -> tuple[bool, list[tuple[str, int]]]:
        """Whether the counter has said it, and the most viewed articles with their views."""
        try:
            return True, [(id_, views) for id_, views in self._counter.top(shelf, window, limit) if views]
        except RedisUnavailable:
            seconds, buckets = _BY_NAME[window].seconds, _BY_NAME[window].buckets
            step = DAY if window == "7d" else seconds  # a twentieth of the rows; nearly the same order
            since = _starts(step, seconds * buckets // step, now)[0]
            return False, self._history.top(shelf, step, since, limit)

    def _moving(self, shelf: str, now: datetime) -> list[Story]:
        """Those whose views have risen most since the hour before."""
        _, hour = self._top(shelf, "1h", CANDIDATES, now)
        hours = self._history.last_hours([id_ for id_, _ in hour], int(now.timestamp()))
        rises = {id_: last - before for id_, (last, before) in hours.items() if last - before >= FEW}
        risen = sorted(rises, key=lambda id_: (-rises[id_], id_))[: 2 * MOVING]
        stories = self._stories(shelf, [(id_, hours[id_][0]) for id_ in risen], "1h", now)
        return [story for story in stories if story.movement in ("new", "rising")][:MOVING]

    def _stories(self, shelf: str, top: Sequence[tuple[str, int]], name: str, now: datetime) -> list[Story]:
        window, views = _BY_NAME[name], dict(top)
        starts = _starts(window.seconds, window.buckets, now)
        courses = self._history.of_articles(list(views), window.seconds, starts[0])
        hours = self._history.last_hours(list(views), int(now.timestamp()))
        entries = [Entry(article, self._settings) for article in self._store.chosen(shelf, list(views), now).entries]
        return [
            Story(
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

    def _report(self, days: int) -> Report:
        made, report = self._reports.get(days, (0.0, None))
        if report is None or time.monotonic() - made > SURE:
            report = self._readers(days)
            self._reports[days] = time.monotonic(), report
        return report


def _starts(step: int, steps: int, now: datetime) -> list[int]:
    last = int(now.timestamp()) // step * step
    return [last - step * ago for ago in reversed(range(steps))]


def _course(views: Mapping[int, int], starts: Sequence[int]) -> list[int]:
    """Views by step; several steps are one where there are many."""
    each = -(-len(starts) // POINTS)
    return [sum(views.get(start, 0) for start in starts[first : first + each]) for first in range(0, len(starts), each)]
