"""What every format says about a feed and an article; the formats only differ in how they write it."""

import html
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

from service.articles.article import Article, Enclosure, page_url
from service.articles.text import plain, spoken
from service.core.settings.model import Settings, Site
from service.feeds.names import Feed, Ranking, Tombstone

TEASER = 280  # characters; what aggregators show of a story
_CORRECTION = {"id": "Ralat", "en": "Correction"}
_SHORTENED = {"id": "Isi {} berita terbawah diringkas.", "en": "The last {} stories are shortened to summaries."}
# What RFC 4151 §2.1 allows after the authority: pchar, "/" and "?".
_TAG_SAFE = "-._~!$&'()*+,;=:@/?"


def guid(article_id: str, settings: Settings) -> str:
    """A tag URI that depends on the CMS's id alone (RFC 4151)."""
    return f"tag:{settings.site.tag_authority}:{quote(article_id, safe=_TAG_SAFE)}"


def local(when: datetime, site: Site) -> datetime:
    """The instant with the site's offset; in UTC where validators doubt the offset, as in Nepal and before standard
    time: they know whole and half hours."""
    there = when.astimezone(site.zone)
    return when.astimezone(UTC) if (there.utcoffset() or timedelta()) % timedelta(minutes=30) else there


def moment(when: datetime, site: Site) -> str:
    """An instant as Atom and JSON Feed write it, with the site's offset (RFC 3339)."""
    return local(when, site).isoformat()


def teaser(text: str, longest: int = TEASER) -> str:
    """The beginning of a plain text, up to `longest` characters and the end of a word."""
    if len(text) <= longest:
        return text
    end = text.rfind(" ", 0, longest)
    return text[: end if end > 0 else longest].rstrip(" ,;:.-–") + "…"


@dataclass(frozen=True)
class Edition:
    """A feed with its entries, ready to be written; `url` is the document's own address (the self link)."""

    feed: Feed
    entries: Sequence[Article]
    url: str
    alternates: Sequence[tuple[str, str]]  # address and media type of the other formats
    settings: Settings
    # The archive (RFC 5005 §4): addresses of the documents before and after, and on a page of it, of the feed.
    older: str | None = None
    newer: str | None = None
    current: str | None = None
    ranking: Ranking | None = None  # of a popular feed
    tombstones: Sequence[Tombstone] = ()
    shortened: int = 0  # entries at the end whose bodies were too much for one document

    @property
    def description(self) -> str:
        """The feed's description, which also says when entries are shortened."""
        if not self.shortened:
            return self.feed.description
        stop = "" if self.feed.description.endswith((".", "!", "?")) else "."
        sentence = _SHORTENED[spoken(self.settings.site.language)].format(self.shortened)
        return f"{self.feed.description}{stop} {sentence}"

    @property
    def archive_links(self) -> list[tuple[str, str]]:
        """Relation and address of the documents around this one."""
        links = [("prev-archive", self.older), ("next-archive", self.newer), ("current", self.current)]
        return [(relation, url) for relation, url in links if url]

    @property
    def withdrawn(self) -> list[str]:
        """The ids of its tombstones."""
        return [tombstone.article_id for tombstone in self.tombstones]

    @property
    def updated_at(self) -> datetime:
        """When something in it, or its order, last changed: the same content gives the same bytes."""
        times = [entry.updated_at for entry in self.entries] + [tombstone.at for tombstone in self.tombstones]
        if self.ranking:
            times.append(self.ranking.since)
        return max(times, default=self.feed.modified_at)


@dataclass(frozen=True)
class Entry:
    """An article as all formats show it; times have the site's offset."""

    article: Article
    settings: Settings

    @property
    def guid(self) -> str:
        return guid(self.article.id, self.settings)

    @property
    def link(self) -> str:
        return self.article.url or page_url(self.settings.base_url, self.article.id)

    @property
    def published_at(self) -> datetime:
        return local(self.article.published_at, self.settings.site)

    @property
    def updated_at(self) -> datetime:
        return local(self.article.updated_at, self.settings.site)

    @property
    def authors(self) -> list[tuple[str, str | None]]:
        """Names and addresses of the bylines; the publisher's for an article without one: Atom wants one."""
        bylines = [(author.name, author.url) for author in self.article.authors]
        return bylines or [(self.settings.site.author, self.settings.home)]

    @property
    def language(self) -> str:
        return self.article.language or self.settings.site.language

    @property
    def rights(self) -> str:
        return self.article.license or self.settings.site.rights

    @property
    def summary(self) -> str:
        """Plain text, never empty: the summary, else the body's beginning, else the title."""
        beginning = self.article.content_html[: 10 * TEASER]
        return self.article.summary or teaser(plain(beginning)) or self.article.title

    @property
    def content_html(self) -> str:
        """The body, or for want of one the summary, with its correction in front; may be empty without one."""
        if not self.article.correction:
            return self.article.content_html
        note = html.escape(self.article.correction, quote=False)
        body = self.article.content_html or f"<p>{html.escape(self.summary, quote=False)}</p>"
        return f"<p><strong>{_CORRECTION[spoken(self.language)]}:</strong> {note}</p>{body}"

    @property
    def labels(self) -> list[tuple[str, str]]:
        """Categories, then tags, each name once, with the address that tells the two apart."""
        base = self.settings.base_url
        names = dict.fromkeys(self.article.categories, f"{base}/category/")
        for tag in self.article.tags:
            names.setdefault(tag, f"{base}/tag/")
        return list(names.items())

    @property
    def enclosures(self) -> list[Enclosure]:
        """The photo first, then the other files; each address once."""
        image = self.article.image
        photo = []
        if image and image.url:
            photo = [Enclosure.model_construct(url=image.url, type=image.type, length=image.length)]
        files: dict[str, Enclosure] = {}
        for file in [*photo, *self.article.enclosures]:
            files.setdefault(file.url, file)
        return list(files.values())
