"""The time at which a page was published: stated for machines, otherwise written near the headline."""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime, tzinfo

from service.articles import dates
from service.articles.relative_dates import parse_relative
from service.importers.html import months

MAX_CANDIDATES = 10  # dates of one kind that are tried: a normal page has a few, a hostile page very many
MAX_LINE_CHARACTERS = 160
_LINES_ABOVE, _LINES_BELOW = 6, 12  # lines around the headline where its date may be
_WITH_ZONE = re.compile(
    r"(?:[+-]\d\d:?\d\d|Z|\b(?:GMT|UTC|WIB|WITA|WIT|[ECMP][SD]T)\b(?:\s*[+-]\d{1,2})?)\s*(?:\(.*\))?$", re.IGNORECASE
)
WITH_TIME = re.compile(r"(?<![\d.])\d{1,2}[:.]\d\d(?![\d.]*[./]\d)|T\d\d|\d:\d\d")
_YEAR = re.compile(r"(?:19|20|21)\d\d")
_LABEL = re.compile(
    r"^[^\w(]*(?:(?:di)?(?:terbit(?:kan)?|posting|publikasi(?:kan)?|tayang|unggah)(?: pada)?"
    r"|published(?: on| at)?|posted(?: on)?|publish(?: date)?|date|tanggal|on|stand"
    r"|veröffentlicht(?: am)?|publié le|publicado(?: em| el)?|updated?(?: on)?|last updated(?: on)?)\s*[:|]?\s*",
    re.IGNORECASE,
)
_MONTH = r"(?:jan|feb|peb|mar|mrt|apr|ma[yi]|jun|jul|aug|ag[ust]|sep|o[ck]t|nov|nop|de[cs])[a-z]{0,7}\.?"
_DATE = re.compile(
    rf"\b(?:\d{{1,2}}(?:st|nd|rd|th)? {_MONTH},? (?:19|20)\d\d|{_MONTH} \d{{1,2}}(?:st|nd|rd|th)?,? (?:19|20)\d\d"
    r"|(?:19|20)\d\d-\d\d-\d\d|\d{1,2}/\d{1,2}/(?:19|20)\d\d)\b",
    re.IGNORECASE,
)
_EAST_ASIAN = re.compile(r"\b((?:19|20)\d\d) ?[年년] ?(\d{1,2}) ?[月월] ?(\d{1,2}) ?[日일]")
_CLOCK = re.compile(
    r"\b(\d{1,2}[:.]\d\d)(?::\d\d)?(?:\s*([ap])\.?m\b\.?)?(?:\s*\(?([A-Z]{1,5}T|GMT|UTC|WIB|WITA)\b)?", re.IGNORECASE
)
_KNOWN_ZONES = {name.lower() for name in (*dates.NewsroomInfo.TZOFFSET, *dates.NewsroomInfo.UTCZONE)}
_MAX_WORDS_BESIDE = 8  # words beside a date in a line that is no sentence
_PIECE = re.compile(r"\s*[|•·–—]\s*")


def best(texts: Sequence[str], zone: tzinfo) -> str:
    """The best of the texts that are readable dates: one with a time and a zone, otherwise the first. "" without one.

    A text that is no date is left out. A date with a zone gives way to one of another day.
    """
    tried = [text if _parsed(text, zone) else _within(text[:MAX_LINE_CHARACTERS]) for text in texts[:MAX_CANDIDATES]]
    readable = [text for text in tried if text and _parsed(text, zone)]
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
    at = next((n for n, line in enumerate(lines) if line.replace("\u00ad", "") == headline), None)
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
    if (found := _within(line)) and _parsed(found, zone):
        yield found


def _within(line: str) -> str:
    """The date among other words of a line, such as `By Sari Uji, 10:02 AM EST Nov 19, 2019`; "" in a sentence.

    The time counts if its zone is known, or if it has none.
    """
    if east := _EAST_ASIAN.search(line):
        return f"{east[1]}-{int(east[2]):02}-{int(east[3]):02}"
    date = _DATE.search(line)
    if date is None:
        return months.read(line) if len(re.findall(r"[^\W\d_]+", line)) <= _MAX_WORDS_BESIDE else ""
    beside = f"{line[: date.start()]} | {line[date.end() :]}"
    clock = _CLOCK.search(beside)
    words = re.findall(r"[^\W\d_]+", _CLOCK.sub(" ", beside))
    if len(words) > _MAX_WORDS_BESIDE or line.endswith((".", ",")):
        return ""
    if clock is None or (clock[3] and clock[3].lower() not in _KNOWN_ZONES):
        return date[0]
    half = f" {clock[2].lower()}m" if clock[2] else ""
    return f"{date[0]} {clock[1].replace('.', ':')}{half} {clock[3] or ''}".strip()


def _parsed(text: str, zone: tzinfo) -> datetime | None:
    try:
        return dates.parse(text, zone)
    except dates.UnreadableDate:
        return None


def _same_day(one: datetime | None, other: datetime | None) -> bool:
    return one is not None and other is not None and one.date() == other.date()
