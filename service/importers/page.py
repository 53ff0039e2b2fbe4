"""Saved text of a newsroom's page, as a person copies it from the browser.

In this order, one line each, blank lines meaning nothing: section; caption and credit of the photo
(`Nama Orang/Ist`); category; headline; dateline (`JUMAT, 10 SEPTEMBER 2021 | 11:43 WIB | LAPORAN: NAMA REPORTER`);
paragraphs; boxes (`Populer`, `UPDATE`), each with headlines and their times in turn; `Selengkapnya`. Only the
headline and the dateline must be there.
"""

import html
import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, tzinfo
from hashlib import sha256
from itertools import takewhile

from service import dates
from service.importers.found import Found, Refused
from service.importers.source import Opened, SourceUnreadable
from service.text import slug, xml_safe

PAGE_LIMIT = 1024 * 1024  # bytes
ABOVE_LIMIT = 500  # lines, menus included, among which the dateline is looked for
SLUG_LENGTH = 150  # characters
_NO_DATELINE = (
    "not an article page: looked for a headline and, below it, a dateline such as JUMAT, 10 SEPTEMBER 2021 | 11:43 WIB"
)
_YEAR = re.compile(r"(?:19|20|21)\d\d", re.ASCII)
_TIME = re.compile(r"\d[.:]\d\d")
# A date and a time as far as the eye goes; if it cannot be read, that is said, rather than taken for a headline.
_LOOKS_DATED = re.compile(r"[^|]{3,60}\|[^|]{0,20}\d[.:]\d\d\b[^|]{0,12}(?:\|.*)?")
_REPORTER = re.compile(r"(?:laporan|reporter|oleh|penulis|pewarta)\s*:\s*(?P<names>.+)", re.IGNORECASE)
_BETWEEN_REPORTERS = re.compile(r"\s*[,&]\s*|\s+dan\s+", re.IGNORECASE)
_CAPTION = re.compile(r"(?P<caption>.*[^\s/])\s*/\s*(?P<credit>[^/]{1,60})")
_BOX = re.compile(r"(populer|terpopuler|update|terbaru|terkini|selengkapnya|baca juga)\s*:?", re.IGNORECASE)
_NAMES = 7  # of boxes
_END = "selengkapnya"
_LINK = "baca juga"
_LETTERS = re.compile("[^\\W\\d_]+(?:['’‘ʼ`][^\\W\\d_]+)*")
_PARTICLES = {"bin", "binti", "van", "von", "der"}
_ROMAN = {"II", "III", "IV", "VI", "VII", "VIII", "IX", "XI", "XII"}


def recognises(head: bytes) -> bool:
    """Whether there is a dateline in the text."""
    return any(_is_dated(line) for line in _lines(head)[:ABOVE_LIMIT])


def read(source: Opened, zone: tzinfo) -> Iterator[Found | Refused]:
    """The page's article (`where` is `article`), then the headlines of its boxes (`Populer 1`), each article once.

    Ids are made of day and headline, so that a box and the article's own page agree on them. A time without a zone
    is in `zone`. A box line without a readable time is Refused. Raises SourceUnreadable for a page without headline
    or dateline.
    """
    lines = _lines(source.whole(PAGE_LIMIT))
    boxes_at = next((at for at in range(len(lines)) if _is_box(lines, at)), len(lines))
    dateline_at = _dateline_at(lines[: min(boxes_at, ABOVE_LIMIT)])
    if not dateline_at:  # there is none, or no headline above it
        raise SourceUnreadable(f"{source.name}: {_NO_DATELINE}")
    try:
        article = _article(lines[:boxes_at], dateline_at, zone)
    except dates.UnreadableDate as error:
        raise SourceUnreadable(f"{source.name}: {error}") from error
    yield article
    given = {article.fields["id"]}
    for item in _box_items(lines[boxes_at:], zone):
        if isinstance(item, Found):
            if item.fields["id"] in given:
                continue
            given.add(item.fields["id"])
        yield item


def _lines(data: bytes) -> list[str]:
    """The lines that are not blank, white space collapsed; what is not Unicode is taken for Windows-1252."""
    try:
        text = data.decode("utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", "replace")
    return [line for line in (" ".join(line.split()) for line in xml_safe(text).splitlines()) if line]


def _dateline_at(lines: Sequence[str]) -> int | None:
    """Where the dateline is; a date without a time counts only if there is no better (portals show today's)."""
    dated = [at for at, line in enumerate(lines) if _is_dated(line)]
    return next((at for at in dated if _TIME.search(lines[at])), dated[0] if dated else None)


def _is_dated(line: str) -> bool:
    if not _YEAR.search(line):  # spares nearly every line the costly look
        return False
    if _LOOKS_DATED.fullmatch(line):
        return True
    try:
        _time(line, UTC)
    except dates.UnreadableDate:
        return False
    return True


