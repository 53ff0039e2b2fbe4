"""Extensions of feedgen for elements that it does not write: links of an RSS channel, and details of an entry."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from feedgen.ext.base import BaseEntryExtension, BaseExtension
from feedgen.util import xml_elem

from service.documents.formats.context import EntryValues, RenderContext

ATOM = "http://www.w3.org/2005/Atom"
DC = "http://purl.org/dc/elements/1.1/"
DCTERMS = "http://purl.org/dc/terms/"
FH = "http://purl.org/syndication/history/1.0"
MEDIA = "http://search.yahoo.com/mrss/"
TOMBSTONE = "http://purl.org/atompub/tombstones/1.0"
_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


class ChannelExtension(BaseExtension):
    """Writes elements of the channel that feedgen does not write.

    In RSS, these are the links of hubs and of the archive, as `atom:link`; feedgen writes them in Atom only. In Atom,
    these are the tombstones (RFC 6721). Archive pages get their mark in both (RFC 5005). A partner's extension has
    `namespaces` of its own, by prefix, and writes elements in them. Its `lists_withdrawals` is true if it also writes
    the context's tombstones.
    """

    namespaces: ClassVar[Mapping[str, str]] = {}
    lists_withdrawals: ClassVar[bool] = False

    def __init__(self) -> None:
        self.context: RenderContext | None = None
        self.links: Sequence[dict[str, str]] = ()
        self.is_archive = False
        self.deleted: Sequence[tuple[str, str]] = ()  # guid and time of each withdrawn article, for Atom

    def extend_ns(self) -> dict[str, str]:
        return {"at": TOMBSTONE, "dc": DC, "dcterms": DCTERMS, "fh": FH, "media": MEDIA, **self.namespaces}

    def extend_rss(self, rss: Any) -> Any:
        for link in self.links:
            xml_elem(f"{{{ATOM}}}link", rss[0], **link)
        self._mark(rss[0])
        if self.context:
            self.write(rss[0], self.context)
        return rss

    def extend_atom(self, feed: Any) -> Any:
        self._mark(feed)
        for ref, when in self.deleted:
            xml_elem(f"{{{TOMBSTONE}}}deleted-entry", feed, ref=ref, when=when)
        return feed

    def write(self, channel: Any, context: RenderContext) -> None:
        """Write more elements of the context into an RSS channel. Without a partner there are none."""

    def _mark(self, channel: Any) -> None:
        if self.is_archive:
            xml_elem(f"{{{FH}}}archive", channel)


class EntryExtension(BaseEntryExtension):
    """Writes elements of an entry that feedgen does not write.

    In RSS, these are authors, language, rights and modification time. In Atom, it is the language. The photo with
    caption and credit is in both.
    """

    def __init__(self) -> None:
        self.entry: EntryValues | None = None

    def extend_rss(self, item: Any) -> Any:
        if self.entry:
            self.write(item, self.entry)
        return item

    def extend_atom(self, element: Any) -> Any:
        if self.entry:
            element.set(_XML_LANG, self.entry.language)
            media(element, self.entry)
        return element

    def write(self, item: Any, entry: EntryValues) -> None:
        """Write the values of `entry` for which RSS 2.0 itself has no element."""
        creators(item, entry)
        xml_elem(f"{{{DC}}}language", item).text = entry.language
        if entry.rights:
            xml_elem(f"{{{DC}}}rights", item).text = entry.rights
        xml_elem(f"{{{DCTERMS}}}modified", item).text = entry.updated_at.isoformat()
        media(item, entry)


def creators(item: Any, entry: EntryValues) -> None:
    """Write the authors' names as `dc:creator`. The `author` element of RSS is for e-mail addresses only."""
    for name, _ in entry.authors:
        xml_elem(f"{{{DC}}}creator", item).text = name


def media(element: Any, entry: EntryValues) -> None:
    """Write the photo with caption and credit (Media RSS 1.5)."""
    image = entry.article.image
    if image and image.url:
        sizes = {"fileSize": image.length, "width": image.width, "height": image.height}
        content = xml_elem(f"{{{MEDIA}}}content", element, url=image.url, type=image.type, medium="image")
        for name, value in sizes.items():
            if value:
                content.set(name, str(value))
        if image.caption:
            xml_elem(f"{{{MEDIA}}}description", content, type="plain").text = image.caption
        if image.credit:
            xml_elem(f"{{{MEDIA}}}credit", content).text = image.credit
