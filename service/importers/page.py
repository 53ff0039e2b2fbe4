"""Saved text of an article page, as a person copies it from the browser.

The layout has one line for each part, in this order: section; caption and credit of the photo (`Nama Orang/Ist`);
category; headline; dateline (`JUMAT, 10 SEPTEMBER 2021 | 11:43 WIB | LAPORAN: NAMA REPORTER`); paragraphs; boxes
(`Populer`, `UPDATE`), each with a headline and its time in turn; `Selengkapnya`. Only the headline and the dateline
are required. Blank lines are ignored.
"""

import html
import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, tzinfo
from hashlib import sha256
from itertools import islice, pairwise, takewhile
from typing import NamedTuple

from service.articles import dates
from service.articles.characters import xml_safe
from service.articles.slugs import plain_slug
from service.importers.feed_entry import FeedEntry, to_item
from service.importers.options import ReadOptions
from service.importers.result import FoundArticle, ImportItem, RefusedItem
from service.importers.source import OpenSource, SourceUnreadable

MAX_PAGE_BYTES = 1024 * 1024  # bytes of a page
MAX_LINES_ABOVE = 500  # lines, menus included, that are searched for the dateline; also lines of boxes that are read
MAX_LINE_CHARACTERS = 300  # characters; a longer line is no dateline and no caption with a credit
MIN_BODY_CHARACTERS = 200  # characters; longer than any headline in a box, so a longer text is an article
MAX_SLUG_CHARACTERS = 150  # characters of the headline's slug in an id
_NO_DATELINE = (
    "not an article page: looked for a headline and, below it, a dateline such as JUMAT, 10 SEPTEMBER 2021 | 11:43 WIB"
)
_YEAR = re.compile(r"(?:19|20|21)\d\d", re.ASCII)
_TIME = re.compile(r"\d[.:]\d\d")
# A line that looks like a date and a time. If it cannot be read, the importer reports it instead of using it as a
# headline.
_LOOKS_DATED = re.compile(r"[^|]{3,60}\|[^|]{0,20}\d[.:]\d\d\b[^|]{0,12}(?:\|.*)?")
_REPORTER = re.compile(r"(?:laporan|reporter|oleh|penulis|pewarta)\s*:\s*(?P<names>.+)", re.IGNORECASE)
_BETWEEN_REPORTERS = re.compile(r"\s*[,&]\s*|\s+dan\s+", re.IGNORECASE)
_CAPTION = re.compile(r"(?P<caption>.*[^\s/])\s*/\s*(?P<credit>[^/]{1,60})")
_CREDIT = re.compile(r"(?:ist|istimewa|net|repro|antara|reuters|afp|(?:dok|foto|humas|getty)\b.*)\.?", re.IGNORECASE)
_BOX = re.compile(r"(populer|terpopuler|update|terbaru|terkini|selengkapnya|baca juga)\s*:?", re.IGNORECASE)
_MAX_BOX_NAMES = 7  # names of boxes that may follow each other
_END = "selengkapnya"
_LINK = "baca juga"
_LETTERS = re.compile("[^\\W\\d_]+(?:['’‘ʼ`][^\\W\\d_]+)*")
_PARTICLES = {"bin", "binti", "van", "von", "der"}
_ROMAN = {"II", "III", "IV", "VI", "VII", "VIII", "IX", "XI", "XII"}


def recognises(head: bytes) -> bool:
    """True if there is a dateline in the text."""
    return any(_is_dated(line) for line in _lines(head)[:MAX_LINES_ABOVE])


def read(source: OpenSource, options: ReadOptions) -> Iterator[ImportItem]:
    """Read the article of the page (place `article`), then the headlines of its boxes (`Populer 1`), each article once.

    Ids are made from day and headline, so that an article has the same id in a box and on its own page. A time without
    a zone is in `zone`. A box line without a readable time becomes a RefusedItem. Raises SourceUnreadable if the page
    has no headline or no dateline.
    """
    layout = _layout(_lines(source.whole(MAX_PAGE_BYTES)))
    if layout is None:
        raise SourceUnreadable(f"{source.name}: {_NO_DATELINE}")
    try:
        entry = _entry(layout, options.zone)
    except dates.UnreadableDate as error:
        raise SourceUnreadable(f"{source.name}: {error}") from error
    yield to_item("article", entry, options.zone)
    given: set[object] = {entry.id}
    for headline in _box_items(layout.boxes, options.zone):
        if isinstance(headline, FoundArticle):
            if headline.fields["id"] in given:
                continue
            given.add(headline.fields["id"])
        yield headline


