"""Parser of dates as people, newsrooms and feeds write them: ISO 8601, RFC 822, Indonesian and English.

python-dateutil, with `NewsroomInfo`, reads all texts that are not exactly ISO 8601 or RFC 822.
"""
# ruff: noqa: RUF012 - the lists of NewsroomInfo have dateutil's own shapes

import re
import unicodedata
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from email.utils import parsedate_to_datetime
from typing import Any

from dateutil import parser

from service.articles.day_parts import with_24_hours
from service.core.errors import WartaError

MAX_DATE_CHARACTERS = 100  # the longest sensible spelling has about 60
YEARS = range(1900, 2201)
EXAMPLES = '"10 September 2021 11:43 WIB" or "2021-09-10T11:43:00+07:00"'
_HOUR_SECONDS = 3600
# The zones of RFC 822 §5.
_NORTH_AMERICAN = {
    f"{zone}{season}T": (hours + (season == "D")) * _HOUR_SECONDS
    for zone, hours in {"E": -5, "C": -6, "M": -7, "P": -8}.items()
    for season in "SD"
}
_SECOND = timedelta(seconds=1)
_DAY = timedelta(days=1)
MAX_QUOTED_CHARACTERS = 40  # of an unreadable date, in the error message

# Stricter than datetime.fromisoformat, which reads `2021-09-10 11.43` as 11 hours and a fraction of an hour.
_ISO = re.compile(
    r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?(?: ?(?:Z|[+-]\d\d:?\d\d(?::\d\d)?))?)?", re.ASCII
)
_RFC_822 = re.compile(
    r"(?:[A-Z][a-z]{2}, *)?\d{1,2} [A-Z][a-z]{2} (?:\d\d|\d{4}) \d\d:\d\d(?::\d\d)?"
    r" (?:GMT|UT|UTC|Z|[ECMP][SD]T|[+-]\d{4})",
    re.ASCII,
)

# The end of a day (ISO 8601-1:2019 §4.3.8.2), and a leap second.
_MIDNIGHT = re.compile(r"(?<![\d.:/+-])24([.:])00(?:\1(00))?(?:[.,]0+(?!\d))?(?![\d:]|[.,]\d)", re.ASCII)
_LEAP_SECOND = re.compile(r"(?<=\d[.:]\d\d)([.:])60(?![\d:])", re.ASCII)
_BEYOND = re.compile(r"24[:.]00|[:.]60", re.ASCII)  # what both patterns have in common
_APOSTROPHE = re.compile("(?<=[a-z])['’‘ʼ`´](?=[a-z])")
_DASH = re.compile("(?<=\\s)[-–—]+(?=\\s)")
_DAY_FIRST = re.compile(r"(?<![\d/.-])(\d{1,2})( ?[/.-] ?| )(\d{1,2})\2(\d{4})(?!\d)")
_BARE_HOUR = re.compile(r"\b(?:pukul|pkl|jam)\.? (\d{1,2})(?![\d.:])")
_DOTTED_TIME = re.compile(r"(?<![\d.:+-])(\d{1,2})\.(\d\d)(?:\.(\d\d))?(?!\.?\d)")
_TIME = re.compile(r"(?<![\d:+-])\d{1,2}:\d\d")
_ZONE_NAME = re.compile(r"(?<![^\W\d])(?:wib|wita|wit|gmt|utc|ut|z|[ecmp][sd]t)(?![^\W\d])")
_ZONE_OFFSET = re.compile(r"\b(?:GMT|UTC|WIB|WITA|WIT)\s*(?=[+-]\d)")
_ZONE_BETWEEN = re.compile(
    r"(\d{4}-\d\d-\d\d)(?:wib|wita|wit)(\d\d:\d\d(?::\d\d)?[+-]\d\d:?\d\d)"
)  # a CMS's own mixture
_SHORT_YEAR = re.compile(
    r"(?<![\d/.:-])(\d{1,2}(?:st|nd|rd|th)?[ -][a-z]{3,9}\.?,?)[ -]'?(\d\d)(?![\d:./-])(?! (?:wib|wita|wit|am|pm)\b)"
)
_COMMENT = re.compile(r"([+-]\d\d:?\d\d) *\([^()]*\)$")


