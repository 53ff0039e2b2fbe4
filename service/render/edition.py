"""What every format says about a feed and an article; the formats only differ in how they write it."""

import html
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import quote

from service.article import Article, Enclosure, page_url
from service.feed import Feed, Ranking, Tombstone
from service.settings import Settings, Site
from service.text import plain

TEASER = 280  # characters; what aggregators show of a story
_CORRECTION = {"id": "Ralat", "en": "Correction"}
# What RFC 4151 §2.1 allows after the authority: pchar, "/" and "?".
_TAG_SAFE = "-._~!$&'()*+,;=:@/?"


def guid(article_id: str, settings: Settings) -> str:
    """A tag URI that depends on the CMS's id alone (RFC 4151)."""
    return f"tag:{settings.site.tag_authority}:{quote(article_id, safe=_TAG_SAFE)}"


def moment(when: datetime, site: Site) -> str:
    """An instant as Atom and JSON Feed write it, with the site's offset (RFC 3339)."""
    return when.astimezone(site.zone).isoformat()


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

    @property
    def archive_links(self) -> list[tuple[str, str]]:
        """Relation and address of the documents around this one."""
        links = [("prev-archive", self.older), ("next-archive", self.newer), ("current", self.current)]
        return [(relation, url) for relation, url in links if url]

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
        return self._local(self.article.published_at)

    @property
    def updated_at(self) -> datetime:
        return self._local(self.article.updated_at)

    def _local(self, when: datetime) -> datetime:
        """In UTC where the zone's offset has seconds, as before standard time: no format can write those."""
        local = when.astimezone(self.settings.site.zone)
        return when if (local.utcoffset() or timedelta()) % timedelta(minutes=1) else local

    @property
    def language(self) -> str:
        return self.article.language or self.settings.site.language

    @property
    def rights(self) -> str:
        return self.article.license or self.settings.site.rights

    @property
    def summary(self) -> str:
        """Plain text, never empty: the summary, else the body's beginning, else the title."""
        return self.article.summary or _beginning(self.article.content_html) or self.article.title

    @property
    def content_html(self) -> str:
        """The body with its correction in front; may be empty."""
        if not self.article.correction:
            return self.article.content_html
        word = _CORRECTION["id" if self.language.split("-")[0] == "id" else "en"]
        note = html.escape(self.article.correction, quote=False)
        return f"<p><strong>{word}:</strong> {note}</p>{self.article.content_html}"

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


def _beginning(markup: str) -> str:
    text = plain(markup[: 10 * TEASER])
    if len(text) <= TEASER:
        return text
    end = text.rfind(" ", 0, TEASER)
    return text[: end if end > 0 else TEASER].rstrip(" ,;:.-–") + "…"
