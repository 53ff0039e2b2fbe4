"""JSON Feed 1.0 and 1.1 (https://www.jsonfeed.org/version/1.1/). Its tags become categories.

A value of the wrong type counts as missing. An id that is a number becomes a string, as the specification demands.
"""

import html
from collections.abc import Mapping
from typing import Any

from service.importers.feed_entry import EntryFile, FeedEntry

Item = Mapping[str, Any]


def entry(feed: Item, item: Item, base: str) -> FeedEntry:
    """Convert an item of `feed`. An item without authors or language has those of the feed."""
    return FeedEntry(
        base=base,
        id=_text(item, "id"),
        url=_text(item, "url") or _text(item, "external_url"),
        title=_text(item, "title"),
        summary=_text(item, "summary"),
        content_html=_text(item, "content_html") or paragraphs(_text(item, "content_text")),
        authors=_authors(item) or _authors(feed),
        categories=[tag for tag in _list(item, "tags") if isinstance(tag, str)],
        published=_text(item, "date_published"),
        updated=_text(item, "date_modified"),
        language=_text(item, "language") or _text(feed, "language"),
        files=_files(item),
    )


def paragraphs(text: str) -> str:
    """Convert plain text to HTML: a paragraph for each line that is not blank."""
    return "".join(f"<p>{html.escape(line.strip(), quote=False)}</p>" for line in text.splitlines() if line.strip())


def _authors(item: Item) -> list[tuple[str, str]]:
    authors = [*_list(item, "authors"), item.get("author")]  # `author` is from version 1.0
    return [(_text(author, "name"), _text(author, "url")) for author in authors if isinstance(author, Mapping)]


def _files(item: Item) -> list[EntryFile]:
    images = [EntryFile(url=_text(item, name), is_image=True) for name in ("image", "banner_image")]
    attachments = [
        EntryFile(url=_text(file, "url"), type=_text(file, "mime_type"), length=file.get("size_in_bytes"))
        for file in _list(item, "attachments")
        if isinstance(file, Mapping)
    ]
    return [file for file in images + attachments if file.url]


def _text(item: Item, name: str) -> str:
    """The string value of a field, "" for another type. An integer becomes a string, because ids may be numbers."""
    value = item.get(name)
    return str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""


def _list(item: Item, name: str) -> list[Any]:
    value = item.get(name)
    return value if isinstance(value, list) else []