class UnreadableDate(WartaError, ValueError):
    """A text is not one definite date. The message quotes the text, names the reason, and shows readable examples."""

    def __init__(self, text: str, reason: str) -> None:
        shown = "".join(c if c.isprintable() else " " for c in text[:MAX_QUOTED_CHARACTERS]) + "…" * (
            len(text) > MAX_QUOTED_CHARACTERS
        )
        super().__init__(f'"{shown}" {reason}; write for example {EXAMPLES}')


class _Incomplete(ValueError):
    """A date lacks its year, month or day. A missing part is never filled from today's date."""


class NewsroomInfo(parser.parserinfo):  # type: ignore[misc]  # dateutil has no types
    """The Indonesian and English words in dates, for dateutil. The texts are in lower case."""

    JUMP = [
        *parser.parserinfo.JUMP,
        *("|", "(", ")", "•", "·", "–", "—", "@", "hari", "tanggal", "tgl", "pukul", "pkl", "jam", "pada"),
    ]
    WEEKDAYS = [
        ("mon", "monday", "senin", "sen"),
        ("tue", "tues", "tuesday", "selasa", "sel"),
        ("wed", "wednesday", "rabu", "rab"),
        ("thu", "thur", "thurs", "thursday", "kamis", "kam"),
        ("fri", "friday", "jumat", "jumaat", "jum"),
        ("sat", "saturday", "sabtu", "sab"),
        ("sun", "sunday", "minggu", "min", "ahad", "ahd"),
    ]
    MONTHS = [
        ("jan", "january", "januari", "djan", "djanuari"),
        ("feb", "february", "februari", "peb", "pebruari"),
        ("mar", "march", "maret", "mrt"),
        ("apr", "april"),
        ("may", "mei"),
        ("jun", "june", "juni", "djuni"),
        ("jul", "july", "juli", "djuli"),
        ("aug", "august", "agustus", "agust", "agu", "agt", "agst", "ags"),
        ("sep", "sept", "september"),
        ("oct", "october", "oktober", "okt"),
        ("nov", "november", "nop", "nopember"),
        ("dec", "december", "desember", "des"),
    ]
    UTCZONE = ["UTC", "GMT", "UT", "Z"]
    TZOFFSET = {"WIB": 7 * _HOUR_SECONDS, "WITA": 8 * _HOUR_SECONDS, "WIT": 9 * _HOUR_SECONDS} | _NORTH_AMERICAN

    def convertyear(self, year: int, century_specified: bool = False) -> int:
        """Refuse a year of two digits: `12-02-26` can be any of three days. `_with_century` completes other ones."""
        if not century_specified:
            raise _Incomplete("has no year of four digits")
        return year

    def validate(self, res: Any) -> bool:
        """Refuse a date without year, month or day. dateutil calls this before it fills them in from its default."""
        for part in ("year", "month", "day"):
            if getattr(res, part) is None:
                raise _Incomplete(f"has no {part}")
        return bool(super().validate(res))


_PARSER = parser.parser(NewsroomInfo())  # keeps no state between calls, so threads may share it


def parse(text: str, zone: tzinfo) -> datetime:
    """The date and time in `text`, as an aware datetime. A text without a time zone is in `zone`.

    Numeric dates have the day first (`10/09/2021`) unless the year is first. `11.43` is a time, and `4.30 sore` is
    16:30. A missing time is 00:00. 24:00 is the end of the day. A year of two digits counts beside the name of a month.
    The weekday is not compared with the date: newsrooms make mistakes there, and mean the date. Raises UnreadableDate
    unless the text is one definite date in the years 1900 to 2200: a missing year, month or day is never filled in, and
    no time is guessed that the clocks of `zone` skip or have twice.
    """
    text = text.strip()
    if not text:
        raise UnreadableDate(text, "is not a date")
    if len(text) > MAX_DATE_CHARACTERS:
        raise UnreadableDate(text, f"is not a date: it has more than {MAX_DATE_CHARACTERS} characters")
    try:
        when = _read(text)
    except _Incomplete as error:
        raise UnreadableDate(text, f"is not a complete date: it {error}") from None
    except (ValueError, ArithmeticError, AssertionError, AttributeError, TypeError) as error:
        # dateutil documents ValueError only, but other errors escape from it.
        raise UnreadableDate(text, "is not a date that can be read") from error
    when = when if when.tzinfo else _there(when, zone, text)
    # The year in UTC counts, too: Warta shows the date in UTC, and must be able to read that text again.
    if when.year not in YEARS or when.astimezone(UTC).year not in YEARS:
        raise UnreadableDate(text, f"is not in the years {YEARS[0]} to {YEARS[-1]}")
    return when