def article(lines: Sequence[str], zone: tzinfo) -> FeedEntry | None:
    """The article in the visible text of a page; None if the text does not have the layout. Raises UnreadableDate."""
    layout = _layout(lines)
    return _entry(layout, zone) if layout else None


def caption_and_credit(text: str) -> tuple[str, str]:
    """Split `Nama Orang/Ist` into caption and credit. A text without a credit is a caption."""
    told = _CAPTION.fullmatch(text) if len(text) <= MAX_LINE_CHARACTERS and "://" not in text else None
    return (told["caption"], told["credit"]) if told else (text, "")


def known_by(headline: str, published: datetime) -> str:
    """Make an id for an article without one, from the headline and the day in the time zone of `published`."""
    name = plain_slug(headline)[:MAX_SLUG_CHARACTERS].strip("-") or sha256(headline.encode()).hexdigest()[:16]
    return f"{published:%Y%m%d}-{name}"


class _Layout(NamedTuple):
    """The lines of a page in groups: above the headline, headline, dateline, below it, and boxes at any place."""

    above: Sequence[str]
    headline: str
    dateline: str
    below: Sequence[str]
    boxes: Sequence[str]


def _layout(lines: Sequence[str]) -> _Layout | None:
    boxes_at = _box_at(lines)
    dateline_at = _dateline_at(lines[: min(boxes_at, MAX_LINES_ABOVE)])
    if dateline_at is None:
        return _layout_below_boxes(lines, boxes_at)
    if dateline_at == 0:
        return None
    *above, headline = lines[:dateline_at]
    return _Layout(above, headline, lines[dateline_at], lines[dateline_at + 1 : boxes_at], lines[boxes_at:])


def _layout_below_boxes(lines: Sequence[str], boxes_at: int) -> _Layout | None:
    """The layout of a page with boxes above the article. The dateline with the longest text below is the article's."""
    reach = range(boxes_at, min(boxes_at + MAX_LINES_ABOVE, len(lines)))
    parting = [at for at in reach if _BOX.fullmatch(lines[at]) or _is_dated(lines[at])]
    sizes = {
        at: sum(map(len, lines[at + 1 : next_at]))
        for at, next_at in pairwise([*parting, len(lines)])
        if not _BOX.fullmatch(lines[at])
    }
    dateline_at = max(sizes, key=lambda at: sizes[at], default=0)
    start = max((at + 1 for at in parting if at < dateline_at), default=dateline_at)
    if start == dateline_at or (sizes[dateline_at] < MIN_BODY_CHARACTERS and not _reporter(lines[dateline_at])):
        return None
    *above, headline = lines[start:dateline_at]
    below = lines[dateline_at + 1 :]
    end = _box_at(below)
    return _Layout(above, headline, lines[dateline_at], below[:end], [*lines[boxes_at:start], *below[end:]])


def _lines(data: bytes) -> list[str]:
    """The lines that are not blank, with white space collapsed. Bytes that are not Unicode are read as Windows-1252."""
    try:
        text = data.decode("utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", "replace")
    return [line for line in (" ".join(line.split()) for line in xml_safe(text).splitlines()) if line]


def _dateline_at(lines: Sequence[str]) -> int | None:
    """The index of the dateline. A date without a time counts only if no line has both: portals show today's date."""
    dated = [at for at, line in enumerate(lines) if _is_dated(line)]
    return next((at for at in dated if _TIME.search(lines[at])), dated[0] if dated else None)


def _is_dated(line: str) -> bool:
    if len(line) > MAX_LINE_CHARACTERS or not _YEAR.search(line):  # spares most lines the slow parser
        return False
    if _LOOKS_DATED.fullmatch(line):
        return True
    try:
        _time(line, UTC)
    except dates.UnreadableDate:
        return False
    return True


def _time(dateline: str, zone: tzinfo) -> datetime:
    """The time in a dateline. Reporters and other parts behind it are ignored. Raises UnreadableDate."""
    told = [part for part in dateline.split("|") if not _REPORTER.fullmatch(part.strip())]
    return dates.parse("|".join(told[:2]), zone)


