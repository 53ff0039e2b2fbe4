"""What feedgen cannot say by itself, as feedgen extensions: links of an RSS channel, and the details of an entry."""

from collections.abc import Sequence
from typing import Any

from feedgen.ext.base import BaseEntryExtension, BaseExtension
from feedgen.util import xml_elem

from service.render.edition import Entry

ATOM = "http://www.w3.org/2005/Atom"
DC = "http://purl.org/dc/elements/1.1/"
DCTERMS = "http://purl.org/dc/terms/"
FH = "http://purl.org/syndication/history/1.0"
MEDIA = "http://search.yahoo.com/mrss/"
TOMBSTONE = "http://purl.org/atompub/tombstones/1.0"
_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


class ChannelExtension(BaseExtension):
    """Links that feedgen writes in Atom only (hubs, the archive) as `atom:link` in RSS; the mark of archive pages."""

    def __init__(self) -> None:
        self.links: Sequence[dict[str, str]] = ()
        self.is_archive = False
        self.deleted: Sequence[tuple[str, str]] = ()  # tag URI and time of withdrawn articles, in Atom

    def extend_ns(self) -> dict[str, str]:
        return {"at": TOMBSTONE, "dc": DC, "dcterms": DCTERMS, "fh": FH, "media": MEDIA}

    def extend_rss(self, rss: Any) -> Any:
        for link in self.links:
            xml_elem(f"{{{ATOM}}}link", rss[0], **link)
        self._mark(rss[0])
        return rss

    def extend_atom(self, feed: Any) -> Any:
        self._mark(feed)
        for ref, when in self.deleted:
            xml_elem(f"{{{TOMBSTONE}}}deleted-entry", feed, ref=ref, when=when)
        return feed

    def _mark(self, channel: Any) -> None:
        if self.is_archive:
            xml_elem(f"{{{FH}}}archive", channel)


class EntryExtension(BaseEntryExtension):
    """Bylines, language, rights and modification time in RSS; the photo with caption and credit in both."""

    def __init__(self) -> None:
        self.entry: Entry | None = None

    def extend_rss(self, item: Any) -> Any:
        if self.entry:
            for author in self.entry.article.authors:
                xml_elem(f"{{{DC}}}creator", item).text = author.name
            xml_elem(f"{{{DC}}}language", item).text = self.entry.language
            if self.entry.rights:
                xml_elem(f"{{{DC}}}rights", item).text = self.entry.rights
            xml_elem(f"{{{DCTERMS}}}modified", item).text = self.entry.updated_at.isoformat()
            self._media(item)
        return item

    def extend_atom(self, element: Any) -> Any:
        if self.entry:
            element.set(_XML_LANG, self.entry.language)
            self._media(element)
        return element

    def _media(self, element: Any) -> None:
        assert self.entry  # noqa: S101 - narrows the type; both callers have looked
        image = self.entry.article.image
        if not image or not image.url:
            return
        sizes = {"fileSize": image.length, "width": image.width, "height": image.height}
        content = xml_elem(f"{{{MEDIA}}}content", element, url=image.url, type=image.type, medium="image")
        for name, value in sizes.items():
            if value:
                content.set(name, str(value))
        if image.caption:
            xml_elem(f"{{{MEDIA}}}description", content, type="plain").text = image.caption
        if image.credit:
            xml_elem(f"{{{MEDIA}}}credit", content).text = image.credit
