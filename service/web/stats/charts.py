"""The charts of the statistics as plain data with labels. The page's script draws them; its tables list the values."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from service.readers import FeedReaders, PollDay, ReadersReport
from service.web.localization import Localization
from service.web.stats.dashboard import Overview, Timeline
from service.web.stats.figures import FigureFormatter

MAX_BARS = 12  # feeds in the chart; the table has all feeds
MAX_SECTORS = 5  # programs in the ring; one more sector has the other programs
SECTOR_TONES = ("brand", "sea", "sand", "plum", "leaf", "quiet")


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
    kind: Literal["steps", "columns", "bars", "ring"]
    title: str
    labels: Sequence[str]
    names: Sequence[str]
    series: Sequence[Series]
    unit: Literal["number", "bytes"] = "number"
    running: bool = False
    tones: Sequence[str] = ()

    @property
    def has_values(self) -> bool:
        """True if there is anything to draw."""
        return any(any(series.values) for series in self.series)

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

    def __init__(self, overview: Overview, localization: Localization, figures: FigureFormatter, site: str) -> None:
        self._overview = overview
        self._texts = localization
        self._figures = figures
        self._site = site

    def views(self) -> Chart:
        """Return the chart of the views in the window, and in the earlier window that it is compared with."""
        line, texts = self._overview.timeline, self._texts
        moments = line.steps
        series = [Series(texts.gettext("Views"), "brand", [moment.views for moment in moments])]
        if any(moment.before for moment in moments):
            series.append(Series(self._comparison(), "quiet", [moment.before for moment in moments]))
        labels = [self._axis(line, moment.start) for moment in moments]
        names = [self._moment(moment.start) for moment in moments]
        return Chart("views", "steps", texts.gettext("Views over time"), labels, names, series, running=True)

    def _comparison(self) -> str:
        """Return the name of the earlier window that the window is compared with."""
        gettext = self._texts.gettext
        return {
            "1h": gettext("Same hour yesterday"),
            "24h": gettext("The day before"),
            "7d": gettext("The week before"),
            "30d": gettext("The 30 days before"),
        }[self._overview.window]

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
        return f"{self._figures.date_and_time(start)}–{self._figures.clock(start + timedelta(seconds=step))}"

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
        feeds, texts = self._overview.readers.feeds[:MAX_BARS], self._texts
        names = [self.name(feed) for feed in feeds]
        series = [
            Series(texts.gettext("Hosted"), "brand", [feed.hosted for feed in feeds]),
            Series(texts.gettext("Single"), "sea", [feed.single for feed in feeds]),
        ]
        return Chart("feeds", "bars", texts.gettext("Feeds by subscribers"), names, names, series)

    def name(self, feed: FeedReaders) -> str:
        """Return the feed's title without the newsroom's name, which is at the top of the page."""
        return feed.title.removeprefix(f"{self._site} – ")

    def clients(self) -> Chart:
        """Return the chart of the subscribers by reading program."""
        texts = self._texts
        ranked = [(client.name, client.hosted + client.single) for client in self._overview.readers.clients]
        shown, rest = ranked[:MAX_SECTORS], ranked[MAX_SECTORS:]
        if rest:
            shown.append((texts.gettext("Others"), sum(count for _, count in rest)))
        names, counts = [name for name, _ in shown], [count for _, count in shown]
        series = [Series(texts.gettext("Subscribers"), "brand", counts)]
        return Chart(
            "clients", "ring", texts.gettext("Reading programs"), names, names, series, tones=SECTOR_TONES[: len(shown)]
        )

    def polls(self) -> Chart:
        """Return the chart of polls by day: 304, conditional with a changed document, and without a condition."""
        gettext = self._texts.gettext
        return self._daily(
            "polls",
            gettext("Requests per day"),
            (gettext("Unchanged (304)"), "sea", lambda day: day.unchanged),
            (gettext("Conditional, with news"), "sand", lambda day: day.conditional - day.unchanged),
            (gettext("Unconditional"), "brand", lambda day: day.polls - day.conditional),
        )

    def bytes(self) -> Chart:
        """Return the chart of bytes by day: sent, saved by conditions, and saved by compression."""
        gettext = self._texts.gettext
        return self._daily(
            "bytes",
            gettext("Data per day"),
            (gettext("Sent"), "brand", lambda day: day.sent),
            (gettext("Saved by 304"), "sea", lambda day: day.saved_by_conditions),
            (gettext("Saved by compression"), "sand", lambda day: day.saved_by_compression),
            unit="bytes",
        )

    def _daily(
        self,
        id_: str,
        title: str,
        *kinds: tuple[str, str, Callable[[PollDay], int]],
        unit: Literal["number", "bytes"] = "number",
    ) -> Chart:
        report = self._overview.readers
        dates = [report.since + timedelta(days=n) for n in range((report.until - report.since).days + 1)]
        series = []
        for label, tone, value in kinds:
            values = {day.day: value(day) for day in report.days}
            series.append(Series(label, tone, [values.get(each, 0) for each in dates]))
        labels = [self._figures.day(each) for each in dates]
        names = [self._figures.long_day(each) for each in dates]
        return Chart(id_, "columns", title, labels, names, series, unit)


@dataclass(frozen=True)
class ReaderTotals:
    """The totals of the readers' report over all feeds and days."""

    hosted: int
    single: int
    polls: int
    unchanged: int
    sent: int
    saved: int
    days: int

    @classmethod
    def of(cls, report: ReadersReport) -> "ReaderTotals":
        return cls(
            hosted=report.hosted,
            single=report.single,
            polls=sum(day.polls for day in report.days),
            unchanged=sum(day.unchanged for day in report.days),
            sent=sum(day.sent for day in report.days),
            saved=sum(day.saved_by_conditions + day.saved_by_compression for day in report.days),
            days=(report.until - report.since).days + 1,
        )
