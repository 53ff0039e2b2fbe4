"""The article: validated and immutable. Its text is made XML-safe and its HTML is sanitized once, when it comes in.

A `Submission` is the article that a CMS or an importer sends. An `Article` is the article that the store keeps and the
feeds show. Both are immutable. Times are aware, in UTC, in whole seconds: RSS has no finer times, and all formats must
show the same time.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal, Self
from urllib.parse import quote

from pydantic import AfterValidator, Field, ValidationError, model_validator

from service.articles.dates import utc_now
from service.articles.markup import MAX_AMPERSANDS, MAX_ATTRIBUTES, MAX_TAGS
from service.articles.media_types import FILE_TYPE, PHOTO_TYPE, file_type, photo_type
from service.articles.podcast import Episode
from service.articles.sanitizer import sanitize
from service.articles.slips import repaired
from service.articles.unusable import without_unusable
from service.articles.validation import (
    MAX_NAMES,
    Id,
    Language,
    MediaType,
    Name,
    Names,
    Size,
    Timestamp,
    Url,
    ValidatedModel,
    ValidationContext,
    bounded_list,
    distinct,
    plain_text,
)
from service.core.errors import ArticleInvalid, FieldError

Status = Literal["published", "draft", "withdrawn"]
MAX_ENCLOSURES = 20
MAX_CLOCK_LEAD = timedelta(minutes=5)  # of a CMS whose clock runs ahead: an `updated_at` within it is now


def page_url(base_url: str, article_id: str) -> str:
    """The URL of Warta's own page of an article."""
    return f"{base_url}/articles/{quote(article_id, safe='')}"


class Author(ValidatedModel):
    """One byline."""

    name: Name
    url: Url | None = None

    @model_validator(mode="before")
    @classmethod
    def _named(cls, value: object) -> object:
        return {"name": value} if isinstance(value, str) else value


class Enclosure(ValidatedModel):
    """A file that belongs to the article. `length` is in bytes, and 0 means unknown."""

    url: Url
    type: MediaType = FILE_TYPE
    length: Size = 0

    @model_validator(mode="before")
    @classmethod
    def _typed(cls, value: object) -> object:
        """Tell a missing media type from the URL."""
        url = _url_without_type(value)
        return {**value, "type": file_type(url)} if url and isinstance(value, Mapping) else value


class Image(ValidatedModel):
    """The article's photo. Without `url` it has only a caption, and no feed shows it."""

    url: Url | None = None
    type: MediaType = PHOTO_TYPE
    length: Size = 0
    width: Size | None = None
    height: Size | None = None
    caption: Annotated[str, plain_text(2000)] = ""
    credit: Annotated[str, plain_text(200)] = ""

    @model_validator(mode="before")
    @classmethod
    def _typed(cls, value: object) -> object:
        """Tell a missing media type from the URL."""
        url = _url_without_type(value)
        return {**value, "type": photo_type(url)} if url and isinstance(value, Mapping) else value


def _url_without_type(value: object) -> str:
    """The URL of a file that comes without a media type; empty for all others."""
    if not isinstance(value, Mapping) or value.get("type"):
        return ""
    url = value.get("url")
    return url if isinstance(url, str) else ""


def _with_content(image: Image | None) -> Image | None:
    """The photo. None without a URL and without words about it."""
    return image if image and (image.url or image.caption or image.credit) else None


