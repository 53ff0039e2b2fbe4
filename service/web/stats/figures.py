"""Figures of the statistics page in one language: numbers, sizes, durations and times. The small lines beside them."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Literal
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_skeleton
from babel.numbers import format_decimal, format_percent
from babel.units import format_unit

from service.readers import PollerReport
from service.readers.advice import in_words
from service.web.localization import Localization

WIDTH, HEIGHT = 120, 32  # of a small line, in units of its SVG viewBox
_BYTE_UNITS = ("B", "kB", "MB", "GB", "TB", "PB")
# Seconds of a unit, its name in the CLDR, and the length of the word. The short words for hour and day ("j" and "hr" in
# Indonesian) are hard to read.
_TIME_UNITS: tuple[tuple[int, str, Literal["short", "long"]], ...] = (
    (86_400, "duration-day", "long"),
    (3_600, "duration-hour", "long"),
    (60, "duration-minute", "short"),
    (1, "duration-second", "short"),
)
_WINDOW_UNITS = {"h": "duration-hour", "d": "duration-day"}
_GRADES = ((0.9, "A"), (0.6, "B"), (0.3, "C"), (0.0, "D"))  # lowest share of conditional polls for each grade
MIN_POLITE_INTERVAL = 60  # seconds between two polls; a shorter interval lowers the grade by one


class FigureFormatter:
    """Formats figures in one language and time zone."""

    def __init__(self, localization: Localization, zone: ZoneInfo) -> None:
        self._localization = localization
        self._locale = localization.locale
        self._zone = zone

    def number(self, value: float, decimals: Literal[0, 1] = 0) -> str:
        """Format a number: 12.345 (Indonesian) or 12,345 (English)."""
        return format_decimal(value, "#,##0.0", self._locale) if decimals else self._localization.number(value)

    def share(self, part: float, whole: float = 1) -> str:
        """Format a share: 78%. A dash if the whole is 0."""
        return format_percent(part / whole, locale=self._locale) if whole else "–"

    def change(self, change: float) -> str:
        """Format a change without its sign: 34%. From three times as much upwards: 3,0×."""
        if change >= 2:
            return f"{self.number(change + 1, 0 if change >= 9 else 1)}×"
        return self.share(abs(change))

    def size(self, count: float) -> str:
        """Format a number of bytes: 1,2 GB."""
        value, unit = count, 0
        while value >= 999.5 and unit < len(_BYTE_UNITS) - 1:
            value, unit = value / 1000, unit + 1
        return f"{self.number(value, 1 if unit and value < 9.95 else 0)} {_BYTE_UNITS[unit]}"

    def span(self, seconds: float) -> str:
        """Format a number of seconds in its largest unit: 5 mnt."""
        unit, name, length = next((each for each in _TIME_UNITS if seconds >= each[0]), _TIME_UNITS[-1])
        return format_unit(max(1, round(seconds / unit)), name, length, locale=self._locale)

    def delay(self, seconds: float | None) -> str:
        """Format a short duration: 60 md (milliseconds), 1,2 dtk. A dash for None."""
        if seconds is None:
            return "–"
        if seconds >= 60:
            return self.span(seconds)
        if seconds < 1:
            return format_unit(round(seconds * 1000), "duration-millisecond", "short", locale=self._locale)
        return format_unit(round(seconds, 1), "duration-second", "short", locale=self._locale)

    def window(self, name: str) -> str:
        """Format the name of a window, like `24h`: 24 jam."""
        return format_unit(int(name[:-1]), _WINDOW_UNITS[name[-1]], "long", locale=self._locale)

    def advice(self, poller: PollerReport) -> str:
        """Return the advice for the makers of a poller; empty without advice."""
        return in_words(poller.advice, self, self._localization.gettext)

    def time(self, when: datetime) -> str:
        """Format a time in the site's time zone: 09:41 WIB."""
        return f"{self.clock(when)} {self.zone_name(when)}"

    def clock(self, when: datetime) -> str:
        """Format a time in the site's time zone: 09:41."""
        return f"{when.astimezone(self._zone):%H:%M}"

    def zone_name(self, when: datetime) -> str:
        """Return the abbreviation of the site's time zone at that time: WIB."""
        return f"{when.astimezone(self._zone):%Z}"

    def weekday(self, when: datetime) -> str:
        """Format a day of the week and of the month, in the site's time zone: Kam 12."""
        return format_date(when.astimezone(self._zone), "EEE d", self._locale)

    def day(self, day: date) -> str:
        """Format a date: 12 Feb."""
        return format_skeleton("MMMd", day, locale=self._locale)

    def long_day(self, day: date) -> str:
        """Format a date in full: Kamis, 12 Februari 2026."""
        return self._localization.date(day)

    def date_and_time(self, when: datetime) -> str:
        """Format a date and time in the site's time zone: Kamis, 12 Februari 2026 | 02:33."""
        return self._localization.date_and_time(when.astimezone(self._zone))


def grade(poller: PollerReport) -> str:
    """Grade a poller by its politeness, A to D; empty for a poller that came only once."""
    if poller.interval is None:
        return ""
    place = next(place for place, (least, _) in enumerate(_GRADES) if poller.conditional >= least)
    return _GRADES[min(place + (poller.interval < MIN_POLITE_INTERVAL), len(_GRADES) - 1)][1]


def small_line(course: Sequence[int]) -> tuple[str, str]:
    """Return the points of a line in a box of WIDTH by HEIGHT, and the points of the area below the line.

    The line has a level step for each count: between two counts there is no value.
    """
    highest = max([*course, 1])
    width = WIDTH / max(1, len(course))
    points = []
    for place, views in enumerate(course):
        y = HEIGHT - 2 - (HEIGHT - 4) * views / highest
        points += [f"{place * width:.1f},{y:.1f}", f"{(place + 1) * width:.1f},{y:.1f}"]
    line = " ".join(points)
    return line, f"0,{HEIGHT} {line} {WIDTH},{HEIGHT}"
