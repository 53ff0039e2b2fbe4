"""Converts rows of the tables to articles and lists, and articles to rows."""

from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Row, String
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.visitors import InternalTraversal

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


class _Unindexed(ColumnElement[str]):
    """A column of text that SQLite must not look up in an index.

    Nearly all articles share one status. SQLite does not know that: for ten ids it would read all published articles,
    which takes seconds at a million. A plus sign keeps it from the index (sqlite.org/optoverview.html §2.2.1).
    PostgreSQL knows, and has no such sign for text.
    """

    inherit_cache = True
    type = String()
    _traverse_internals = [("column", InternalTraversal.dp_clauseelement)]  # noqa: RUF012 - as in the base class

    def __init__(self, column: ColumnElement[str]) -> None:
        self.column = column


@compiles(_Unindexed)
def _as_it_is(element: _Unindexed, compiler: SQLCompiler, **options: Any) -> str:
    return compiler.process(element.column, **options)


@compiles(_Unindexed, "sqlite")
def _with_a_plus(element: _Unindexed, compiler: SQLCompiler, **options: Any) -> str:
    return f"+{compiler.process(element.column, **options)}"


def is_visible(now: datetime | BindParameter[datetime]) -> list[Any]:
    """The conditions under which readers may see an article; see `Article.visible`.

    No condition uses an index: the query needs another one that finds few articles.
    """
    expires_at = articles.c.expires_at
    return [
        _Unindexed(articles.c.status) == "published",
        articles.c.published_at <= now,
        expires_at.is_(None) | (expires_at > now),
    ]