def _box_at(lines: Sequence[str]) -> int:
    """The index of the line where the first box begins, or the number of lines if there is no box."""
    named = (at for at, line in enumerate(lines) if _BOX.fullmatch(line))
    return next((at for at in islice(named, MAX_LINES_ABOVE) if _is_box(lines, at)), len(lines))


def _is_box(lines: Sequence[str], at: int) -> bool:
    """True if a box begins at this line.

    A box begins with its name alone on a line. Below it is a headline with its time, another name of a box, or nothing.
    """
    headings = list(takewhile(_BOX.fullmatch, lines[at : at + _MAX_BOX_NAMES]))
    if not headings:
        return False
    below = lines[at + len(headings) : at + len(headings) + 2]
    ends = any(heading.lower().startswith(_END) for heading in headings)
    return ends or not below or (len(below) == 2 and _is_dated(below[1]))


def _entry(layout: _Layout, zone: tzinfo) -> FeedEntry:
    reporters, below = _reporter(layout.dateline), layout.below
    if not reporters and below and (reporters := _reporter(below[0])):
        below = below[1:]
    published = _time(layout.dateline, zone)
    photo_at = _photo_at(layout.above)
    before, photo, after = (
        (layout.above[:photo_at], layout.above[photo_at], layout.above[photo_at + 1 :])
        if photo_at is not None
        else (layout.above[:-1], "", layout.above[-1:])
    )
    caption, credit = caption_and_credit(photo)
    return FeedEntry(
        id=known_by(layout.headline, published),
        title=layout.headline,
        published=published.isoformat(),
        section="".join(before[-1:]),
        caption=caption,
        credit=credit,
        categories=after[-1:],
        authors=[(name, "") for name in _names(reporters)],
        content_html="".join(f"<p>{html.escape(text, quote=False)}</p>" for text in _paragraphs(below)),
    )


def _reporter(line: str) -> str:
    """The names in a line with a part such as `LAPORAN: NAMA REPORTER`; "" if there are none."""
    parts = line.split("|") if len(line) <= MAX_LINE_CHARACTERS else []
    return next((told["names"] for part in parts if (told := _REPORTER.fullmatch(part.strip()))), "")


def _photo_at(above: Sequence[str]) -> int | None:
    """The index of the photo's line above the headline: the line with a slash, otherwise the second of three lines."""
    for at, line in enumerate(above):
        caption, credit = caption_and_credit(line)
        # `Hukum/Kriminal` is a category: a caption has more than one word, or a credit that only photos have.
        if credit and (" " in caption or _CREDIT.fullmatch(credit)):
            return at
    return 1 if len(above) == 3 else None


def _paragraphs(lines: Sequence[str]) -> Iterator[str]:
    """The lines of the body without links to other articles (`Baca juga: …`, on one line or over two lines)."""
    rest = iter(lines)
    for line in rest:
        if not line.lower().startswith(_LINK):
            yield line
        elif _BOX.fullmatch(line):
            next(rest, None)


def _names(reporters: str) -> list[str]:
    return [_person(name) for name in _BETWEEN_REPORTERS.split(reporters) if name]


def _person(name: str) -> str:
    """Convert a name in capitals to the usual case. A name in another case is returned unchanged."""
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


def _box_items(lines: Sequence[str], zone: tzinfo) -> Iterator[FoundArticle | RefusedItem]:
    """Yield the articles of the boxes: a headline and the line with its time. Lines below the last time are ignored."""
    box, number, headline = _END, 0, ""
    for line in lines[:MAX_LINES_ABOVE]:
        heading = _BOX.fullmatch(line)
        if headline and (heading or not _is_dated(line)):
            yield RefusedItem(f"{box} {number}", f'no time below the headline "{headline}"')
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


def _box_item(where: str, headline: str, dateline: str, zone: tzinfo) -> FoundArticle | RefusedItem:
    try:
        published = _time(dateline, zone)
        fields: dict[str, object] = {
            "id": known_by(headline, published),
            "title": headline,
            "published_at": published.isoformat(),
        }
        return FoundArticle(where, fields, headline_only=True)
    except dates.UnreadableDate as error:
        return RefusedItem(where, str(error))
