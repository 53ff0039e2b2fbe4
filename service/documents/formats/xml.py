"""The base of RSS and Atom: feedgen writes documents, and the process caches their parts.

An entry that feedgen has built is cached, and joined into later documents. The result has the same bytes as a document
that feedgen builds as a whole.
"""

import re
from collections.abc import Collection, Hashable, Iterator, Sequence
from datetime import datetime
from email.utils import format_datetime
from itertools import pairwise
from typing import Any, ClassVar, NamedTuple
from xml.sax.saxutils import escape

import feedgen.entry
import feedgen.feed
from feedgen.entry import FeedEntry
from feedgen.feed import FeedGenerator
from lxml import etree

from service.articles.article import Article
from service.core.lru import LruCache
from service.core.settings.model import Settings
from service.documents.formats.context import EntryValues, RenderContext, local_time
from service.documents.formats.entry_cache import cache_entry, cached_entries
from service.documents.formats.extensions import ChannelExtension, EntryExtension
from service.documents.parts import DocumentParts

# To format a date, feedgen switches the locale of the whole process. That is not thread-safe, and the locale may not be
# restored. `format_datetime` gives the same bytes.
feedgen.feed.formatRFC2822 = format_datetime
feedgen.entry.formatRFC2822 = format_datetime

MAX_HEADS_BYTES = 1_000_000  # of the heads that a format caches
_OVERHEAD_BYTES = 2_000  # that a cached head takes in addition to its own bytes
_PREFIX = re.compile(rb"<([\w-]+):")  # outside of CDATA, "<" begins only tags
# The two values in a head that a new article changes: the time, and the URL of the older document.
_UPDATED = re.compile(rb"(?<=<lastBuildDate>)[^<]*|(?<=<updated>)[^<]*")
_OLDER = re.compile(rb'(?<=rel="prev-archive" href=")[^"]*|(?<=href=")[^"]*(?=" rel="prev-archive")')
_IN_ATTRIBUTE = {'"': "&quot;"}


class _FeedEntry(FeedEntry):
    """An entry with all attributes of its Atom links. feedgen drops some of them (its issues 135 and 143)."""

    def atom_entry(self, extensions: bool = True) -> Any:
        element = super().atom_entry(extensions=extensions)
        for link, attributes in zip(element.findall("link"), self.link() or (), strict=True):
            link.attrib.update({name: value for name, value in attributes.items() if value})
        return element


