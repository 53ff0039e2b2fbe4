"""The charts of the statistics as plain data with labels. The page's script draws them; its tables list the values."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from service.readers import FeedDayReport, FeedReaders, ReadersReport
from service.web.stats.dashboard import Overview, Timeline
from service.web.stats.figures import Figures
from service.web.stats.words import STATS_WORDS

FEEDS = 12  # bars of the chart, at most; the table has all feeds
CLIENTS = 5  # sectors of the ring, at most, and one for the other programs
SECTORS = ("brand", "sea", "sand", "plum", "leaf", "quiet")
Words = dict[str, str]


@dataclass(frozen=True)
class Series:
    """Values of one kind. `tone` names a colour of the style sheet."""

    label: str
    tone: str
    values: Sequence[int]


@dataclass(frozen=True)
class Chart:
    """A chart. `labels` are at the axis; `names` are the same in full. If `running`, the last value is not final."""

    id: str
    kind: Literal["line", "columns", "bars", "ring"]
    title: str
    labels: Sequence[str]
    names: Sequence[str]
    series: Sequence[Series]
    unit: Literal["number", "bytes"] = "number"
    running: bool = False
    tones: Sequence[str] = ()

    def drawing(self) -> dict[str, Any]:
        """Return the data that the page's script needs."""
        return {
            "kind": self.kind,
            "labels": list(self.labels),
            "names": list(self.names),
            "series": [{"label": s.label, "tone": s.tone, "values": list(s.values)} for s in self.series],
            "unit": self.unit,
            "running": self.running,
            "tones": list(self.tones),
        }


class Charts:
    """Makes the charts of an overview."""

    def __init__(self, overview: Overview, language: str, figures: Figures, site: str) -> None:
        self._overview = overview
        self._words = STATS_WORDS[language]
        self._figures = figures
        self._site = site

    def views(self) -> Chart:
        """Return the chart of the views in the window, and in the earlier window that it is compared with."""
        line, words, window = self._overview.timeline, self._words, self._overview.window
        moments = line.steps
        series = [Series(words["views"], "brand", [moment.views for moment in moments])]
        if any(moment.before for moment in moments):
            series.append(Series(words[f"{window}_line"], "quiet", [moment.before for moment in moments]))
        labels = [self._axis(line, moment.start) for moment in moments]
        names = [self._moment(moment.start) for moment in moments]
        return Chart("views", "line", words["over_time"], labels, names, series, running=True)

    def _axis(self, line: Timeline, start: datetime) -> str:
        if line.step >= 86_400:
            return self._figures.day(start.date())
        if len(line.steps) <= 24:
            return self._figures.clock(start)
        # For a week in hours, each day is named once, at its beginning.
        return self._figures.weekday(start) if self._figures.clock(start) < f"{line.step // 3600:02}:00" else ""

    def _moment(self, start: datetime) -> str:
        """Return the full name of a step of the time line."""
        step = self._overview.timeline.step
        if step >= 86_400:
            return self._figures.long_day(start.date())
        return f"{self._figures.long_date(start)}–{self._figures.clock(start + timedelta(seconds=step))}"

    def peak(self) -> tuple[int, str]:
        """Return the most views in a step, and the name of that step; 0 and no name without views."""
        line, figures = self._overview.timeline, self._figures
        highest = max(line.steps, key=lambda moment: moment.views)
        if not highest.views:
            return 0, ""
        if line.step >= 86_400:
            return highest.views, figures.long_day(highest.start.date())
        end = highest.start + timedelta(seconds=line.step)
        return highest.views, f"{figures.weekday(highest.start)}, {figures.clock(highest.start)}–{figures.clock(end)}"

    def feeds(self) -> Chart:
        """Return the chart of the feeds with the most subscribers."""
        feeds, words = self._overview.readers.feeds[:FEEDS], self._words
        names = [self.name(feed) for feed in feeds]
        series = [
            Series(words["hosted"], "brand", [feed.hosted for feed in feeds]),
            Series(words["single"], "sea", [feed.single for feed in feeds]),
        ]
        return Chart("feeds", "bars", words["feeds"], names, names, series)

    def name(self, feed: FeedReaders) -> str:
        """Return the feed's title without the newsroom's name, which is at the top of the page."""
        return feed.title.removeprefix(f"{self._site} – ")

    def clients(self) -> Chart:
        """Return the chart of the subscribers by reading program."""
        readers: Counter[str] = Counter()
        for feed in self._overview.readers.feeds:
            readers.update({client.name: client.hosted + client.single for client in feed.clients})
        ranked = [(name, count) for name, count in readers.most_common() if count]
        shown, rest = ranked[:CLIENTS], ranked[CLIENTS:]
        if rest:
            shown.append((self._words["others"], sum(count for _, count in rest)))
        names, counts = [name for name, _ in shown], [count for _, count in shown]
        series = [Series(self._words["subscribers"], "brand", counts)]
        return Chart("clients", "ring", self._words["clients"], names, names, series, tones=SECTORS[: len(shown)])

    def polls(self) -> Chart:
        """Return the chart of polls by day: 304, conditional with a changed document, and without a condition."""
        return self._daily(
            "polls",
            ("polls_304", "sea", lambda day: day.unchanged),
            ("polls_news", "sand", lambda day: day.conditional - day.unchanged),
            ("polls_plain", "brand", lambda day: day.polls - day.conditional),
        )

    def bytes(self) -> Chart:
        """Return the chart of bytes by day: sent, saved by conditions, and saved by compression."""
        return self._daily(
            "bytes",
            ("sent", "brand", lambda day: day.sent),
            ("saved_by_conditions", "sea", lambda day: day.saved_by_conditions),
            ("saved_by_compression", "sand", lambda day: day.saved_by_compression),
            unit="bytes",
        )

    def _daily(
        self,
        id_: str,
        *kinds: tuple[str, str, Callable[[FeedDayReport], int]],
        unit: Literal["number", "bytes"] = "number",
    ) -> Chart:
        report = self._overview.readers
        dates = [report.since + timedelta(days=n) for n in range((report.until - report.since).days + 1)]
        days = [day for feed in report.feeds for day in feed.days]
        series = []
        for word, tone, value in kinds:
            sums = Counter[Any]()
            for day in days:
                sums[day.day] += value(day)
            series.append(Series(self._words[word], tone, [sums[each] for each in dates]))
        labels = [self._figures.day(each) for each in dates]
        names = [self._figures.long_day(each) for each in dates]
        return Chart(id_, "columns", self._words[id_], labels, names, series, unit)


@dataclass(frozen=True)
class Sums:
    """The sums of the readers' report over all feeds and days."""

    hosted: int
    single: int
    polls: int
    unchanged: int
    sent: int
    saved: int
    days: int

    @classmethod
    def of(cls, report: ReadersReport) -> "Sums":
        days = [day for feed in report.feeds for day in feed.days]
        return cls(
            hosted=sum(feed.hosted for feed in report.feeds),
            single=sum(feed.single for feed in report.feeds),
            polls=sum(day.polls for day in days),
            unchanged=sum(day.unchanged for day in days),
            sent=sum(day.sent for day in days),
            saved=sum(day.saved_by_conditions + day.saved_by_compression for day in days),
            days=(report.until - report.since).days + 1,
        )