class Submission(ValidatedModel):
    """An article as a CMS or an importer submits it. `article` fills in the missing times before it is stored."""

    id: Id = Field(description="The CMS's own id, 1 to 200 characters. It must never change.")
    url: Url | None = Field(None, description="URL of the article's page. Default: Warta's own page.")
    title: Annotated[str, plain_text(500, required=True)] = Field(description="Headline, plain text.")
    summary: Annotated[str, plain_text(5000)] = Field("", description="Plain text.")
    content_html: str = Field(
        "",
        description="The body. Warta sanitizes it, and makes relative URLs absolute. "
        f"At most {MAX_TAGS:,} tags, {MAX_ATTRIBUTES} attributes of each, {MAX_AMPERSANDS:,} ampersands.",
    )
    section: Annotated[str, plain_text(200)] = ""
    categories: Names = ()
    tags: Names = ()
    authors: Annotated[
        tuple[Author, ...], Field(max_length=MAX_NAMES), bounded_list(MAX_NAMES), distinct(lambda author: author.name)
    ] = ()
    published_at: Timestamp | None = Field(
        None, description="A time in the future is an embargo. Default: the time of publication."
    )
    updated_at: Timestamp | None = Field(None, description="Default: the time of the last change.")
    expires_at: Timestamp | None = Field(None, description="After this time no feed shows the article.")
    language: Language | None = None
    image: Annotated[Image | None, AfterValidator(_with_content)] = None
    enclosures: Annotated[tuple[Enclosure, ...], Field(max_length=MAX_ENCLOSURES), bounded_list(MAX_ENCLOSURES)] = ()
    podcast: Episode | None = Field(
        None, description="Facts about an episode of a podcast. An episode has an audio or video file."
    )
    correction: Annotated[str, plain_text(2000)] = Field("", description="A sentence about a correction, for readers.")
    license: Annotated[str, plain_text(2000)] = Field("", description="URL or text of the license.")
    status: Status = "published"

    @classmethod
    def read(cls, fields: Mapping[str, object], context: ValidationContext) -> Self:
        """Validate `fields` (the JSON form). Raises ArticleInvalid, which names each wrong field with the reason.

        Values that cannot be used are left out, if the article is whole without them.
        """
        return cls.read_with_warnings(fields, context)[0]

    @classmethod
    def read_with_warnings(
        cls, fields: Mapping[str, object], context: ValidationContext
    ) -> tuple[Self, list[FieldError]]:
        """Validate `fields` as `read` does. Returns the article, and each value that was left out with the reason."""
        submission, warnings = cls._validated(fields, context)
        if errors := [*submission.wrong_times(utc_now())]:
            raise ArticleInvalid(errors)
        if not submission.url and not context.article_pages:
            raise ArticleInvalid([FieldError("url", "is required, because article pages are off (article_pages)")])
        base = submission.url or page_url(context.base_url, submission.id)
        try:
            content_html = sanitize(submission.content_html, base)
        except ValueError as error:
            raise ArticleInvalid([FieldError("content_html", str(error))]) from None
        return submission.model_copy(update={"content_html": content_html}), warnings

    @classmethod
    def _validated(cls, fields: Mapping[str, object], context: ValidationContext) -> tuple[Self, list[FieldError]]:
        usable, warnings = repaired(fields), list[FieldError]()
        while True:
            try:
                return cls.model_validate(usable, context=context), warnings
            except ValidationError as error:
                usable, reasons = without_unusable(usable, error)
                warnings += reasons

    def wrong_times(self, now: datetime) -> Iterator[FieldError]:
        """The times that contradict each other, and an `updated_at` in the future, which would date every feed."""
        published_at = self.published_at
        if self.updated_at and published_at and self.updated_at < published_at:
            yield FieldError("updated_at", "is before published_at")
        elif self.updated_at and self.updated_at > max(now + MAX_CLOCK_LEAD, published_at or now):
            yield FieldError("updated_at", "is in the future; leave it out, or send the time of the change")
        if self.expires_at and published_at and self.expires_at < published_at:
            yield FieldError("expires_at", "is before published_at")

    def is_stale(self, known: "Article | None") -> bool:
        """True if the stored `known` is newer, or a withdrawal of the same time that this article would undo."""
        if known is None or self.updated_at is None:
            return False
        comes_back = known.status == "withdrawn" and self.status != "withdrawn"
        return self.updated_at < known.updated_at or (comes_back and self.updated_at == known.updated_at)

    def article(self, known: "Article | None", now: datetime) -> "Article":
        """The article to store. `known` is the stored article with the same id, None if there is none.

        A missing `published_at` is that of `known`, or `now` for a new article and for an undated draft that is
        published. A missing `updated_at` becomes `now` if any other field differs from `known`; otherwise it stays. For
        a new article it is `published_at`. `updated_at` is never earlier than `published_at`, nor otherwise later than
        `now`.
        """
        undated = not self.published_at and self.status != "published" and (known is None or known.undated)
        if known and (undated or not known.undated):
            published_at = self.published_at or known.published_at
        else:
            published_at = self.published_at or (undated and self.updated_at) or now
        settled = {**vars(self), "published_at": published_at, "undated": undated}
        if self.updated_at:
            updated_at = min(self.updated_at, now.replace(microsecond=0))
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
    undated: bool = Field(
        False,
        exclude=True,
        description="True if it was never published, and came without `published_at`, which then has no meaning.",
    )

    def visible(self, now: datetime) -> bool:
        """True if feeds show the article at `now`: it is published, its embargo is over, and it has not expired."""
        return self.status == "published" and self.published_at <= now and not self.expired(now)

    def expired(self, now: datetime) -> bool:
        return self.expires_at is not None and self.expires_at <= now

    def fields(self) -> dict[str, Any]:
        """The JSON form, as `Submission.read` accepts it. Empty fields are left out."""
        hidden = {"published_at"} if self.undated else None
        return {
            name: value
            for name, value in self.model_dump(mode="json", exclude=hidden, exclude_none=True).items()
            if value not in ("", [], {})
        }


@dataclass(frozen=True)
class Headline:
    """The fields of an article that a list of news shows. The body is not among them."""

    id: str
    url: str | None
    title: str
    language: str | None
    published_at: datetime
    updated_at: datetime
