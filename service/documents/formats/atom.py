"""Atom 1.0 (RFC 4287)."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import quote

from service.articles.article import Article
from service.documents.formats.context import EntryValues, RenderContext, guid, rfc3339
from service.documents.formats.xml import Xml, head_links


class Atom(Xml):
    """Atom 1.0.

    The only alternate link is the HTML page: newsboat opens the last one. The other formats are in the HTTP `Link`
    header.
    """

    entry_tag = b"<entry "
    tail = b"</feed>"

    def time(self, when: datetime) -> str:
        return when.isoformat()

    def build(self, context: RenderContext, entries: Sequence[Article], prefixes: Collection[str] = ()) -> bytes:
        generator = self.generator(context, prefixes)
        feed, site = context.feed, context.settings.site
        generator.id(feed.link if feed.is_search else f"{context.settings.base_url}/{quote(str(feed.name.feed))}")
        generator.link(
            [
                {"href": context.url, "rel": "self", "type": "application/atom+xml"},
                {"href": feed.link, "rel": "alternate", "type": "text/html"},
                *({"href": url, "rel": relation} for relation, url in head_links(context)),
            ]
        )
        generator.subtitle(context.description)
        if context.settings.catalogue.tombstones:
            generator.channel.deleted = [
                (guid(t.article_id, context.settings), rfc3339(t.at, site)) for t in context.tombstones
            ]
        generator.author(name=site.author, uri=context.settings.home)
        generator.icon(context.settings.icon_url("192"))
        if site.logo:
            generator.logo(site.logo)
        for article in entries:
            generator.add_entry(self._atom_entry(EntryValues(article, context.settings)), order="append")
        return bytes(generator.atom_str())

    def withdrawn(self, context: RenderContext) -> list[str]:
        return context.withdrawn if context.settings.catalogue.tombstones else []

    def _atom_entry(self, values: EntryValues) -> Any:
        entry = self.entry(values)
        links = [{"href": values.link, "rel": "alternate", "type": "text/html"}]
        for file in values.files:
            link = {"href": file.url, "rel": "enclosure", "type": file.type}
            links.append({**link, "length": str(file.length)} if file.length else link)
        entry.link(links)
        entry.summary(values.summary)
        entry.category([{"term": name, "scheme": scheme} for name, scheme in values.labels])
        for name, url in values.authors:
            entry.author(name=name, **({"uri": url} if url else {}))
        if values.rights:
            entry.rights(values.rights)
        return entry


atom = Atom()
