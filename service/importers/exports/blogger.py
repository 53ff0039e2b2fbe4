"""Blogger's exports: the Atom document of its backup, and the `feed.atom` of Google Takeout.

Posts become articles. Pages, comments, settings and templates are skipped. The id of a post is the one of its feeds.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from service.importers import sandbox, sniff
from service.importers.feed_entry import FeedEntry, to_item
from service.importers.options import ReadOptions
from service.importers.result import ImportItem, RefusedItem, SkippedItem
from service.importers.source import OpenSource
from service.importers.urls import joined

_MARKS = ("schemas.google.com/blogger/", "tag:blogger.com,1999:blog-")
_STATUS = {"LIVE": "", "DRAFT": "draft", "SCHEDULED": "", "SOFT_TRASHED": "withdrawn", "": ""}

Raw = Mapping[str, Any]  # an entry, as blogger_reader yields it


def recognises(first: bytes) -> bool:
    """True if the source is an Atom document with Blogger's kinds of entries. Blogger's public feeds have none."""
    name, _ = sniff.root_element(first)
    start = sniff.first_text(first)
    is_backup = "blogger/2008/kind#" in start or "schemas.google.com/blogger/2018" in start
    return name == "feed" and is_backup and any(mark in start for mark in _MARKS)


def read(source: OpenSource, options: ReadOptions) -> Iterator[ImportItem]:
    """Read the posts, with the places `entry N`. Memory does not grow with the document.

    Raises SourceUnreadable if the document is ill-formed from its first entry on.
    """
    for number, entry in enumerate(sandbox.parse_in_process("exports/blogger_reader", source, None), 1):
        where = f"entry {number}"
        if isinstance(entry, str):
            yield RefusedItem(where, entry)
        elif entry["kind"] != "post":
            yield SkippedItem(where, f"the kind is {entry['kind']}")
        else:
            yield to_item(where, _entry(entry, options.base_url), options.zone)


def _entry(entry: Raw, base: str) -> FeedEntry:
    site = entry["site"] or base
    return FeedEntry(
        base=site,
        id=entry["id"],
        url=entry["url"] or (joined(site, entry["filename"]) if site and entry["filename"] else ""),
        title=entry["title"],
        summary=entry["summary"],
        content_html=entry["content"],
        authors=[(name, "") for name in entry["authors"]],
        categories=entry["labels"],
        published=entry["published"],
        updated=entry["updated"],
        status=_STATUS.get(entry["status"], "draft"),
    )
