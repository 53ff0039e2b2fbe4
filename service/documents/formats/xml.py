"""RSS 2.0 and Atom 1.0 (RFC 4287), built by feedgen.

The process keeps each entry that feedgen has built, and splices it into later documents. The result has the same bytes
as a document that feedgen builds as a whole.
"""

import html
import re
from collections.abc import Collection, Hashable, Sequence
from datetime import datetime
from email.utils import format_datetime
from typing import Any, ClassVar, NamedTuple
from urllib.parse import quote
from xml.sax.saxutils import escape

import feedgen.entry
import feedgen.feed
from feedgen.entry import FeedEntry
from feedgen.feed import FeedGenerator
from lxml import etree

from service.articles.article import Article
from service.articles.plain_text import is_misread
from service.core.lru import Bounded
from service.core.settings.model import Settings
from service.documents.formats.body import body
from service.documents.formats.edition import Edition, Entry, guid, local, moment
from service.documents.formats.extensions import ChannelExtension, EntryExtension
from service.documents.formats.fragments import keep, recall
from service.documents.parts import Spliced

# To format a date, feedgen switches the locale of the whole process. That is not thread-safe, and the locale may not be
# restored. `format_datetime` gives the same bytes.
feedgen.feed.formatRFC2822 = format_datetime
feedgen.entry.formatRFC2822 = format_datetime


class _Entry(FeedEntry):
    """An entry with all attributes of its Atom links. feedgen drops some of them (its issues 135 and 143)."""

    def atom_entry(self, extensions: bool = True) -> Any:
        element = super().atom_entry(extensions=extensions)
        for link, attributes in zip(element.findall("link"), self.link() or (), strict=True):
            link.attrib.update({name: value for name, value in attributes.items() if value})
        return element


class _Generator(FeedGenerator):
    """A generator that declares only the namespaces that the document uses. Validators warn about unused ones.

    `prefixes` are the namespace prefixes of kept entries, which this generator does not build.
    """

    prefixes: Collection[str] = ()

    def _create_rss(self, extensions: bool = True) -> Any:
        return self._without_unused_namespaces(super()._create_rss(extensions=extensions))

    def _create_atom(self, extensions: bool = True) -> Any:
        return self._without_unused_namespaces(super()._create_atom(extensions=extensions))

    def _without_unused_namespaces(self, built: tuple[Any, Any]) -> tuple[Any, Any]:
        root, _ = built
        etree.cleanup_namespaces(root, keep_ns_prefixes=list(self.prefixes))
        return root, etree.ElementTree(root)


HEADS = 1_000_000  # bytes of memory for the heads of a format
_REST = 2_000  # bytes that a kept head takes in addition to its own
_PREFIX = re.compile(rb"<([\w-]+):")  # "<" begins only tags: in texts and attributes it is escaped
# The two values in a head that a new article changes: the time, and the URL of the older document.
_UPDATED = re.compile(rb"(?<=<lastBuildDate>)[^<]*|(?<=<updated>)[^<]*")
_OLDER = re.compile(rb'(?<=rel="prev-archive" href=")[^"]*|(?<=href=")[^"]*(?=" rel="prev-archive")')
_IN_ATTRIBUTE = {'"': "&quot;"}


class _Head(NamedTuple):
    """A kept head of a document.

    `says` has all values in the head except the time and the URL of the older document.
    """

    settings: Settings
    says: Hashable
    head: bytes


