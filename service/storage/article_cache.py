"""The articles that a process holds in memory: each version is read once and shared by all feeds that show it."""

from collections.abc import Sequence
from sys import getsizeof
from typing import Any

from sqlalchemy import Connection, Row, bindparam, select

from service.articles.article import Article
from service.core.lru import LruCache
from service.storage.rows import to_article
from service.storage.tables import articles

MAX_ARTICLE_CACHE_BYTES = 10_000_000  # some 1,000 articles with 3 KB bodies
_ARTICLE_BYTES = 2_500  # bytes that an article takes in memory without its texts
_PART_BYTES = 300  # bytes that each category, tag, author and enclosure takes

_BY_KEY = select(articles).where(articles.c.key.in_(bindparam("keys", expanding=True)))


class ArticleCache:
    """Articles of one database by key and revision, in at most `limit` bytes. Safe to share between threads."""

    def __init__(self, limit: int = MAX_ARTICLE_CACHE_BYTES) -> None:
        self._cached: LruCache[tuple[int, int], Article] = LruCache(limit)

    def articles(self, connection: Connection, listed: Sequence[Row[Any]]) -> list[Article]:
        """The articles of the rows, in their order. Each row has an `article_key` and a `revision`.

        Articles that are not held are read in the same transaction. Each is kept under the revision that was read,
        even if the row lists another one.
        """
        found = self._cached.get_all([(row.article_key, row.revision) for row in listed])
        missing = [row.article_key for row, article in zip(listed, found, strict=True) if article is None]
        if not missing:
            return [article for article in found if article]
        read = {}
        for row in connection.execute(_BY_KEY, {"keys": missing}):
            read[row.key] = article = to_article(row)
            self._cached.put((row.key, row.revision), article, _size(article))
        both = (article or read.get(row.article_key) for row, article in zip(listed, found, strict=True))
        return [article for article in both if article]


def _size(article: Article) -> int:
    texts = (article.title, article.summary, article.content_html, article.correction, article.license)
    parts = (article.categories, article.tags, article.authors, article.enclosures)
    return _ARTICLE_BYTES + sum(map(getsizeof, texts)) + _PART_BYTES * sum(map(len, parts))
