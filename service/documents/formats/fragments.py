"""Entries as formats show them, kept in the process: a version of an article is rendered once, for all its feeds."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

from service.articles.article import Article
from service.core.lru import Bounded
from service.core.settings.model import Settings
from service.documents.parts import Fragment

MEMORY = 16_000_000  # bytes: some 2,000 entries with 3 KB bodies
_REST = 1_000  # bytes that an entry and its article take beside the bodies


@dataclass(frozen=True)
class Kept:
    """An entry, and all that it says; `prefixes` are those of the XML namespaces that it uses."""

    fragment: Fragment
    article: Article
    settings: Settings
    prefixes: frozenset[str]


_kept: Bounded[Hashable, Kept] = Bounded(MEMORY)


def recall(writer: Hashable, articles: Sequence[Article], settings: Settings) -> list[Kept | None]:
    """Of each of the articles, the entry that the `writer` wrote of it under these very settings; None for what is not
    kept."""
    known = _kept.get_all([_key(writer, article) for article in articles])
    return [
        kept if kept and kept.settings is settings and (kept.article is article or kept.article == article) else None
        for kept, article in zip(known, articles, strict=True)
    ]


def keep(
    writer: Hashable, article: Article, settings: Settings, body: bytes, prefixes: frozenset[str] = frozenset()
) -> Kept:
    """Keep the article's entry; nothing may stand in it but what writer, article and settings say."""
    kept = Kept(Fragment(article.id, body), article, settings, prefixes)
    _kept.put(_key(writer, article), kept, len(body) + len(article.content_html) + _REST)
    return kept


def _key(writer: Hashable, article: Article) -> Hashable:
    # Where it is kept, not what it is: a new version takes the place of the one before. A shortened copy has its own,
    # since both may be wanted in turn.
    return writer, article.id, len(article.content_html)
