"""The time at which a page was published: stated for machines, otherwise written near the headline."""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime, tzinfo

from service.articles import dates
from service.articles.relative_dates import parse_relative

MAX_CANDIDATES = 10  # dates of one kind that are tried: a normal page has a few, a hostile page very many
MAX_LINE_CHARACTERS = 160
_LINES_ABOVE, _LINES_BELOW = 6, 12  # lines around the headline where its date may be
_WITH_ZONE = re.compile(
    r"(?:[+-]\d\d:?\d\d|Z|\b(?:GMT|UTC|WIB|WITA|WIT)\b(?:\s*[+-]\d{1,2})?)\s*(?:\(.*\))?$", re.IGNORECASE
)
WITH_TIME = re.compile(r"(?<![\d.])\d{1,2}[:.]\d\d(?![\d.]*[./]\d)|T\d\d|\d:\d\d")
_YEAR = re.compile(r"(?:19|20|21)\d\d")
_LABEL = re.compile(
    r"^[^\w(]*(?:(?:di)?(?:terbit(?:kan)?|posting|publikasi(?:kan)?|tayang|unggah)(?: pada)?"
    r"|published(?: on| at)?|posted(?: on)?|publish(?: date)?|date|tanggal|on|stand"
    r"|veröffentlicht(?: am)?|publié le|publicado(?: em| el)?|updated?(?: on)?|last updated(?: on)?)\s*[:|]?\s*",
    re.IGNORECASE,
)
_PIECE = re.compile(r"\s*[|•·–—]\s*")


def best(texts: Sequence[str], zone: tzinfo) -> str:
    """The best of the texts that are readable dates: one with a time and a zone, otherwise the first. "" without one.

    A text that is no date is left out. A date with a zone gives way to one of another day.
    """
    readable = [text for text in texts[:MAX_CANDIDATES] if _parsed(text, zone)]
    if not readable:
        return ""
    first = readable[0]
    if _WITH_ZONE.search(first):
        return first
    day = _parsed(first, zone)
    for text in readable[1:]:
        other = _parsed(text, zone)
        if day and other and _WITH_ZONE.search(text) and abs((other - day).total_seconds()) < 36 * 3600:
            return text
    if not WITH_TIME.search(first):
        return next((t for t in readable if WITH_TIME.search(t) and _same_day(_parsed(t, zone), day)), first)
    return first


def near(lines: Sequence[str], headline: str) -> list[str]:
    """The visible lines around the headline, those below it first; [] if it is not among them."""
    at = next((n for n, line in enumerate(lines) if line == headline), None)
    if at is None:
        return []
    return [*lines[at + 1 : at + 1 + _LINES_BELOW], *reversed(lines[max(at - _LINES_ABOVE, 0) : at])]


def relative(lines: Sequence[str], seen_at: datetime | None, zone: tzinfo) -> str:
    """The first time such as `2 jam yang lalu` in the lines, told from when the page was seen; "" without one."""
    if seen_at is not None:
        for line in lines:
            for text in (line, *_PIECE.split(line)):
                if len(text) <= MAX_LINE_CHARACTERS and (when := parse_relative(_LABEL.sub("", text), seen_at, zone)):
                    return when.isoformat(timespec="seconds")
    return ""


def in_line(line: str, zone: tzinfo) -> Iterator[str]:
    """Yield the date in a line such as `Diterbitkan: Jumat, 10 September 2021 11:43 WIB | Oleh: Sari`."""
    if len(line) > MAX_LINE_CHARACTERS or not _YEAR.search(line):
        return
    text = _LABEL.sub("", line)
    pieces = _PIECE.split(text)
    joined = [" | ".join(pieces[start : start + size]) for size in (2, 1) for start in range(len(pieces) - size + 1)]
    for candidate in [text, *joined][:MAX_CANDIDATES]:
        candidate = _LABEL.sub("", candidate)
        if _YEAR.search(candidate) and _parsed(candidate, zone):
            yield candidate
            return


def _parsed(text: str, zone: tzinfo) -> datetime | None:
    try:
        return dates.parse(text, zone)
    except dates.UnreadableDate:
        return None


def _same_day(one: datetime | None, other: datetime | None) -> bool:
    return one is not None and other is not None and one.date() == other.date()
