"""Importers: read documents of other sites and programs as articles in the API's JSON form.

    for source in importers.find("berita/"):
        with source.open() as opened:
            for item in importers.read(opened, None, options):  # FoundArticle, FoundUrl, SkippedItem, RefusedItem
                ...

A format is a module with two functions, `recognises(head)` and `read(source, options)`, and a line in FORMATS.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import PurePath
from urllib.parse import urlsplit

from service.articles.dates import utc_now
from service.articles.origins import SourceKind, name_key
from service.core.errors import WartaError
from service.importers import feeds, html, jsonl, page
from service.importers.exports import blogger, ghost, markdown, medium, newsml, ninjs, table
from service.importers.lists import opml, sitemap
from service.importers.options import ReadOptions
from service.importers.result import FoundArticle, FoundUrl, ImportItem, RefusedItem, SkippedItem
from service.importers.source import OpenSource, Source, SourceUnreadable, find, of_url, unreadable_errors
from service.importers.unsupported import unsupported
from service.importers.wordpress import rest, wxr

__all__ = [
    "FORMATS",
    "FoundArticle",
    "FoundUrl",
    "ImportItem",
    "OpenSource",
    "ReadOptions",
    "RefusedItem",
    "SkippedItem",
    "Source",
    "SourceFormat",
    "SourceUnreadable",
    "UndatedSource",
    "UnknownFormat",
]
__all__ += ["detect", "find", "of_url", "read"]


@dataclass(frozen=True)
class SourceFormat:
    """A source format: the function that reads it, how much it tells, and the signs that identify it.

    The signs are the first bytes of the source (`recognizes`), otherwise its file extension or its media type.
    """

    read: Callable[[OpenSource, ReadOptions], Iterator[ImportItem]]
    kind: SourceKind
    recognizes: Callable[[bytes], bool]
    extensions: frozenset[str] = frozenset()
    media_types: frozenset[str] = frozenset()


# `detect` tries the formats in this order. Several of them look like HTML, like a feed, or like JSON Lines, and any
# text may contain a dateline.
FORMATS = {
    "wxr": SourceFormat(wxr.read, SourceKind.EXPORT, wxr.recognises, frozenset({".wxr"})),
    "blogger": SourceFormat(blogger.read, SourceKind.EXPORT, blogger.recognises),
    "newsml": SourceFormat(newsml.read, SourceKind.EXPORT, newsml.recognises),
    "sitemap": SourceFormat(sitemap.read, SourceKind.FEED, sitemap.recognises),
    "opml": SourceFormat(opml.read, SourceKind.FEED, opml.recognises, frozenset({".opml"})),
    "medium": SourceFormat(medium.read, SourceKind.EXPORT, medium.recognises),
    "html": SourceFormat(
        html.read,
        SourceKind.PAGE,
        html.recognises,
        frozenset({".html", ".htm", ".xhtml"}),
        frozenset({"text/html", "application/xhtml+xml"}),
    ),
    "feed": SourceFormat(
        feeds.read,
        SourceKind.FEED,
        feeds.recognises,
        frozenset({".rss", ".atom", ".xml", ".rdf"}),
        frozenset(
            {"application/rss+xml", "application/atom+xml", "application/feed+json", "application/xml", "text/xml"}
        ),
    ),
    "wordpress-rest": SourceFormat(rest.read, SourceKind.INTERFACE, rest.recognises),
    "ghost": SourceFormat(ghost.read, SourceKind.EXPORT, ghost.recognises),
    "ninjs": SourceFormat(ninjs.read, SourceKind.EXPORT, ninjs.recognises),
    "jsonl": SourceFormat(
        jsonl.read,
        SourceKind.ARTICLES,
        jsonl.recognises,
        frozenset({".jsonl", ".ndjson", ".json"}),
        frozenset({"application/jsonl", "application/x-ndjson", "application/json"}),
    ),
    "markdown": SourceFormat(
        markdown.read,
        SourceKind.EXPORT,
        markdown.recognises,
        frozenset({".md", ".markdown", ".mdown"}),
        frozenset({"text/markdown"}),
    ),
    "csv": SourceFormat(
        table.read,
        SourceKind.EXPORT,
        table.recognises,
        frozenset({".csv", ".tsv", ".tab"}),
        frozenset({"text/csv", "text/tab-separated-values"}),
    ),
    "page": SourceFormat(page.read, SourceKind.PAGE, page.recognises, frozenset({".txt"}), frozenset({"text/plain"})),
}


class UndatedSource(WartaError):
    """A source has no time that its undated articles could get."""


class UnknownFormat(WartaError):
    """There is no format with the given name, or the format of a source cannot be detected."""


def detect(source: OpenSource) -> str:
    """Detect the format of a source from its first bytes, otherwise from its extension or media type. Returns its name.

    Raises UnknownFormat if no format fits.
    """
    head = source.head()
    if reason := unsupported(head):
        raise UnknownFormat(f"{source.name}: {reason}")
    suffix = PurePath(urlsplit(source.url).path if source.url else source.name.removesuffix(".gz")).suffix.lower()
    media_type = source.content_type.partition(";")[0]
    for name, known in FORMATS.items():
        if known.recognizes(head):
            return name
    for name, known in FORMATS.items():
        if suffix in known.extensions or media_type in known.media_types:
            return name
    raise UnknownFormat(f"{source.name}: the format is unknown; name it: --as {', --as '.join(FORMATS)}")


def read(source: OpenSource, as_format: str | None, options: ReadOptions) -> Iterator[ImportItem]:
    """Read the items of a source lazily, in the order of the source. Detect the format if `as_format` is None.

    An item that cannot be read becomes a RefusedItem, and reading continues with the next item. If the source breaks
    off after some items, the last result is a RefusedItem with the reason. Raises SourceUnreadable or UnknownFormat,
    with a message of one line, if not a single item can be read, and UndatedSource.
    """
    if as_format is not None and as_format not in FORMATS:
        raise UnknownFormat(f"there is no format {as_format}; the formats are {', '.join(FORMATS)}")
    last = None
    ids_by_url: dict[str, object] = {}
    try:
        with unreadable_errors(source.name):
            source_format, undated = FORMATS[as_format or detect(source)], _date_of_undated(source, options)
            for last in source_format.read(source, options):
                if isinstance(last, FoundArticle):
                    yield _certain(_dated(_identified(last, source_format.kind, ids_by_url), undated), options)
                else:
                    yield last
    except SourceUnreadable as error:
        if last is None:
            raise
        yield RefusedItem(f"after {last.where}", str(error).removeprefix(f"{source.name}: "))


def _date_of_undated(source: OpenSource, options: ReadOptions) -> datetime | None:
    """The date of articles without one; None if they are refused. Raises UndatedSource."""
    if options.date_from == "mtime" and source.modified is None:
        raise UndatedSource(f"{source.name}: only a file has a time of its last change; use --date-from now")
    return {"mtime": source.modified, "now": utc_now()}.get(options.date_from)


def _dated(article: FoundArticle, undated: datetime | None) -> FoundArticle | RefusedItem:
    if not article.undated:
        return article
    if undated is None:
        return RefusedItem(
            article.where, "has no date of publication; --date-from mtime takes the file's, or --date-from now"
        )
    return replace(article, fields={**article.fields, "published_at": undated.isoformat()})


def _certain(item: FoundArticle | RefusedItem, options: ReadOptions) -> FoundArticle | RefusedItem:
    """The item. A `strict` import refuses an article with a doubt."""
    if options.strict and isinstance(item, FoundArticle) and item.doubt:
        return RefusedItem(item.where, item.doubt)
    return item


def _identified(article: FoundArticle, kind: SourceKind, ids_by_url: dict[str, object]) -> FoundArticle:
    """The article. Without other names if its URL is that of an earlier article, as in a feed of one live page."""
    if kind is SourceKind.ARTICLES:  # these have no other names
        return article
    url, id_ = article.fields.get("url"), article.fields.get("id")
    if not isinstance(url, str) or ids_by_url.setdefault(name_key(url), id_) == id_:
        return replace(article, kind=kind)
    return replace(article, kind=kind, same_as=())
