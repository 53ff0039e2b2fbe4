"""Reads documents back, strictly: what each format says about a feed's entries, in the same words."""

import html
import json
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any

from lxml import etree

NAMESPACES = {
    "a": "http://www.w3.org/2005/Atom",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "itunes": "http://www.itunes.com/dtds/podcast-1.0.dtd",
    "podcast": "https://podcastindex.org/namespace/1.0",
    "dc": "http://purl.org/dc/elements/1.1/",
    "dcterms": "http://purl.org/dc/terms/",
    "media": "http://search.yahoo.com/mrss/",
}


@dataclass(frozen=True)
class Read:
    """An entry as a document tells it. `files`: address, media type and length, None where it is not known."""

    id: str
    link: str
    title: str
    summary: str
    content: str | None
    published: datetime
    updated: datetime
    authors: tuple[str, ...]
    labels: tuple[str, ...]
    language: str
    rights: str | None
    files: frozenset[tuple[str, str, int | None]]
    photo: tuple[str | None, str | None]  # caption and credit


def xml(document: bytes) -> Any:
    """The root element, by a parser that forgives nothing."""
    parser = etree.XMLParser(recover=False, resolve_entities=False, no_network=True, strip_cdata=False)
    return etree.fromstring(document, parser)


def one(element: Any, path: str) -> str | None:
    """The text of the only element, or the only attribute, at `path`; None without it."""
    found = element.xpath(path, namespaces=NAMESPACES)
    assert len(found) <= 1, path
    if not found:
        return None
    return str(found[0]) if isinstance(found[0], str) else found[0].text or ""


def needed(element: Any, path: str) -> str:
    text = one(element, path)
    assert text is not None, path
    return text


def every(element: Any, path: str) -> tuple[str, ...]:
    found = element.xpath(path, namespaces=NAMESPACES)
    return tuple(str(each) if isinstance(each, str) else each.text or "" for each in found)


def photo(element: Any) -> tuple[str | None, str | None]:
    return one(element, "media:content/media:description"), one(element, "media:content/media:credit")


def rss(document: bytes) -> list[Read]:
    return [
        Read(
            id=needed(item, "guid[@isPermaLink='false']"),
            link=needed(item, "link"),
            title=html.unescape(needed(item, "title")),  # as readers take it
            summary=html.unescape(needed(item, "description")),
            content=one(item, "content:encoded"),
            published=parsedate_to_datetime(needed(item, "pubDate")),
            updated=datetime.fromisoformat(needed(item, "dcterms:modified")),
            authors=every(item, "dc:creator"),
            labels=every(item, "category"),
            language=needed(item, "dc:language"),
            rights=one(item, "dc:rights"),
            files=frozenset(
                (file.get("url"), file.get("type"), int(file.get("length") or file.get("fileSize") or 0) or None)
                for file in item.xpath("enclosure | media:content", namespaces=NAMESPACES)
            ),
            photo=photo(item),
        )
        for item in xml(document).findall("channel/item")
    ]


def atom(document: bytes) -> list[Read]:
    return [
        Read(
            id=needed(entry, "a:id"),
            link=needed(entry, "a:link[@rel='alternate']/@href"),
            title=needed(entry, "a:title"),
            summary=needed(entry, "a:summary"),
            content=one(entry, "a:content[@type='html']"),
            published=datetime.fromisoformat(needed(entry, "a:published")),
            updated=datetime.fromisoformat(needed(entry, "a:updated")),
            authors=every(entry, "a:author/a:name"),
            labels=every(entry, "a:category/@term"),
            language=needed(entry, "@xml:lang"),
            rights=one(entry, "a:rights"),
            files=frozenset(
                (file.get("href"), file.get("type"), int(file.get("length", "0")) or None)
                for file in entry.xpath("a:link[@rel='enclosure']", namespaces=NAMESPACES)
            ),
            photo=photo(entry),
        )
        for entry in xml(document).findall("a:entry", NAMESPACES)
    ]


def json_feed(document: bytes) -> list[Read]:
    def told(item: dict[str, Any]) -> Read:
        ours = item["_warta"]
        image = ours.get("image", {})
        return Read(
            id=item["id"],
            link=item["url"],
            title=item["title"],
            summary=item["summary"],
            content=item.get("content_html"),
            published=datetime.fromisoformat(item["date_published"]),
            updated=datetime.fromisoformat(item["date_modified"]),
            authors=tuple(author["name"] for author in item.get("authors", ())),
            labels=tuple(item.get("tags", ())),
            language=item["language"],
            rights=ours.get("rights"),
            files=frozenset(
                (file["url"], file["mime_type"], file.get("size_in_bytes")) for file in item.get("attachments", ())
            ),
            photo=(image.get("caption"), image.get("credit")) if "image" in item else (None, None),
        )

    return [told(item) for item in json.loads(document)["items"]]


READERS = {"rss": rss, "atom": atom, "json": json_feed}
