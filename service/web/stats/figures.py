"""Figures as people write them, in Indonesian and English, and the small lines beside them."""

from collections.abc import Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from service.readers import PollerReport
from service.readers.advice import in_words
from service.web.stats.words import STATS_WORDS
from service.web.words import long_date

WIDTH, HEIGHT = 120, 32  # of a small line, in units of its SVG viewBox
_SIZES = ("B", "kB", "MB", "GB", "TB", "PB")
_UNITS = ((86_400, 3), (3_600, 2), (60, 1), (1, 0))  # seconds of a unit, and the position of its word in `units`
_GRADES = ((0.9, "A"), (0.6, "B"), (0.3, "C"), (0.0, "D"))  # lowest share of conditional polls for each grade
HASTY = 60  # seconds between two polls; a shorter interval lowers the grade by one


class Figures:
    """Formats figures in one language and time zone."""

    def __init__(self, language: str, zone: ZoneInfo) -> None:
        self._language = language
        self._zone = zone
        self._words = STATS_WORDS[language]

    def number(self, value: float, decimals: int = 0) -> str:
        """Format a number: 12.345 (Indonesian) or 12,345 (English)."""
        text = f"{value:,.{decimals}f}"
        return text.translate(str.maketrans(",.", ".,")) if self._language == "id" else text

    def share(self, part: float, whole: float = 1) -> str:
        """Format a share: 78%. A dash if the whole is 0."""
        return f"{self.number(100 * part / whole)}%" if whole else "–"

    def change(self, change: float) -> str:
        """Format a change without its sign: 34%. From three times as much upwards: 3,0×."""
        if change >= 2:
            return f"{self.number(change + 1, 0 if change >= 9 else 1)}×"
        return self.share(abs(change))

    def size(self, count: float) -> str:
        """Format a number of bytes: 1,2 GB."""
        value, size = count, 0
        while value >= 999.5 and size < len(_SIZES) - 1:
            value, size = value / 1000, size + 1
        return f"{self.number(value, 1 if size and value < 9.95 else 0)} {_SIZES[size]}"

    def span(self, seconds: float) -> str:
        """Format a number of seconds in its largest unit: 5 mnt."""
        unit, word = next(pair for pair in (*_UNITS, (1, 0)) if seconds >= pair[0] or pair[0] == 1)
        return f"{self.number(max(1, seconds / unit))} {self._words['units'].split()[word]}"

    def advice(self, poller: PollerReport) -> str:
        """Return the advice for the makers of a poller; empty without advice."""
        return in_words(poller.advice, self._language, self)

    def time(self, when: datetime) -> str:
        """Format a time in the site's time zone: 09:41 WIB."""
        return f"{when.astimezone(self._zone):%H:%M %Z}"

    def clock(self, when: datetime) -> str:
        return f"{when.astimezone(self._zone):%H:%M}"

    def weekday(self, when: datetime) -> str:
        """Format a day of the week and of the month, in the site's time zone: Kam 12."""
        local = when.astimezone(self._zone)
        return f"{self._words['days'].split()[local.weekday()]} {local.day}"

    def day(self, day: date) -> str:
        """Format a date: 12 Feb."""
        return f"{day.day} {self._words['months'].split()[day.month - 1]}"

    def long_day(self, day: date) -> str:
        """Format a date in full: Kamis, 12 Februari 2026."""
        return long_date(datetime(day.year, day.month, day.day, tzinfo=self._zone), self._language).split(" |")[0]

    def long_date(self, when: datetime) -> str:
        """Format a date and time in the site's time zone: Kamis, 12 Februari 2026 | 02:33."""
        return long_date(when.astimezone(self._zone), self._language)


def grade(poller: PollerReport) -> str:
    """Grade a poller by its politeness, A to D; empty for a poller that came only once."""
    if poller.interval is None:
        return ""
    place = next(place for place, (least, _) in enumerate(_GRADES) if poller.conditional >= least)
    return _GRADES[min(place + (poller.interval < HASTY), len(_GRADES) - 1)][1]


def small_line(course: Sequence[int]) -> tuple[str, str]:
    """Return the points of a line in a box of WIDTH by HEIGHT, and the points of the area below the line."""
    highest = max([*course, 1])
    step = WIDTH / max(1, len(course) - 1)
    points = [
        f"{place * step:.1f},{HEIGHT - 2 - (HEIGHT - 4) * views / highest:.1f}" for place, views in enumerate(course)
    ]
    line = " ".join(points)
    return line, f"0,{HEIGHT} {line} {WIDTH},{HEIGHT}"
