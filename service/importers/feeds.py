"""Feeds of others: RSS (0.9x, 1.0, 2.0) and Atom through feedparser, JSON Feed by our own reading.

RSS and Atom categories, and JSON Feed tags, all become `categories`: none of the formats tells the two apart.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import tzinfo
from itertools import chain
from typing import Any

from service.importers import apart, feeds_json, head
from service.importers.feed_entry import Entry, File, item
from service.importers.found import Found, Refused
from service.importers.source import Opened, SourceUnreadable

DOCUMENT_LIMIT = 20 * 1024 * 1024  # bytes
NAME = 1000  # characters of an author that are looked at more closely; the API takes fewer
_MARKUP = re.compile(r"<[a-zA-Z/!]|&#?\w+;")
_MAIL = r"[^\s<>@]+@[^\s<>@]+"
_WITH_MAIL = re.compile(rf"{_MAIL}(?: *\((?P<behind>[^()]+)\))?|(?P<before>[^<@]+?)? *<{_MAIL}>")

Raw = Mapping[str, Any]  # an entry, or the feed, as feeds_reader gives it


def recognises(first: bytes) -> bool:
    """XML of any kind (the reader then says if it is no feed), or a JSON object that calls itself a JSON Feed."""
    start = head.text(first)
    return start.startswith("<") or (start.startswith("{") and "jsonfeed.org/version/" in start.replace("\\", ""))


def read(source: Opened, zone: tzinfo) -> Iterator[Found | Refused]:
    """The entries, in the document's order, as `entry N`; times without a zone are in `zone`.

    An entry with an unreadable date, or with neither title nor content, is Refused. An ill-formed document gives the
    entries that can be made out. Raises SourceUnreadable if it is no feed, has more than DOCUMENT_LIMIT bytes, or
    takes too long. Nothing that the document names is fetched.
    """
    is_json = head.text(source.head()).startswith("{")
    for number, entry in enumerate((_json_entries if is_json else _xml_entries)(source), 1):
        yield item(f"entry {number}", entry, zone)


def _json_entries(source: Opened) -> Iterator[Entry | str]:
    items = apart.items("json_reader", source, DOCUMENT_LIMIT)
    feed = next(items, "")
    if isinstance(feed, str) or "jsonfeed.org/version/1" not in str(feed.get("version")) or feed.get("items") != []:
        raise SourceUnreadable(f"{source.name}: not a JSON Feed: it lacks its version or its list of items")
    for entry in items:
        yield entry if isinstance(entry, str) else feeds_json.entry(feed, entry, source.url)


def _xml_entries(source: Opened) -> Iterator[Entry | str]:
    items = apart.items("feeds_reader", source, DOCUMENT_LIMIT)
    feed, first = next(items, ""), next(items, None)
    if isinstance(feed, str) or (first is None and not feed["version"]):
        raise SourceUnreadable(f"{source.name}: not an RSS or Atom feed")
    for entry in chain([first] if first else [], items):
        yield entry if isinstance(entry, str) else _xml_entry(feed, entry, source.url)


def _xml_entry(feed: Raw, raw: Raw, base: str) -> Entry:
    """An entry of RSS or Atom; the authors of an Atom feed are those of its entries (RFC 4287 §4.2.1)."""
    is_atom = feed["version"].startswith("atom")
    summary, content = _summary_and_content(raw)
    return Entry(
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
    """The entry's address. For want of one feedparser takes the guid, which then has to be a whole address itself."""
    link = raw.get("link", "")
    return link if link != raw.get("id") or link.lower().startswith(("http://", "https://")) else ""


def _summary_and_content(raw: Raw) -> tuple[str, str]:
    """The two texts of an entry. A description that is alone and has markup is the content."""
    summary = raw.get("summary", "")
    for content in raw.get("content", ()):
        value = content.get("value", "")
        if value.strip():
            # feedparser repeats the content as summary when there is no other.
            html = feeds_json.paragraphs(value) if content.get("type") == "text/plain" else value
            return ("" if summary == value else summary), html
    return ("", summary) if _MARKUP.search(summary) else (summary, "")


def _authors(raw: Raw) -> list[tuple[str, str]]:
    return [(_name(author.get("name") or ""), author.get("href") or "") for author in raw.get("authors", ())]


def _name(author: str) -> str:
    """The name in `mail@host (Name)`, which is RSS's way, or `Name <mail@host>`; "" for a bare address."""
    if len(author) <= NAME and (match := _WITH_MAIL.fullmatch(author.strip())):
        return match["behind"] or match["before"] or ""
    return author


def _language(raw: Raw) -> str:
    return next((content["language"] for content in raw.get("content", ()) if content.get("language")), "")


def _files(raw: Raw) -> list[File]:
    """Media RSS files, then enclosures, then thumbnails, which are the photo only where there is no other."""
    media = [
        File(
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
        File(url=link.get("href", ""), type=link.get("type", ""), length=link.get("length"))
        for link in raw.get("links", ())
        if link.get("rel") == "enclosure"
    ]
    thumbnails = [File(url=thumbnail.get("url", ""), is_image=True) for thumbnail in raw.get("media_thumbnail", ())]
    return [file for file in media + enclosures + thumbnails if file.url]


def _first(texts: Any) -> str:
    return next((text for text in texts or () if text), "")
