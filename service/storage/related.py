"""Related articles: those that share tags with an article. Each read is a few short index ranges."""

from collections import Counter
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, bindparam, select

from service.articles.article import Article
from service.feeds.list_names import ListNames
from service.storage.article_cache import ArticleCache
from service.storage.rows import is_visible
from service.storage.tables import article_lists, articles, memberships
from service.storage.utc_datetime import UtcDateTime

MAX_TAGS = 8  # tags of an article that are looked at, the first ones
MAX_CANDIDATES = 12  # newest articles of each of these tags

_NEWEST: Select[Any] = (
    select(memberships.c.article_key, articles.c.id, articles.c.revision, memberships.c.published_at)
    .join(articles, articles.c.key == memberships.c.article_key)
    .where(
        memberships.c.list_key
        == select(article_lists.c.key).where(article_lists.c.name == bindparam("name")).scalar_subquery(),
        memberships.c.published_at <= bindparam("now", type_=UtcDateTime),
        *is_visible(bindparam("now", type_=UtcDateTime)),
    )
    .order_by(memberships.c.published_at.desc(), memberships.c.article_key.desc())
    .limit(MAX_CANDIDATES)
)


def related_articles(
    connection: Connection, cache: ArticleCache, article: Article, names: ListNames, limit: int, now: datetime
) -> list[Article]:
    """At most `limit` visible articles that share tags with the article, most shared tags first, then newest."""
    shared: Counter[int] = Counter()
    rows: dict[int, Row[Any]] = {}
    for tag in article.tags[:MAX_TAGS]:
        for row in connection.execute(_NEWEST, {"name": names.of("tag", tag), "now": now}):
            if row.id != article.id:
                rows[row.article_key] = row
                shared[row.article_key] += 1
    best = sorted(
        rows.values(), key=lambda row: (shared[row.article_key], row.published_at, row.article_key), reverse=True
    )
    return cache.articles(connection, best[:limit])
