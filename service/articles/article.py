"""The article: validated and immutable. Its text is made XML-safe and its HTML is sanitized once, when it comes in.

A `Submission` is the article that a CMS or an importer sends. An `Article` is the article that the store keeps and the
feeds show. Both are immutable. Times are aware, in UTC, in whole seconds: RSS has no finer times, and all formats must
show the same time.
"""

import mimetypes
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Annotated, Any, Literal, Self
from urllib.parse import quote

from pydantic import Field, ValidationError, model_validator

from service.articles.markup import MAX_AMPERSANDS, MAX_ATTRIBUTES, MAX_TAGS
from service.articles.sanitizer import sanitize
from service.articles.validation import (
    MEDIA_TYPE,
    Address,
    Id,
    Language,
    MediaType,
    Name,
    Names,
    Part,
    Reading,
    Size,
    When,
    field_errors,
    listed,
    text,
)
from service.core.errors import ArticleInvalid, FieldError

Status = Literal["published", "draft", "withdrawn"]
PHOTO_TYPE = "image/jpeg"  # the media type of a photo whose URL has no extension of an image type
FILE_TYPE = "application/octet-stream"  # the media type of an enclosure whose URL has no known extension


def page_url(base_url: str, article_id: str) -> str:
    """The URL of Warta's own page of an article."""
    return f"{base_url}/articles/{quote(article_id, safe='')}"


class Author(Part):
    """One byline."""

    name: Name
    url: Address | None = None

    @model_validator(mode="before")
    @classmethod
    def _named(cls, value: object) -> object:
        return {"name": value} if isinstance(value, str) else value


class Enclosure(Part):
    """A file that belongs to the article. `length` is in bytes; 0 means unknown."""

    url: Address
    type: MediaType
    length: Size = 0

    @model_validator(mode="before")
    @classmethod
    def _typed(cls, value: object) -> object:
        return _with_type(value, FILE_TYPE)


class Image(Part):
    """The article's photo. Without `url` it has a caption only, and no feed shows it."""

    url: Address | None = None
    type: MediaType = PHOTO_TYPE
    length: Size = 0
    width: Size | None = None
    height: Size | None = None
    caption: Annotated[str, text(2000)] = ""
    credit: Annotated[str, text(200)] = ""

    @model_validator(mode="before")
    @classmethod
    def _typed(cls, value: object) -> object:
        return _with_type(value, PHOTO_TYPE)


def _with_type(value: object, fallback: str) -> object:
    """Fill in a missing media type from the URL's extension, or with `fallback`. A photo gets image types only."""
    if isinstance(value, Mapping) and not value.get("type") and isinstance(value.get("url"), str):
        extension = re.split("[?#]", value["url"], maxsplit=1)[0].rpartition(".")[2][:10]
        return {**value, "type": _guessed_type(extension, fallback)}
    return value


@lru_cache
def _guessed_type(extension: str, fallback: str) -> str:
    guessed = mimetypes.guess_type(f"file.{extension}", strict=False)[0] or ""  # image/webp is not strict
    of_its_kind = guessed.startswith("image/") or fallback != PHOTO_TYPE
    return guessed if of_its_kind and re.match(MEDIA_TYPE, guessed) else fallback


class Submission(Part):
    """An article as a CMS or an importer submits it. `article` fills in the missing times before it is stored."""

    id: Id = Field(description="The CMS's own id, 1 to 200 characters; it never changes.")
    url: Address | None = Field(None, description="The article's page; without it, Warta's own page is meant.")
    title: Annotated[str, text(500, required=True)] = Field(description="Headline, plain text.")
    summary: Annotated[str, text(5000)] = Field("", description="Plain text.")
    content_html: str = Field(
        "",
        description="The body; sanitized, relative addresses made absolute. "
        f"At most {MAX_TAGS:,} tags, {MAX_ATTRIBUTES} attributes of each, {MAX_AMPERSANDS:,} ampersands.",
    )
    section: Annotated[str, text(200)] = ""
    categories: Names = ()
    tags: Names = ()
    authors: Annotated[tuple[Author, ...], Field(max_length=50), listed(50)] = ()
    published_at: When | None = Field(None, description="In the future: an embargo until then. Default: now.")
    updated_at: When | None = Field(None, description="Default: when the article last changed.")
    expires_at: When | None = Field(None, description="From then on no feed shows the article.")
    language: Language | None = None
    image: Image | None = None
    enclosures: Annotated[tuple[Enclosure, ...], Field(max_length=20), listed(20)] = ()
    correction: Annotated[str, text(2000)] = Field("", description="What was corrected, for readers.")
    license: Annotated[str, text(2000)] = Field("", description="Address or text of the license.")
    status: Status = "published"

    @classmethod
    def read(cls, fields: Mapping[str, object], reading: Reading) -> Self:
        """Validate `fields` (the JSON form). Raises ArticleInvalid, which names each wrong field with the reason."""
        try:
            submission = cls.model_validate(fields, context=reading)
        except ValidationError as error:
            raise ArticleInvalid(field_errors(error)) from None
        base = submission.url or page_url(reading.base_url, submission.id)
        if not submission.url and not reading.article_pages:
            raise ArticleInvalid([FieldError("url", "is required, since article pages are off (article_pages)")])
        try:
            content_html = sanitize(submission.content_html, base)
        except ValueError as error:
            raise ArticleInvalid([FieldError("content_html", str(error))]) from None
        return submission.model_copy(update={"content_html": content_html})

    def article(self, known: "Article | None", now: datetime) -> "Article":
        """The article to store. `known` is the stored article with the same id, None if there is none.

        A missing `published_at` is that of `known`, or `now` for a new article. A missing `updated_at` becomes `now` if
        any other field differs from `known`; otherwise it stays. For a new article it is `published_at`. `updated_at`
        is never earlier than `published_at`.
        """
        published_at = self.published_at or (known.published_at if known else now)
        settled = {**vars(self), "published_at": published_at}
        if self.updated_at:
            updated_at = self.updated_at
        elif known is None:
            updated_at = published_at
        else:
            unchanged = Article.model_construct(**{**settled, "updated_at": known.updated_at}) == known
            updated_at = known.updated_at if unchanged else now
        return Article.model_construct(**{**settled, "updated_at": max(updated_at, published_at)})


class Article(Submission):
    """A stored article. `Submission.article` or a database row makes it; later code does not validate it again."""

    published_at: datetime
    updated_at: datetime

    def visible(self, now: datetime) -> bool:
        """Whether feeds show the article at `now`: it is published, its embargo is over, and it has not expired."""
        return self.status == "published" and self.published_at <= now and not self.expired(now)

    def expired(self, now: datetime) -> bool:
        return self.expires_at is not None and self.expires_at <= now

    def fields(self) -> dict[str, Any]:
        """The JSON form, as `Submission.read` accepts it. Empty fields are left out."""
        return {
            name: value
            for name, value in self.model_dump(mode="json", exclude_none=True).items()
            if value not in ("", [], {})
        }


@dataclass(frozen=True)
class Headline:
    """The fields of an article that a list of news shows. The body is not among them."""

    id: str
    url: str | None
    title: str
    published_at: datetime
    updated_at: datetime