class _FeedGenerator(FeedGenerator):
    """A generator that declares only the namespaces that the document uses. Validators warn about unused ones.

    `prefixes` are the namespace prefixes of cached entries, which this generator does not build.
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


class _CachedHead(NamedTuple):
    """A cached head of a document. `values` are all values in it except the time and the URL of the older document."""

    settings: Settings
    values: Hashable
    head: bytes


class Xml:
    """A format that feedgen writes. Shared by a process's threads.

    `build` makes a whole document with feedgen. A call joins the same bytes from a cached head and cached entries.
    """

    entry_tag: ClassVar[bytes]  # the first bytes of each entry
    tail: ClassVar[bytes]

    def __init__(
        self, channel: type[ChannelExtension] = ChannelExtension, item: type[EntryExtension] = EntryExtension
    ) -> None:
        self._channel = channel
        self._item = item
        self._heads: LruCache[str, _CachedHead] = LruCache(MAX_HEADS_BYTES)
        self._entries = re.compile(re.escape(self.entry_tag))

    def __call__(self, context: RenderContext) -> DocumentParts:
        """The feed as a document. A cached head and cached entries are not built again."""
        settings = context.settings
        cached = cached_entries(self, context.entries, settings)
        missing = [article for article, entry in zip(context.entries, cached, strict=True) if entry is None]
        prefixes = frozenset().union(*[entry.prefixes for entry in cached if entry])
        if missing or self._channel is not ChannelExtension:  # a partner's head may depend on the entries
            head, bodies = self._split(self.build(context, missing, prefixes), len(missing))
        else:
            head, bodies = self._head(context, prefixes), []
        built = (
            cache_entry(self, article, settings, body, _prefixes(body))
            for article, body in zip(missing, bodies, strict=True)
        )
        entries = [(entry or next(built)).fragment for entry in cached]
        return DocumentParts(head, entries, self.tail, withdrawn=self.withdrawn(context))

    def _head(self, context: RenderContext, prefixes: frozenset[str]) -> bytes:
        """The document's head.

        If a head for this URL with the same values is cached, only the time and the URL of the older document are
        replaced in it. Otherwise the head is built and cached.
        """
        feed, older = context.feed, context.older
        values = (
            *(feed.name, feed.title, context.description, feed.link, context.url, context.is_complete),
            *(
                older if feed.is_search else older is None,
                context.newer,
                context.current,
                *context.tombstones,
                prefixes,
            ),
        )
        cached = self._heads.get(context.url)
        if cached is None or cached.settings is not context.settings or cached.values != values:
            head, _ = self._split(self.build(context, (), prefixes), 0)
            self._heads.put(context.url, _CachedHead(context.settings, values, head), len(head) + _OVERHEAD_BYTES)
            return head
        updated = self.time(local_time(context.updated_at, context.settings.site)).encode()
        head = _UPDATED.sub(lambda _: updated, cached.head, 1)
        return _OLDER.sub(lambda _: escape(older, _IN_ATTRIBUTE).encode(), head, 1) if older else head

    def time(self, when: datetime) -> str:
        """A time in the form of the format."""
        raise NotImplementedError

    def build(self, context: RenderContext, entries: Sequence[Article], prefixes: Collection[str] = ()) -> bytes:
        """The document of the feed with only these entries.

        It declares the namespaces that the document uses, and those of `prefixes`.
        """
        raise NotImplementedError

    def withdrawn(self, context: RenderContext) -> list[str]:
        """The ids of the withdrawn articles that the head lists."""
        raise NotImplementedError

    def _split(self, document: bytes, count: int) -> tuple[bytes, list[bytes]]:
        """The document's head, and its last `count` entries, in their order.

        A partner's head may have items of withdrawn articles before these entries.
        """
        starts = [tag.start() for span in _markup(document) for tag in self._entries.finditer(document, *span)]
        bounds = [*starts[len(starts) - count :], len(document) - len(self.tail)]
        return document[: bounds[0]], [document[start:end] for start, end in pairwise(bounds)]

    def generator(self, context: RenderContext, prefixes: Collection[str]) -> Any:
        """A generator with the values of the feed that RSS and Atom write alike."""
        generator = _FeedGenerator()
        generator.prefixes = prefixes
        generator.register_extension("channel", self._channel, EntryExtension, atom=True, rss=True)
        generator.channel.context = context
        site = context.settings.site
        generator.title(context.feed.title)
        generator.language(site.language)
        if site.rights:
            generator.rights(site.rights)
        generator.updated(local_time(context.updated_at, site))
        generator.generator("Warta")
        return generator

    def entry(self, values: EntryValues) -> Any:
        """An entry with the values of the article that RSS and Atom write alike."""
        entry = _FeedEntry()
        entry.register_extension("channel", self._item, atom=True, rss=True)
        entry.channel.entry = values
        entry.guid(values.guid, permalink=False)
        entry.title(values.article.title)
        entry.published(values.published_at)
        entry.updated(values.updated_at)
        if content := values.content_html:
            entry.content(cdata(content), type="html")
        return entry


def _prefixes(body: bytes) -> frozenset[str]:
    """The prefixes of the namespaces that an entry uses."""
    return frozenset(prefix.decode() for span in _markup(body) for prefix in _PREFIX.findall(body, *span))


def _markup(document: bytes) -> Iterator[tuple[int, int]]:
    """The start and end of each part outside of CDATA: a body in CDATA may hold the bytes of a tag, too."""
    start = 0
    while (end := document.find(b"<![CDATA[", start)) >= 0:
        yield start, end
        start = document.index(b"]]>", end) + 3
    yield start, len(document)


def cdata(text: str) -> Any:
    """The text as feedgen takes it, in CDATA if it has markup.

    Escaped markup is longer. Besides, a common parser refuses a document with more than 1,000 entities
    (fast-xml-parser), and a feed of 100 articles has more. lxml splits `]]>`.
    """
    return etree.CDATA(text) if "<" in text or "&" in text else text


def head_links(context: RenderContext) -> list[tuple[str, str]]:
    """The link relation and URL of each hub, and of each neighbouring document in the archive."""
    return [*(("hub", hub) for hub in context.hubs), *context.archive_links]
