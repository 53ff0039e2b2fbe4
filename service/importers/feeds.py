"""Feeds of other sites: RSS (0.9x, 1.0, 2.0) and Atom, read by feedparser, and JSON Feed, read by `feeds_json`.

RSS and Atom categories and JSON Feed tags all become `categories`: none of the formats distinguishes categories from
tags.
"""

import re
from collections.abc import Iterator, Mapping
from itertools import chain
from typing import Any

from service.importers import feeds_json, sandbox, sniff
from service.importers.excerpts import is_cut, own_excerpt
from service.importers.feed_entry import EntryFile, FeedEntry, to_item
from service.importers.options import ReadOptions
from service.importers.result import ImportItem
from service.importers.source import OpenSource, SourceUnreadable

MAX_DOCUMENT_BYTES = 20 * 1024 * 1024  # bytes of a feed
# Characters of an author; a longer one is not searched for an e-mail address (the API refuses it)
MAX_NAME_CHARACTERS = 1000
_MARKUP = re.compile(r"<[a-zA-Z/!]|&#?\w+;")
_MAIL = r"[^\s<>@]+@[^\s<>@]+"
_WITH_MAIL = re.compile(rf"{_MAIL}(?: *\((?P<behind>[^()]+)\))?|(?P<before>[^<@]+?)? *<{_MAIL}>")

Raw = Mapping[str, Any]  # an entry, or the feed, as feeds_reader yields it


def recognises(first: bytes) -> bool:
    """True if the source is XML of any kind, or a JSON object with the version URL of JSON Feed.

    `read` raises an error later if the XML is no feed.
    """
    start = sniff.first_text(first)
    return start.startswith("<") or (start.startswith("{") and "jsonfeed.org/version/" in start.replace("\\", ""))


def read(source: OpenSource, options: ReadOptions) -> Iterator[ImportItem]:
    """Read the entries in the order of the document, with the places `entry N`. Times without a zone are in `zone`.

    An entry with an unreadable date, or with neither title nor content, becomes a RefusedItem. An ill-formed document
    yields the entries that feedparser can read. Raises SourceUnreadable if the document is no feed, has more than
    MAX_DOCUMENT_BYTES, or takes too long. URLs in the document are not fetched.
    """
    is_json = sniff.first_text(source.head()).startswith("{")
    for number, entry in enumerate((_json_entries if is_json else _xml_entries)(source), 1):
        yield to_item(f"entry {number}", entry, options.zone)


def _json_entries(source: OpenSource) -> Iterator[FeedEntry | str]:
    items = sandbox.parse_in_process("json_reader", source, MAX_DOCUMENT_BYTES)
    feed = next(items, "")
    if isinstance(feed, str) or "jsonfeed.org/version/1" not in str(feed.get("version")) or feed.get("items") != []:
        raise SourceUnreadable(f"{source.name}: not a JSON Feed: it lacks its version or its list of items")
    for entry in items:
        yield entry if isinstance(entry, str) else feeds_json.entry(feed, entry, source.url)


def _xml_entries(source: OpenSource) -> Iterator[FeedEntry | str]:
    items = sandbox.parse_in_process("feeds_reader", source, MAX_DOCUMENT_BYTES)
    feed, first = next(items, ""), next(items, None)
    if isinstance(feed, str) or (first is None and not feed["version"]):
        raise SourceUnreadable(f"{source.name}: not an RSS or Atom feed")
    for entry in chain([first] if first else [], items):
        yield entry if isinstance(entry, str) else _xml_entry(feed, entry, source.url)


def _xml_entry(feed: Raw, raw: Raw, base: str) -> FeedEntry:
    """Convert an entry of RSS or Atom.

    An Atom entry without authors has the authors of its feed (RFC 4287 §4.2.1).
    """
    is_atom = feed["version"].startswith("atom")
    summary, content = _summary_and_content(raw)
    return FeedEntry(
        base=base or feed.get("link", ""),
        id=raw.get("id", ""),
        url=_link(raw),
        title=raw.get("title", ""),
        summary=summary,
        content_html=content,
        authors=_authors(raw) or (_authors(feed) if is_atom else []),
        categories=[tag.get("label") or tag.get("term") or "" for tag in raw.get("tags", ())],
        published=raw.get("published") or raw.get("created", ""),
        updated=raw.get("updated", ""),
        language=_language(raw) or feed.get("language", ""),
        files=_files(raw),
        caption=_first(raw.get("captions")),
        credit=_first([credit.get("content") for credit in raw.get("media_credit", ())]),
    )


def _link(raw: Raw) -> str:
    """The URL of the entry, "" if it has none.

    feedparser uses the guid if there is no link; that counts only if the guid is an absolute http or https URL.
    """
    link = raw.get("link", "")
    return link if link != raw.get("id") or link.lower().startswith(("http://", "https://")) else ""


def _summary_and_content(raw: Raw) -> tuple[str, str]:
    """The summary and the content of an entry. A description with markup is the content if there is no other."""
    summary = raw.get("summary", "")
    for content in raw.get("content", ()):
        value = content.get("value", "")
        if value.strip():
            # feedparser repeats the content as summary if the entry has no summary. WordPress makes one.
            html = feeds_json.paragraphs(value) if content.get("type") == "text/plain" else value
            is_made = summary == value or (is_cut(summary) and not own_excerpt(summary, html))
            return ("" if is_made else summary), html
    return ("", summary) if _MARKUP.search(summary) else (summary, "")


def _authors(raw: Raw) -> list[tuple[str, str]]:
    return [(_name(author.get("name") or ""), author.get("href") or "") for author in raw.get("authors", ())]


def _name(author: str) -> str:
    """The name in `mail@host (Name)`, the form of RSS, or in `Name <mail@host>`; "" for an e-mail address alone."""
    if len(author) <= MAX_NAME_CHARACTERS and (match := _WITH_MAIL.fullmatch(author.strip())):
        return match["behind"] or match["before"] or ""
    return author


def _language(raw: Raw) -> str:
    return next((content["language"] for content in raw.get("content", ()) if content.get("language")), "")


def _files(raw: Raw) -> list[EntryFile]:
    """The files of an entry: Media RSS files, then enclosures, then thumbnails.

    Thumbnails come last, so that they are the photo only if the entry has no other image.
    """
    media = [
        EntryFile(
            url=file.get("url", ""),
            type=file.get("type", ""),
            is_image=file.get("medium") == "image",
            length=file.get("filesize"),
            width=file.get("width"),
            height=file.get("height"),
        )
        for file in raw.get("media_content", ())
    ]
    enclosures = [
        EntryFile(url=link.get("href", ""), type=link.get("type", ""), length=link.get("length"))
        for link in raw.get("links", ())
        if link.get("rel") == "enclosure"
    ]
    thumbnails = [
        EntryFile(url=thumbnail.get("url", ""), is_image=True) for thumbnail in raw.get("media_thumbnail", ())
    ]
    pictures = [EntryFile(url=url, is_image=True) for url in (raw.get("image_text", ""), raw.get("href", ""))]
    return [file for file in media + enclosures + thumbnails + pictures if file.url]


def _first(texts: Any) -> str:
    return next((text for text in texts or () if text), "")