def _there(when: datetime, zone: tzinfo, text: str) -> datetime:
    """The time in `zone`. Raises UnreadableDate for a time that its clocks skip or have twice."""
    first, second = when.replace(tzinfo=zone), when.replace(tzinfo=zone, fold=1)
    if first.utcoffset() == second.utcoffset():
        return first
    skipped = first.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != when
    what = "is a time that the clocks skip" if skipped else "is a time that the clocks show twice"
    raise UnreadableDate(text, f"{what} in the time zone {zone}; add the offset from UTC")


def _read(text: str) -> datetime:
    if not _BEYOND.search(text):
        return _parsed(text)
    text, ends = _MIDNIGHT.subn(lambda time: time[0].replace("24", "00", 1), text)
    text, leaps = _LEAP_SECOND.subn(r"\g<1>59", text)
    return _parsed(text) + ends * _DAY + leaps * _SECOND


def _parsed(text: str) -> datetime:
    if _ISO.fullmatch(text):
        return datetime.fromisoformat(text)
    if sent := _sent(text):
        return sent
    text = _plain(text)
    if len(_TIME.findall(text)) > 1:
        raise ValueError("two times of day")
    when: datetime = _PARSER.parse(text, tzinfos=_zone)
    return when


def _sent(text: str) -> datetime | None:
    """The time of a text in the form of RFC 822 with English names; None for another text."""
    if not _RFC_822.fullmatch(text):
        return None
    try:
        sent = parsedate_to_datetime(text)
    except ValueError:  # Kam, 23 Mei 2024
        return None
    return sent if sent.tzinfo else sent.replace(tzinfo=UTC)  # -0000: RFC 5322 §3.3


def utc_now() -> datetime:
    """The current time, in UTC."""
    return datetime.now(UTC)


def _plain(text: str) -> str:
    """`text` without the spellings that dateutil would misread. Each pattern handles one of them."""
    text = _APOSTROPHE.sub("", text.lower())
    text = unicodedata.normalize("NFKC", text)
    text = _DASH.sub("|", text)
    text = _ZONE_BETWEEN.sub(r"\1 \2", text)
    text = with_24_hours(text)
    text = _SHORT_YEAR.sub(_with_century, text)
    text = _DAY_FIRST.sub(r" \4-\3-\1 ", text)
    text = _BARE_HOUR.sub(r"\1:00", text)
    text = _DOTTED_TIME.sub(_with_colons, text)
    # dateutil takes only upper-case words for time zones. All other words stay in lower case, so that an unknown word
    # is an error and not a warning about an unknown zone.
    text = _ZONE_NAME.sub(lambda name: name[0].upper(), text)
    # dateutil reads GMT+7 as POSIX does: seven hours *behind* Greenwich.
    text = _ZONE_OFFSET.sub(" ", text)
    return _COMMENT.sub(r"\1", text)


def _with_century(date: re.Match[str]) -> str:
    """A year of two digits is one of 1969 to 2068, as in POSIX. The name of the month says that it is the year."""
    year = int(date[2])
    return f"{date[1]} {year + (2000 if year < 69 else 1900)}"


def _with_colons(time: re.Match[str]) -> str:
    return ":".join(part for part in time.groups() if part)


def _zone(_name: str | None, seconds: int | None) -> tzinfo | None:
    return None if seconds is None else timezone(timedelta(seconds=seconds))
