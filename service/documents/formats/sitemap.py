"""The sitemap for Google News (developers.google.com/search/docs/crawling-indexing/sitemaps/news-sitemap)."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from lxml import etree

from service.articles.article import Headline, page_url
from service.core.errors import NotFound
from service.core.settings.model import Settings
from service.documents.formats.context import rfc3339

MAX_ARTICLE_AGE = timedelta(hours=48)  # age of the oldest article in the sitemap, as Google requires
MAX_URLS = 1000  # URLs in a file at most
CONTENT_TYPE = "application/xml; charset=utf-8"

_SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
_NEWS = "http://www.google.com/schemas/sitemap-news/0.9"

_CHINESE = ("zh", "zho", "chi", "cmn")
_TRADITIONAL_REGIONS = {"tw", "hk", "mo"}


def render(headlines: Sequence[Headline], part: int | None, settings: Settings) -> bytes:
    """The sitemap of `headlines`, or one `part` of it, counted from 1.

    Without a `part`, more than MAX_URLS headlines give an index of the parts (sitemaps.org/protocol). Raises NotFound
    for a part after the last.
    """
    if part is None and len(headlines) > MAX_URLS:
        return _index(range(1, -(-len(headlines) // MAX_URLS) + 1), settings)
    first = ((part or 1) - 1) * MAX_URLS
    if first and first >= len(headlines):
        raise NotFound(f"the sitemap has no part {part}")
    return _urls(headlines[first : first + MAX_URLS], settings)


def _index(parts: Sequence[int], settings: Settings) -> bytes:
    root = etree.Element(f"{{{_SITEMAP}}}sitemapindex", nsmap={None: _SITEMAP})
    for part in parts:
        _add(_add(root, _SITEMAP, "sitemap"), _SITEMAP, "loc", f"{settings.base_url}/sitemap-news/{part}.xml")
    return _written(root)


def _urls(headlines: Sequence[Headline], settings: Settings) -> bytes:
    site = settings.site
    root = etree.Element(f"{{{_SITEMAP}}}urlset", nsmap={None: _SITEMAP, "news": _NEWS})
    for headline in headlines:
        url = _add(root, _SITEMAP, "url")
        _add(url, _SITEMAP, "loc", headline.url or page_url(settings.base_url, headline.id))
        _add(url, _SITEMAP, "lastmod", rfc3339(headline.updated_at, site))
        news = _add(url, _NEWS, "news")
        publication = _add(news, _NEWS, "publication")
        _add(publication, _NEWS, "name", site.title)
        _add(publication, _NEWS, "language", _language(headline.language or site.language))
        _add(news, _NEWS, "publication_date", rfc3339(headline.published_at, site))
        _add(news, _NEWS, "title", headline.title)
    return _written(root)


def _language(tag: str) -> str:
    """The language in Google's form: a code of ISO 639, but `zh-cn` and `zh-tw` for Chinese.

    The script in the tag decides between these two, else the region: `zh-Hant`, `zh-HK` and `zh_MO` are `zh-tw`.
    """
    primary, *subtags = tag.lower().replace("_", "-").split("-")
    if primary not in _CHINESE:
        return primary
    script = next((subtag for subtag in subtags if subtag in ("hans", "hant")), None)
    is_traditional = script == "hant" if script else not _TRADITIONAL_REGIONS.isdisjoint(subtags)
    return "zh-tw" if is_traditional else "zh-cn"


def _add(parent: Any, namespace: str, name: str, text: str | None = None) -> Any:
    element = etree.SubElement(parent, f"{{{namespace}}}{name}")
    element.text = text
    return element


def _written(root: Any) -> bytes:
    # A sitemap without articles does not use the news namespace, and should not declare it.
    etree.cleanup_namespaces(root)
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8"))
