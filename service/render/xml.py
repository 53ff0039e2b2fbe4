"""RSS 2.0 and Atom 1.0 (RFC 4287), built by feedgen."""

import html
from email.utils import format_datetime
from typing import Any
from urllib.parse import quote

import feedgen.entry
import feedgen.feed
from feedgen.entry import FeedEntry
from feedgen.feed import FeedGenerator
from lxml import etree

from service.article import Article
from service.render.edition import Edition, Entry, guid, local, moment
from service.render.extensions import ChannelExtension, EntryExtension

# feedgen formats a date by switching the locale of the whole process, which is not thread-safe and may not be
# undone. These are the same bytes.
feedgen.feed.formatRFC2822 = format_datetime
feedgen.entry.formatRFC2822 = format_datetime


class _Entry(FeedEntry):
    """Restores what feedgen drops from Atom links (its issues 135 and 143)."""

    def atom_entry(self, extensions: bool = True) -> Any:
        element = super().atom_entry(extensions=extensions)
        for link, attributes in zip(element.findall("link"), self.link() or (), strict=True):
            link.attrib.update({name: value for name, value in attributes.items() if value})
        return element


class _Generator(FeedGenerator):
    """Declares only the namespaces that the document uses; validators warn about the others."""

    def _create_rss(self, extensions: bool = True) -> Any:
        return _without_unused_namespaces(super()._create_rss(extensions=extensions))

    def _create_atom(self, extensions: bool = True) -> Any:
        return _without_unused_namespaces(super()._create_atom(extensions=extensions))


def _without_unused_namespaces(built: tuple[Any, Any]) -> tuple[Any, Any]:
    root, _ = built
    etree.cleanup_namespaces(root)
    return root, etree.ElementTree(root)


def rss(
    edition: Edition, channel: type[ChannelExtension] = ChannelExtension, item: type[EntryExtension] = EntryExtension
) -> bytes:
    """The edition as RSS 2.0; the extensions write what it does not have itself."""
    generator = _generator(edition, channel)
    feed = edition.feed
    # feedgen takes the last link that it was given for the channel's.
    generator.link([{"href": edition.url, "rel": "self", "type": "application/rss+xml"}, {"href": feed.link}])
    generator.description(edition.description)
    generator.ttl(edition.settings.catalogue.ttl)
    if edition.settings.site.logo:
        generator.image(url=edition.settings.site.logo, title=feed.title, link=feed.link)
    generator.channel.links = [{"rel": relation, "href": url} for relation, url in _links(edition)]
    for article in edition.entries:
        generator.add_entry(_entry(article, edition, _rss_details, item), order="append")
    return bytes(generator.rss_str())


def atom(edition: Edition) -> bytes:
    """The edition as Atom 1.0."""
    generator = _generator(edition, ChannelExtension)
    feed, site = edition.feed, edition.settings.site
    generator.id(f"{edition.settings.base_url}/{quote(str(feed.name.head))}")
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
    for article in edition.entries:
        generator.add_entry(_entry(article, edition, _atom_details, EntryExtension), order="append")
    return bytes(generator.atom_str())


def _links(edition: Edition) -> list[tuple[str, str]]:
    return [*(("hub", hub) for hub in edition.settings.hubs), *edition.archive_links]


def _generator(edition: Edition, channel: type[ChannelExtension]) -> Any:
    generator = _Generator()
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
        element.content(entry.content_html, type="html")
    details(element, entry)
    return element


def _rss_details(element: Any, entry: Entry) -> None:
    element.link(href=entry.link)
    element.description(html.escape(entry.summary, quote=False))  # readers and validators take it for HTML
    # Without the domain that RSS permits: parsers in JavaScript then give an object in place of the name.
    element.category([{"term": name} for name, _ in entry.labels])
    for enclosure in entry.enclosures[:1]:  # more than one is not RSS 2.0, and readers differ in which they take
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
