"""OPML (http://opml.org/spec2.opml): a list of feeds."""

from collections.abc import Iterator

from service.importers import sandbox, sniff
from service.importers.options import ReadOptions
from service.importers.result import FoundUrl, ImportItem, RefusedItem
from service.importers.source import OpenSource

MAX_DOCUMENT_BYTES = 20 * 1024 * 1024  # bytes; a document is read as a whole


def recognises(first: bytes) -> bool:
    """True if the first element is that of OPML."""
    return sniff.root_element(first)[0] == "opml"


def read(source: OpenSource, options: ReadOptions) -> Iterator[ImportItem]:  # noqa: ARG001 - it has no dates of articles
    """Yield the URLs of the feeds, with the places `feed N`. A feed is read at every import.

    Raises SourceUnreadable if the document cannot be read or has more than MAX_DOCUMENT_BYTES.
    """
    for number, raw in enumerate(sandbox.parse_in_process("lists/opml_reader", source, MAX_DOCUMENT_BYTES), 1):
        if isinstance(raw, str):
            yield RefusedItem(f"feed {number}", raw)
        else:
            yield FoundUrl(f"feed {number}", raw["url"])
