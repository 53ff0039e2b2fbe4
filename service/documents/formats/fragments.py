"""Rendered entries in the memory of a process. Each version of an article is rendered once per format, for all feeds.

All functions are safe to call from several threads.
"""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

from service.articles.article import Article
from service.core.lru import LruCache
from service.core.settings.model import Settings
from service.documents.parts import Fragment

MEMORY = 16_000_000  # bytes of kept entries: about 2,000 with bodies of 3 KB
_REST = 1_000  # bytes that an entry and its article take in addition to the two bodies


@dataclass(frozen=True)
class Kept:
    """A rendered entry, with the article and the settings from which it was made.

    `prefixes` are the prefixes of the XML namespaces that it uses.
    """

    fragment: Fragment
    article: Article
    settings: Settings
    prefixes: frozenset[str]


_kept: LruCache[Hashable, Kept] = LruCache(MEMORY)


def recall(writer: Hashable, articles: Sequence[Article], settings: Settings) -> list[Kept | None]:
    """The kept entry of each article, in their order; None for an article without one.

    An entry is returned only if the same `writer` made it, from an equal article and the same settings object.
    """
    known = _kept.get_all([_key(writer, article) for article in articles])
    return [
        kept if kept and kept.settings is settings and (kept.article is article or kept.article == article) else None
        for kept, article in zip(known, articles, strict=True)
    ]


def keep(
    writer: Hashable, article: Article, settings: Settings, body: bytes, prefixes: frozenset[str] = frozenset()
) -> Kept:
    """Keep the article's entry. Its `body` must depend on the writer, the article and the settings alone."""
    kept = Kept(Fragment(article.id, body), article, settings, prefixes)
    _kept.put(_key(writer, article), kept, len(body) + len(article.content_html) + _REST)
    return kept


def _key(writer: Hashable, article: Article) -> Hashable:
    # The key has no version, so that a new version of an article replaces the one before. It has the length of the
    # body, so that a shortened copy does not replace the whole article: feeds may need both in turn.
    return writer, article.id, len(article.content_html)