class Xml:
    """A format that feedgen writes. Shared by a process's threads.

    `build` makes a whole document with feedgen. A call splices the same bytes from a kept head and kept entries.
    """

    first: ClassVar[bytes]  # the first bytes of each entry
    tail: ClassVar[bytes]

    def __init__(self, channel: type[ChannelExtension] = ChannelExtension) -> None:
        self._channel = channel
        self._heads: Bounded[str, _Head] = Bounded(HEADS)

    def __call__(self, edition: Edition) -> Spliced:
        """The edition as a document. A kept head and kept entries are not built again."""
        settings = edition.settings
        kept = recall(self, edition.entries, settings)
        missing = [article for article, entry in zip(edition.entries, kept, strict=True) if entry is None]
        prefixes = frozenset().union(*[entry.prefixes for entry in kept if entry])
        if missing or self._channel is not ChannelExtension:  # a partner's head may depend on the entries
            head, bodies = self._cut(self.build(edition, missing, prefixes), len(missing))
        else:
            head, bodies = self._head(edition, prefixes), []
        built = (
            keep(self, article, settings, body, frozenset(map(bytes.decode, _PREFIX.findall(body))))
            for article, body in zip(missing, bodies, strict=True)
        )
        entries = [(entry or next(built)).fragment for entry in kept]
        return Spliced(head, entries, self.tail, withdrawn=self.withdrawn(edition))

    def _head(self, edition: Edition, prefixes: frozenset[str]) -> bytes:
        """The edition's head.

        If a head for this URL with the same values is kept, only the time and the URL of the older document are
        replaced in it. Otherwise the head is built and kept.
        """
        feed, older = edition.feed, edition.older
        says = (
            *(feed.name, feed.title, edition.description, feed.link, edition.url, *edition.alternates),
            *(older is None, edition.newer, edition.current, *edition.tombstones, prefixes),
        )
        kept = self._heads.get(edition.url)
        if kept is None or kept.settings is not edition.settings or kept.says != says:
            head, _ = self._cut(self.build(edition, (), prefixes), 0)
            self._heads.put(edition.url, _Head(edition.settings, says, head), len(head) + _REST)
            return head
        updated = self.time(local(edition.updated_at, edition.settings.site)).encode()
        head = _UPDATED.sub(lambda _: updated, kept.head, 1)
        return _OLDER.sub(lambda _: escape(older, _IN_ATTRIBUTE).encode(), head, 1) if older else head

    def time(self, when: datetime) -> str:
        """A time in the form of the format."""
        raise NotImplementedError

    def build(self, edition: Edition, entries: Sequence[Article], prefixes: Collection[str] = ()) -> bytes:
        """The edition's document with only these entries.

        It declares the namespaces that the document uses, and those of `prefixes`.
        """
        raise NotImplementedError

    def withdrawn(self, edition: Edition) -> list[str]:
        """The ids of the withdrawn articles that the head lists."""
        raise NotImplementedError

    def _cut(self, document: bytes, count: int) -> tuple[bytes, list[bytes]]:
        """The document's head, and its last `count` entries, in their order.

        The search begins at the end, because a partner's head may contain `<item>` elements of withdrawn articles.
        """
        bodies = []
        end = len(document) - len(self.tail)
        for _ in range(count):
            begin = document.rindex(self.first, 0, end)
            bodies.append(document[begin:end])
            end = begin
        return document[:end], bodies[::-1]


class Rss(Xml):
    """RSS 2.0. The extensions write elements of other namespaces."""

    first = b"<item>"
    tail = b"</channel></rss>"

    def __init__(
        self, channel: type[ChannelExtension] = ChannelExtension, item: type[EntryExtension] = EntryExtension
    ) -> None:
        super().__init__(channel)
        self._item = item

    def time(self, when: datetime) -> str:
        return format_datetime(when)

    def build(self, edition: Edition, entries: Sequence[Article], prefixes: Collection[str] = ()) -> bytes:
        generator = _generator(edition, self._channel, prefixes)
        feed = edition.feed
        # feedgen uses the last of these links as the `link` of the channel.
        generator.link([{"href": edition.url, "rel": "self", "type": "application/rss+xml"}, {"href": feed.link}])
        generator.description(edition.description)
        generator.ttl(edition.settings.catalogue.ttl)
        if edition.settings.site.logo:
            generator.image(url=edition.settings.site.logo, title=feed.title, link=feed.link)
        generator.channel.links = [{"rel": relation, "href": url} for relation, url in _links(edition)]
        for article in entries:
            generator.add_entry(_entry(article, edition, _rss_details, self._item), order="append")
        return bytes(generator.rss_str())

    def withdrawn(self, edition: Edition) -> list[str]:
        return edition.withdrawn if self._channel.tells_withdrawals else []