def _time(dateline: str, zone: tzinfo) -> datetime:
    """The time in a dateline, whatever stands behind it. Raises UnreadableDate."""
    told = [part for part in dateline.split("|") if not _REPORTER.fullmatch(part.strip())]
    return dates.parse("|".join(told[:2]), zone)


def _is_box(lines: Sequence[str], at: int) -> bool:
    """Whether a box begins: its name alone on a line, with a headline and its time below, another box, or nothing."""
    headings = list(takewhile(_BOX.fullmatch, lines[at : at + _NAMES]))
    if not headings:
        return False
    below = lines[at + len(headings) : at + len(headings) + 2]
    ends = any(heading.lower().startswith(_END) for heading in headings)
    return ends or not below or (len(below) == 2 and _is_dated(below[1]))


def _article(lines: Sequence[str], dateline_at: int, zone: tzinfo) -> Found:
    *above, headline = lines[:dateline_at]
    dateline, below = lines[dateline_at], lines[dateline_at + 1 :]
    reporters = next((found for part in dateline.split("|") if (found := _REPORTER.fullmatch(part.strip()))), None)
    if not reporters and below and (reporters := _REPORTER.fullmatch(below[0])):
        below = below[1:]
    body = "".join(f"<p>{html.escape(paragraph, quote=False)}</p>" for paragraph in _paragraphs(below))
    fields = {
        **_known_by(headline, _time(dateline, zone)),
        **_section_photo_category(above),
        "authors": [{"name": name} for name in _names(reporters["names"])] if reporters else [],
        "content_html": body,
    }
    return Found("article", {name: value for name, value in fields.items() if value})


def _known_by(headline: str, published: datetime) -> dict[str, object]:
    """What every article of a page has. The id is the day, in the dateline's own zone, and the headline."""
    name = slug(headline)[:SLUG_LENGTH].strip("-") or sha256(headline.encode()).hexdigest()[:16]
    return {"id": f"{published:%Y%m%d}-{name}", "title": headline, "published_at": published.isoformat()}


def _section_photo_category(above: Sequence[str]) -> dict[str, object]:
    """What stands above the headline, told apart by the slash in the photo's line, else by order alone."""
    photo_at = next((at for at, line in enumerate(above) if "://" not in line and _CAPTION.fullmatch(line)), None)
    if photo_at is None and len(above) == 3:
        photo_at = 1
    if photo_at is None:
        section, category = above[-2:-1], above[-1:]
        return {"section": "".join(section), "categories": [*category]}
    with_credit = _CAPTION.fullmatch(above[photo_at])
    return {
        "section": "".join(above[:photo_at][-1:]),
        "image": with_credit.groupdict() if with_credit else {"caption": above[photo_at]},
        "categories": [*above[photo_at + 1 :][-1:]],
    }


def _paragraphs(lines: Sequence[str]) -> Iterator[str]:
    """The lines of the body without links to other articles: `Baca juga: …`, or the same over two lines."""
    rest = iter(lines)
    for line in rest:
        if not line.lower().startswith(_LINK):
            yield line
        elif _BOX.fullmatch(line):
            next(rest, None)


def _names(reporters: str) -> list[str]:
    return [_person(name) for name in _BETWEEN_REPORTERS.split(reporters) if name]


def _person(name: str) -> str:
    """`name` as names are written; one that is not in capitals is left as it is."""
    words = name.split()
    if any(word != word.upper() and word not in _PARTICLES for word in words):
        return name
    return " ".join(_name_word(word, first=at == 0) for at, word in enumerate(words))


def _name_word(word: str, *, first: bool) -> str:
    if word in _ROMAN:
        return word
    if word.lower() in _PARTICLES and not first:
        return word.lower()
    return _LETTERS.sub(lambda letters: letters[0].capitalize(), word)


def _box_items(lines: Sequence[str], zone: tzinfo) -> Iterator[Found | Refused]:
    """The articles of the boxes, each a headline and the line with its time; what follows the last time is ignored."""
    box, number, headline = _END, 0, ""
    for line in lines:
        heading = _BOX.fullmatch(line)
        if headline and (heading or not _is_dated(line)):
            yield Refused(f"{box} {number}", f'no time below the headline "{headline}"')
        if heading:
            box, number, headline = heading[1], 0, ""
        elif box.lower() == _END:
            continue
        elif _is_dated(line):
            if headline:
                yield _box_item(f"{box} {number}", headline, line, zone)
            headline = ""
        else:
            number, headline = number + 1, line


def _box_item(where: str, headline: str, dateline: str, zone: tzinfo) -> Found | Refused:
    try:
        return Found(where, _known_by(headline, _time(dateline, zone)), headline_only=True)
    except dates.UnreadableDate as error:
        return Refused(where, str(error))
