"""Sitemaps (https://www.sitemaps.org/protocol.html), news sitemaps, and indexes of sitemaps: lists of URLs."""

from collections.abc import Iterator

from service.importers import sandbox, sniff
from service.importers.options import ReadOptions
from service.importers.result import FoundUrl, ImportItem, RefusedItem
from service.importers.source import OpenSource

MAX_DOCUMENT_BYTES = 50 * 1024 * 1024  # bytes, the limit of the protocol


def recognises(first: bytes) -> bool:
    """True if the first element is that of a sitemap or of an index of sitemaps."""
    return sniff.root_element(first)[0].rpartition(":")[2] in ("urlset", "sitemapindex")


def read(source: OpenSource, options: ReadOptions) -> Iterator[ImportItem]:  # noqa: ARG001 - it has no dates of articles
    """Yield the URLs, with the places `URL N`, in the order of the sitemap.

    Raises SourceUnreadable if the document is ill-formed before its first URL, or has more than MAX_DOCUMENT_BYTES.
    """
    for number, raw in enumerate(sandbox.parse_in_process("lists/sitemap_reader", source, MAX_DOCUMENT_BYTES), 1):
        if isinstance(raw, str):
            yield RefusedItem(f"URL {number}", raw)
        else:
            yield FoundUrl(f"URL {number}", raw["url"], raw["modified"], is_article=not raw["is_sitemap"])
