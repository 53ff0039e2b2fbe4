"""A story of Medium's export: an HTML document with microformats (https://microformats.org/wiki/h-entry).

The id is the story's canonical URL. A file whose name begins with `draft_` is a draft.
"""

from collections.abc import Iterator, Mapping
from pathlib import PurePath
from typing import Any

from service.importers import sandbox, sniff
from service.importers.feed_entry import EntryFile, FeedEntry, to_item
from service.importers.options import ReadOptions
from service.importers.result import ImportItem, RefusedItem
from service.importers.source import OpenSource

MAX_DOCUMENT_BYTES = 10 * 1024 * 1024  # bytes of a story
_MARKS = ('class="h-entry"', 'class="p-name"', 'data-field="body"')

Raw = Mapping[str, Any]


def recognises(first: bytes) -> bool:
    """True if the source is an HTML document with the classes of Medium's export."""
    start = sniff.first_text(first)
    return start.startswith("<") and all(mark in start for mark in _MARKS)


def read(source: OpenSource, options: ReadOptions) -> Iterator[ImportItem]:
    """Read the story, with the place `story`. Raises SourceUnreadable if it has more than MAX_DOCUMENT_BYTES."""
    is_draft = PurePath(source.name).name.startswith("draft_")
    for raw in sandbox.parse_in_process("exports/medium_reader", source, MAX_DOCUMENT_BYTES):
        if isinstance(raw, str):
            yield RefusedItem("story", raw)
        else:
            yield to_item("story", _entry(raw, is_draft), options.zone)


def _entry(raw: Raw, is_draft: bool) -> FeedEntry:
    return FeedEntry(
        id=raw["canonical"] or raw["short"],
        url=raw["canonical"] or raw["short"],
        title=raw["title"],
        summary=raw["summary"],
        content_html=raw["body"],
        authors=[(raw["author"], raw["author_url"])],
        tags=raw["tags"],
        published=raw["published"],
        files=[EntryFile(url=raw["picture"], is_image=True)],
        caption=raw["caption"],
        status="draft" if is_draft else "",
        same_as=[raw["short"]] if raw["short"] else [],
    )
