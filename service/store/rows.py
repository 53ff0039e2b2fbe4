"""Rows of the tables as the domain's objects, and back."""

from typing import Any

from sqlalchemy import Row

from service.article import Article, Author, Enclosure, Image
from service.feed import Shelf


def to_shelf(row: Row[Any]) -> Shelf:
    return Shelf(row.name, row.title, row.modified_at)


def to_article(row: Row[Any]) -> Article:
    """The row as an article. It was validated on its way in, and is not again."""
    fields = dict(row._mapping)
    fields.pop("key")
    fields["categories"] = tuple(row.categories)
    fields["tags"] = tuple(row.tags)
    fields["authors"] = tuple(Author.model_construct(**author) for author in row.authors)
    fields["enclosures"] = tuple(Enclosure.model_construct(**enclosure) for enclosure in row.enclosures)
    fields["image"] = Image.model_construct(**row.image) if row.image else None
    return Article.model_construct(**fields)


def to_row(article: Article) -> dict[str, Any]:
    fields = {name: getattr(article, name) for name in Article.model_fields}
    fields["authors"] = [author.model_dump() for author in article.authors]
    fields["enclosures"] = [enclosure.model_dump() for enclosure in article.enclosures]
    fields["image"] = article.image.model_dump() if article.image else None
    return fields
