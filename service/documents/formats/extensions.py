"""Extensions of feedgen for elements that it does not write: links of an RSS channel, and details of an entry."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from feedgen.ext.base import BaseEntryExtension, BaseExtension
from feedgen.util import xml_elem

from service.documents.formats.context import EntryValues, RenderContext
from service.documents.formats.podcast import ITUNES, PODCAST, write_episode, write_show

ATOM = "http://www.w3.org/2005/Atom"
DC = "http://purl.org/dc/elements/1.1/"
DCTERMS = "http://purl.org/dc/terms/"
FH = "http://purl.org/syndication/history/1.0"
MEDIA = "http://search.yahoo.com/mrss/"
TOMBSTONE = "http://purl.org/atompub/tombstones/1.0"
_MEDIUMS = {
    **{kind: kind for kind in ("audio", "image", "video")},
    **dict.fromkeys(("application/pdf", "application/epub+zip", "text"), "document"),
}
_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


class ChannelExtension(BaseExtension):
    """Writes elements of the channel that feedgen does not write.

    In RSS, these are the links of hubs and of the archive, as `atom:link`; feedgen writes them in Atom only. In Atom,
    these are the tombstones (RFC 6721). A complete archive page says so in both (RFC 5005 §4). A partner's extension
    has `namespaces` of its own, by prefix, and writes elements in them. Its `lists_withdrawals` is true if it also
    writes the feed's tombstones.
    """

    namespaces: ClassVar[Mapping[str, str]] = {}
    lists_withdrawals: ClassVar[bool] = False

    def __init__(self) -> None:
        self.context: RenderContext | None = None
        self.links: Sequence[dict[str, str]] = ()
        self.deleted: Sequence[tuple[str, str]] = ()  # guid and time of each withdrawn article, for Atom

    def extend_ns(self) -> dict[str, str]:
        return {
            "at": TOMBSTONE,
            "dc": DC,
            "dcterms": DCTERMS,
            "fh": FH,
            "media": MEDIA,
            "itunes": ITUNES,
            "podcast": PODCAST,
            **self.namespaces,
        }

    def extend_rss(self, rss: Any) -> Any:
        for link in self.links:
            xml_elem(f"{{{ATOM}}}link", rss[0], **link)
        self._archive_mark(rss[0])
        if self.context:
            self.write(rss[0], self.context)
        return rss

    def extend_atom(self, feed: Any) -> Any:
        self._archive_mark(feed)
        for ref, when in self.deleted:
            xml_elem(f"{{{TOMBSTONE}}}deleted-entry", feed, ref=ref, when=when)
        return feed

    def write(self, channel: Any, context: RenderContext) -> None:
        """Write the values of the feed for which RSS 2.0 itself has no element."""
        write_show(channel, context)

    def _archive_mark(self, channel: Any) -> None:
        if self.context and self.context.is_complete:
            xml_elem(f"{{{FH}}}archive", channel)


class EntryExtension(BaseEntryExtension):
    """Writes elements of an entry that feedgen does not write.

    In RSS, these are authors, language, rights, modification time, the photo with caption and credit, further files,
    and the values of a podcast's episode. In Atom, these are the language and the photo.
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
            photo(element, self.entry)
        return element

    def write(self, item: Any, entry: EntryValues) -> None:
        """Write the values of `entry` for which RSS 2.0 itself has no element."""
        creators(item, entry)
        xml_elem(f"{{{DC}}}language", item).text = entry.language
        if entry.rights:
            xml_elem(f"{{{DC}}}rights", item).text = entry.rights
        xml_elem(f"{{{DCTERMS}}}modified", item).text = entry.updated_at.isoformat()
        photo(item, entry)
        further_files(item, entry)
        write_episode(item, entry)


def creators(item: Any, entry: EntryValues) -> None:
    """Write the authors' names as `dc:creator`. The `author` element of RSS is for e-mail addresses only."""
    for name, _ in entry.authors:
        xml_elem(f"{{{DC}}}creator", item).text = name


def photo(element: Any, entry: EntryValues) -> None:
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


def further_files(item: Any, entry: EntryValues) -> None:
    """Write the files that are neither the photo nor the only enclosure of RSS (Media RSS 1.5)."""
    image = entry.article.image
    written = {image.url if image else None, entry.enclosure.url if entry.enclosure else None}
    for file in entry.files:
        if file.url not in written:
            content = xml_elem(f"{{{MEDIA}}}content", item, url=file.url, type=file.type)
            if medium := _MEDIUMS.get(file.type.partition("/")[0]) or _MEDIUMS.get(file.type):
                content.set("medium", medium)
            if file.length:
                content.set("fileSize", str(file.length))
