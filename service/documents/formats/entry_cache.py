"""Rendered entries in the memory of a process. Each version of an article is rendered once per format, for all feeds.

All functions are safe to call from several threads.
"""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

from service.articles.article import Article
from service.core.lru import LruCache
from service.core.settings.model import Settings
from service.documents.parts import Fragment

MAX_CACHE_BYTES = 16_000_000  # bytes of cached entries: about 2,000 with bodies of 3 KB
_OVERHEAD_BYTES = 1_000  # bytes that an entry and its article take in addition to the two bodies


@dataclass(frozen=True)
class RenderedEntry:
    """A rendered entry, with the article and the settings from which it was made.

    `prefixes` are the prefixes of the XML namespaces that it uses.
    """

    fragment: Fragment
    article: Article
    settings: Settings
    prefixes: frozenset[str]


_entries: LruCache[Hashable, RenderedEntry] = LruCache(MAX_CACHE_BYTES)


def cached_entries(writer: Hashable, articles: Sequence[Article], settings: Settings) -> list[RenderedEntry | None]:
    """The cached entry of each article, in their order; None for an article without one.

    An entry is returned only if the same `writer` made it, from an equal article and the same settings object.
    """
    known = _entries.get_all([_key(writer, article) for article in articles])
    return [
        cached
        if cached and cached.settings is settings and (cached.article is article or cached.article == article)
        else None
        for cached, article in zip(known, articles, strict=True)
    ]


def cache_entry(
    writer: Hashable, article: Article, settings: Settings, body: bytes, prefixes: frozenset[str] = frozenset()
) -> RenderedEntry:
    """Cache the article's entry. Its `body` must depend on the writer, the article and the settings alone."""
    cached = RenderedEntry(Fragment(article.id, body), article, settings, prefixes)
    _entries.put(_key(writer, article), cached, len(body) + len(article.content_html) + _OVERHEAD_BYTES)
    return cached


def _key(writer: Hashable, article: Article) -> Hashable:
    # The key has no version, so that a new version of an article replaces the one before. It has the length of the
    # body, so that a shortened copy does not replace the whole article: feeds may need both in turn.
    return writer, article.id, len(article.content_html)
