"""NewsML-G2, the XML of news agencies (IPTC, https://iptc.org/std/NewsML-G2/): news items, alone or in a message.

The id is the `guid` of the item. An item that the agency has canceled is withdrawn. Bodies are XHTML or NITF.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from service.importers import sandbox, sniff
from service.importers.feed_entry import EntryFile, FeedEntry, to_item
from service.importers.options import ReadOptions
from service.importers.result import ImportItem, RefusedItem, SkippedItem
from service.importers.source import OpenSource

MAX_DOCUMENT_BYTES = 20 * 1024 * 1024  # bytes; a document is read as a whole
_ROOTS = ("newsitem", "newsmessage", "packageitem")
_STATUS = {"usable": "", "withheld": "draft", "canceled": "withdrawn"}

Raw = Mapping[str, Any]  # a news item, as newsml_reader yields it


def recognises(first: bytes) -> bool:
    """True if the first element is one of NewsML-G2."""
    return sniff.root_element(first)[0].rpartition(":")[2] in _ROOTS


def read(source: OpenSource, options: ReadOptions) -> Iterator[ImportItem]:
    """Read the items that have a text, with the places `item N`. Pictures, videos and packages are skipped.

    Raises SourceUnreadable if the document is ill-formed or has more than MAX_DOCUMENT_BYTES.
    """
    for number, raw in enumerate(sandbox.parse_in_process("exports/newsml_reader", source, MAX_DOCUMENT_BYTES), 1):
        where = f"item {number}"
        if isinstance(raw, str):
            yield RefusedItem(where, raw)
        elif raw["kind"] not in ("text", "composite", ""):
            yield SkippedItem(where, f"the class is {raw['kind']}")
        else:
            yield to_item(where, _entry(raw), options.zone)


def _entry(raw: Raw) -> FeedEntry:
    return FeedEntry(
        id=raw["guid"],
        url=raw["url"],
        title=raw["headline"],
        summary=raw["description"],
        content_html=raw["body"],
        authors=[(name, "") for name in raw["authors"]],
        categories=raw["subjects"],
        tags=raw["keywords"],
        published=raw["embargoed"] or raw["created"] or raw["version"],
        updated=raw["version"] if raw["created"] else "",
        language=raw["language"],
        files=[EntryFile(url=raw["picture"], is_image=True)],
        credit=raw["credit"],
        status=_STATUS.get(raw["status"], "draft"),
    )
