"""ninjs, the JSON of news agencies (IPTC; versions 1 and 2: https://www.iptc.org/std/ninjs/).

The id is the `uri` of the story. A story that the agency has canceled is withdrawn.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from service.importers import jsonl, sniff
from service.importers.feed_entry import EntryFile, FeedEntry, to_item
from service.importers.feeds_json import paragraphs
from service.importers.options import ReadOptions
from service.importers.result import FoundArticle, ImportItem, SkippedItem
from service.importers.source import OpenSource

_MARKS = ('"versioncreated"', '"body_xhtml"', '"pubstatus"', '"contentcreated"', '"body_html"', '"bodies"')
_STATUS = {"usable": "", "withheld": "draft", "canceled": "withdrawn", "cancelled": "withdrawn"}

Raw = Mapping[str, Any]


def recognises(first: bytes) -> bool:
    """True if the source is JSON with the fields of ninjs."""
    start = sniff.first_text(first)
    return start.startswith(("{", "[")) and '"uri"' in start and any(mark in start for mark in _MARKS)


def read(source: OpenSource, options: ReadOptions) -> Iterator[ImportItem]:
    """Read the stories: one object, an array, a list of `items`, or one object a line. Pictures and videos are skipped.

    Raises SourceUnreadable as the reader of JSON Lines does.
    """
    for item in jsonl.read(source, options):
        if not isinstance(item, FoundArticle):
            yield item
        elif "uri" not in item.fields and not _headline(item.fields):
            continue  # the object around the list of items
        elif (kind := _text(item.fields, "type") or "text") not in ("text", "composite"):
            yield SkippedItem(item.where, f"the type is {kind}")
        else:
            yield to_item(item.where, _entry(item.fields), options.zone)


def _entry(story: Raw) -> FeedEntry:
    photo = _photo(story)
    rendition = _rendition(photo)
    first = _text(story, "firstpublished") or _text(story, "firstcreated") or _text(story, "contentcreated")
    version = _text(story, "versioncreated")
    return FeedEntry(
        id=_text(story, "uri"),
        url=_text(story, "url") or next((_text(link, "href") for link in _objects(story, "links")), ""),
        title=_headline(story),
        summary=_text(story, "description_text") or _text(story, "summary") or _described(story, "descriptions"),
        content_html=_body(story),
        authors=[(name, "") for name in _authors(story)],
        categories=_names(story, "subject") or _names(story, "subjects"),
        tags=[word for word in _list(story, "keywords") if isinstance(word, str)],
        published=_text(story, "embargoed") or first or version,
        updated=version if first else "",
        language=_text(story, "language"),
        files=[
            EntryFile(
                url=_text(rendition, "href"),
                type=_text(rendition, "mimetype") or _text(rendition, "contenttype"),
                is_image=True,
                width=rendition.get("width"),
                height=rendition.get("height"),
            )
        ],
        caption=_text(photo, "description_text") or _described(photo, "descriptions") or _text(photo, "body_text"),
        credit=_text(photo, "byline") or _text(photo, "by") or _text(photo, "copyrightholder"),
        status=_STATUS.get(_text(story, "pubstatus") or "usable", "draft"),
    )


def _headline(story: Raw) -> str:
    return _text(story, "headline") or _described(story, "headlines") or _text(story, "title")


def _body(story: Raw) -> str:
    bodies = {_text(body, "contenttype") or "text/html": _text(body, "value") for body in _objects(story, "bodies")}
    marked = [text for kind, text in bodies.items() if kind != "text/plain"]
    html = _text(story, "body_xhtml") or _text(story, "body_html") or next(iter(marked), "")
    return html or paragraphs(_text(story, "body_text") or bodies.get("text/plain", ""))


def _authors(story: Raw) -> list[str]:
    people = [_text(person, "name") for person in (*_objects(story, "infosources"), *_objects(story, "authors"))]
    byline = _text(story, "byline") or _text(story, "by") or _described(story, "bylines")
    return [byline] if byline else [name for name in people if name]


def _photo(story: Raw) -> Raw:
    """The first picture that belongs to the story."""
    related = story.get("associations")
    parts = [*related.values()] if isinstance(related, Mapping) else related if isinstance(related, list) else []
    return next((part for part in parts if isinstance(part, Mapping) and _text(part, "type") == "picture"), {})


def _rendition(photo: Raw) -> Raw:
    """The file of a picture: the largest one that the agency offers."""
    offered = photo.get("renditions")
    files = [*offered.values()] if isinstance(offered, Mapping) else offered if isinstance(offered, list) else []
    usable = [file for file in files if isinstance(file, Mapping) and _text(file, "href")]
    return max(usable, key=lambda file: file["width"] if isinstance(file.get("width"), int) else 0, default={})


def _described(story: Raw, name: str) -> str:
    """The first value of a list of texts, as version 2 has them."""
    return next((text for part in _objects(story, name) if (text := _text(part, "value"))), "")


def _names(story: Raw, name: str) -> list[str]:
    return [text for part in _objects(story, name) if (text := _text(part, "name"))]


def _objects(story: Raw, name: str) -> list[Raw]:
    return [part for part in _list(story, name) if isinstance(part, Mapping)]


def _list(story: Raw, name: str) -> list[Any]:
    value = story.get(name)
    return value if isinstance(value, list) else []


def _text(story: Raw, name: str) -> str:
    value = story.get(name)
    return value if isinstance(value, str) else ""