class Atom(Xml):
    """Atom 1.0."""

    first = b"<entry "
    tail = b"</feed>"

    def time(self, when: datetime) -> str:
        return when.isoformat()

    def build(self, edition: Edition, entries: Sequence[Article], prefixes: Collection[str] = ()) -> bytes:
        generator = _generator(edition, ChannelExtension, prefixes)
        feed, site = edition.feed, edition.settings.site
        generator.id(f"{edition.settings.base_url}/{quote(str(feed.name.feed))}")
        generator.link(
            [
                {"href": edition.url, "rel": "self", "type": "application/atom+xml"},
                {"href": feed.link, "rel": "alternate", "type": "text/html"},
                *({"href": url, "rel": "alternate", "type": media_type} for url, media_type in edition.alternates),
                *({"href": url, "rel": relation} for relation, url in _links(edition)),
            ]
        )
        generator.subtitle(edition.description)
        if edition.settings.catalogue.tombstones:
            generator.channel.deleted = [
                (guid(t.article_id, edition.settings), moment(t.at, site)) for t in edition.tombstones
            ]
        generator.author(name=site.author, uri=edition.settings.home)
        if site.logo:
            generator.logo(site.logo)
        for article in entries:
            generator.add_entry(_entry(article, edition, _atom_details, EntryExtension), order="append")
        return bytes(generator.atom_str())

    def withdrawn(self, edition: Edition) -> list[str]:
        return edition.withdrawn if edition.settings.catalogue.tombstones else []


rss = Rss()
atom = Atom()


def _links(edition: Edition) -> list[tuple[str, str]]:
    return [*(("hub", hub) for hub in edition.settings.hubs), *edition.archive_links]


def _generator(edition: Edition, channel: type[ChannelExtension], prefixes: Collection[str]) -> Any:
    generator = _Generator()
    generator.prefixes = prefixes
    generator.register_extension("channel", channel, EntryExtension, atom=True, rss=True)
    generator.channel.edition = edition
    generator.channel.is_archive = edition.current is not None
    site = edition.settings.site
    generator.title(edition.feed.title)
    generator.language(site.language)
    if site.rights:
        generator.rights(site.rights)
    generator.updated(local(edition.updated_at, site))
    generator.generator("Warta")
    return generator


def _entry(article: Article, edition: Edition, details: Any, extension: type[EntryExtension]) -> Any:
    entry = Entry(article, edition.settings)
    element = _Entry()
    element.register_extension("channel", extension, atom=True, rss=True)
    element.channel.entry = entry
    element.guid(entry.guid, permalink=False)
    element.title(article.title)
    element.published(entry.published_at)
    element.updated(entry.updated_at)
    if entry.content_html:
        element.content(body(entry), type="html")
    details(element, entry)
    return element


def _rss_details(element: Any, entry: Entry) -> None:
    element.link(href=entry.link)
    if is_misread(entry.article.title):  # readers take a title for plain text or for HTML
        element.title(html.escape(entry.article.title, quote=False))
    element.description(html.escape(entry.summary, quote=False))  # readers and validators parse it as HTML
    # RSS permits a `domain` here, but with it parsers in JavaScript return an object instead of the name.
    element.category([{"term": name} for name, _ in entry.labels])
    for enclosure in entry.enclosures[:1]:  # RSS 2.0 has one at most, and readers differ in which they take
        element.enclosure(url=enclosure.url, length=str(enclosure.length), type=enclosure.type)


def _atom_details(element: Any, entry: Entry) -> None:
    links = [{"href": entry.link, "rel": "alternate", "type": "text/html"}]
    for file in entry.enclosures:
        link = {"href": file.url, "rel": "enclosure", "type": file.type}
        links.append({**link, "length": str(file.length)} if file.length else link)
    element.link(links)
    element.summary(entry.summary)
    element.category([{"term": name, "scheme": scheme} for name, scheme in entry.labels])
    for name, url in entry.authors:
        element.author(name=name, **({"uri": url} if url else {}))
    if entry.rights:
        element.rights(entry.rights)
