"""RSS 2.0 (rssboard.org/rss-specification)."""

import html
from collections.abc import Collection, Sequence
from datetime import datetime
from email.utils import format_datetime
from typing import Any

from service.articles.article import Article, Enclosure
from service.articles.plain_text import is_misread
from service.documents.formats.context import EntryValues, RenderContext
from service.documents.formats.xml import Xml, cdata, head_links


class Rss(Xml):
    """RSS 2.0. The extensions write elements of other namespaces."""

    entry_tag = b"<item>"
    tail = b"</channel></rss>"

    def time(self, when: datetime) -> str:
        return format_datetime(when)

    def build(self, context: RenderContext, entries: Sequence[Article], prefixes: Collection[str] = ()) -> bytes:
        generator = self.generator(context, prefixes)
        feed = context.feed
        # feedgen uses the last of these links as the `link` of the channel.
        generator.link([{"href": context.url, "rel": "self", "type": "application/rss+xml"}, {"href": feed.link}])
        generator.description(context.description)
        generator.ttl(context.settings.catalogue.ttl)
        picture = context.settings.site.logo or context.settings.icon_url("144")
        generator.image(url=picture, title=feed.title, link=feed.link)
        generator.channel.links = [{"rel": relation, "href": url} for relation, url in head_links(context)]
        for article in entries:
            generator.add_entry(self._rss_item(EntryValues(article, context.settings)), order="append")
        return bytes(generator.rss_str())

    def withdrawn(self, context: RenderContext) -> list[str]:
        return context.withdrawn if self._channel.lists_withdrawals else []

    def enclosure(self, values: EntryValues) -> Enclosure | None:
        """The only enclosure of an item. RSS 2.0 allows no second one, and readers differ in which they use."""
        return values.enclosure

    def _rss_item(self, values: EntryValues) -> Any:
        item = self.entry(values)
        item.link(href=values.link)
        if is_misread(values.article.title):  # readers take a title for plain text or for HTML
            item.title(html.escape(values.article.title, quote=False))
        item.description(cdata(html.escape(values.summary, quote=False)))  # readers and validators parse it as HTML
        # RSS permits a `domain` here, but with it parsers in JavaScript return an object instead of the name.
        item.category([{"term": name} for name, _ in values.labels])
        if file := self.enclosure(values):
            item.enclosure(url=file.url, length=str(file.length), type=file.type)
        return item


rss = Rss()
