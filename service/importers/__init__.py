"""Importers: read documents of other sites and programs as articles in the API's JSON form.

    for source in importers.find("berita/"):
        with source.open() as opened:
            for item in importers.read(opened, None, zone):  # Found or Refused
                ...

A format is a module with two functions, `recognises(head)` and `read(source, zone)`, and a line in FORMATS.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from pathlib import PurePath
from urllib.parse import urlsplit

from service.core.errors import WartaError
from service.importers import feeds, html, jsonl, page, wxr
from service.importers.result import FoundArticle, RefusedItem
from service.importers.source import OpenSource, Source, SourceUnreadable, find, unreadable_errors

__all__ = [
    "FORMATS",
    "FoundArticle",
    "OpenSource",
    "RefusedItem",
    "Source",
    "SourceFormat",
    "SourceUnreadable",
    "UnknownFormat",
]
__all__ += ["detect", "find", "read"]


@dataclass(frozen=True)
class SourceFormat:
    """A source format: the function that reads it, and the signs that identify it.

    The signs are the first bytes of the source (`recognizes`), otherwise its file extension or its media type.
    """

    read: Callable[[OpenSource, tzinfo], Iterator[FoundArticle | RefusedItem]]
    recognizes: Callable[[bytes], bool]
    extensions: frozenset[str]
    media_types: frozenset[str]


# `detect` tries the formats in this order. WordPress exports and HTML pages look like feeds, a JSON Feed begins like
# JSON Lines, and any text may contain a dateline.
FORMATS = {
    "wxr": SourceFormat(wxr.read, wxr.recognises, frozenset({".wxr"}), frozenset()),
    "html": SourceFormat(
        html.read,
        html.recognises,
        frozenset({".html", ".htm", ".xhtml"}),
        frozenset({"text/html", "application/xhtml+xml"}),
    ),
    "feed": SourceFormat(
        feeds.read,
        feeds.recognises,
        frozenset({".rss", ".atom", ".xml", ".rdf"}),
        frozenset(
            {"application/rss+xml", "application/atom+xml", "application/feed+json", "application/xml", "text/xml"}
        ),
    ),
    "jsonl": SourceFormat(
        jsonl.read,
        jsonl.recognises,
        frozenset({".jsonl", ".ndjson", ".json"}),
        frozenset({"application/jsonl", "application/x-ndjson", "application/json"}),
    ),
    "page": SourceFormat(page.read, page.recognises, frozenset({".txt"}), frozenset({"text/plain"})),
}


class UnknownFormat(WartaError):
    """There is no format with the given name, or the format of a source cannot be detected."""


def detect(source: OpenSource) -> str:
    """Detect the format of a source from its first bytes, otherwise from its extension or media type. Returns its name.

    Raises UnknownFormat if no format fits.
    """
    head = source.head()
    if head.startswith(b"PK\x03\x04"):
        raise UnknownFormat(f"{source.name}: a zip archive; unpack it and import what is in it")
    suffix = PurePath(urlsplit(source.url).path if source.url else source.name.removesuffix(".gz")).suffix.lower()
    media_type = source.content_type.partition(";")[0]
    for name, known in FORMATS.items():
        if known.recognizes(head):
            return name
    for name, known in FORMATS.items():
        if suffix in known.extensions or media_type in known.media_types:
            return name
    raise UnknownFormat(f"{source.name}: the format is unknown; name it: --as {', --as '.join(FORMATS)}")


def read(
    source: OpenSource, as_format: str | None, zone: tzinfo, *, undated: datetime | None = None
) -> Iterator[FoundArticle | RefusedItem]:
    """Read the articles of a source lazily, in the order of the source. Detect the format if `as_format` is None.

    A time without a zone is in `zone`. Articles without a date, in formats where they would pass for new, get the date
    `undated`; they are refused if it is None. An item that cannot be read becomes a RefusedItem, and reading continues
    with the next item. If the source breaks off after some items, the last result is a RefusedItem with the reason.
    Raises SourceUnreadable or UnknownFormat, with a message of one line, if not a single item can be read.
    """
    if as_format is not None and as_format not in FORMATS:
        raise UnknownFormat(f"there is no format {as_format}; the formats are {', '.join(FORMATS)}")
    last = None
    try:
        with unreadable_errors(source.name):
            for last in FORMATS[as_format or detect(source)].read(source, zone):
                yield _dated(last, undated)
    except SourceUnreadable as error:
        if last is None:
            raise
        yield RefusedItem(f"below {last.where}", str(error).removeprefix(f"{source.name}: "))


def _dated(item: FoundArticle | RefusedItem, undated: datetime | None) -> FoundArticle | RefusedItem:
    if isinstance(item, RefusedItem) or not item.undated:
        return item
    if undated is None:
        return RefusedItem(
            item.where, "has no date of publication; --date-from mtime takes the file's, or --date-from now"
        )
    return replace(item, fields={**item.fields, "published_at": undated.isoformat()})
