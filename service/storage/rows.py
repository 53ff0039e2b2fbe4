"""Converts rows of the tables to articles and lists, and articles to rows."""

from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, Row

from service.articles.article import Article, Author, Enclosure, Image
from service.articles.podcast import Episode
from service.feeds.list_names import ListNames
from service.feeds.names import ArticleList, CountableArticle
from service.storage.tables import articles


def to_article_list(row: Row[Any]) -> ArticleList:
    return ArticleList(row.name, row.title, row.modified_at)


def to_article(row: Row[Any]) -> Article:
    """The row as an article. It was validated before it was stored, so it is not validated again."""
    fields = {name: getattr(row, name) for name in Article.model_fields}
    fields["categories"] = tuple(row.categories)
    fields["tags"] = tuple(row.tags)
    fields["authors"] = tuple(Author.model_construct(**author) for author in row.authors)
    fields["enclosures"] = tuple(Enclosure.model_construct(**enclosure) for enclosure in row.enclosures)
    fields["image"] = Image.model_construct(**row.image) if row.image else None
    fields["podcast"] = Episode.from_row(row.podcast) if row.podcast else None
    return Article.model_construct(**fields)


def to_countable(row: Any, names: ListNames) -> CountableArticle:
    return CountableArticle([names.of("category", name) for name in row.categories], row.published_at)


def to_row(article: Article) -> dict[str, Any]:
    fields = {**vars(article)}
    fields["authors"] = [vars(author) for author in article.authors]
    fields["enclosures"] = [vars(enclosure) for enclosure in article.enclosures]
    fields["image"] = vars(article.image) if article.image else None
    fields["podcast"] = article.podcast.model_dump(mode="json") if article.podcast else None
    return fields


def is_visible(now: datetime | BindParameter[datetime]) -> list[Any]:
    """The conditions under which readers may see an article; see `Article.visible`."""
    expires_at = articles.c.expires_at
    return [
        articles.c.status == "published",
        articles.c.published_at <= now,
        expires_at.is_(None) | (expires_at > now),
    ]
