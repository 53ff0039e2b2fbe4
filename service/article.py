"""The article: validated, immutable; its text made XML-safe and its HTML sanitized once, on the way in.

A `Submission` is what a CMS or an importer sends; an `Article` is what the store keeps and the feeds show. Both are
immutable. Times are aware, in UTC, in whole seconds: that is all that RSS can say, and all formats must agree.
"""

import mimetypes
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Annotated, Any, Literal, Self
from urllib.parse import quote, urlsplit
from zoneinfo import ZoneInfo

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    ValidationInfo,
    model_validator,
)
from pydantic_core import ErrorDetails, Url
from werkzeug.urls import iri_to_uri

from service import dates
from service.errors import ArticleInvalid, FieldError
from service.settings import Settings
from service.text import plain, sanitize, slug, xml_safe

Status = Literal["published", "draft", "withdrawn"]
ID_LENGTH = 200
TAGS = (
    5_000  # of one text, end tags too: sanitizing what is nested that deep takes seconds, and twice as deep four times
)
PHOTO_TYPE = "image/jpeg"  # of photos and files whose address does not tell
FILE_TYPE = "application/octet-stream"
MEDIA_TYPE = r"^[a-z]+/[a-z0-9][a-z0-9.+-]*$"


@dataclass(frozen=True)
class Reading:
    """What the reading of an article depends on: naive times are in `zone`; an article without a URL has ours."""

    zone: ZoneInfo
    base_url: str
    article_pages: bool

    @classmethod
    def of(cls, settings: Settings) -> Self:
        return cls(settings.site.zone, settings.base_url, settings.article_pages)


def page_url(base_url: str, article_id: str) -> str:
    """The address of Warta's own page of an article."""
    return f"{base_url}/articles/{quote(article_id, safe='')}"


def _id(value: object) -> object:
    """Numbers are taken as they are written; a CMS often has numeric ids."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _checked_id(value: str) -> str:
    if not 1 <= len(value) <= ID_LENGTH:
        raise ValueError(f"must have 1 to {ID_LENGTH} characters")
    if value != xml_safe(value) or value != value.strip() or not value.isprintable():
        raise ValueError("must not hold control characters, nor begin or end with white space")
    if value.startswith("/"):
        raise ValueError("must not begin with a slash: it stands in an address")
    if {".", ".."} & set(value.split("/")):
        raise ValueError("must not have . or .. between slashes: it stands in an address")
    return value


def _few_tags(value: str) -> str:
    if value.count("<") > TAGS:
        raise ValueError(f"must not hold more than {TAGS:,} tags")
    return value


def _text(longest: int, *, required: bool = False) -> Any:
    def check(value: str) -> str:
        text = plain(_few_tags(value))
        if required and not text:
            raise ValueError("must not be empty")
        if len(text) > longest:
            raise ValueError(f"must not be longer than {longest} characters")
        return text

    return AfterValidator(check)


# Most addresses need no more than this look.
_PLAIN_ADDRESS = re.compile(r"https?://(?:[a-z0-9]+(?:-[a-z0-9]+)*\.)+[a-z]+(?:/[A-Za-z0-9._~/=&+,-]*)?", re.ASCII)


def _address(value: str) -> str:
    url = value.strip()
    if len(url) <= 2000 and _PLAIN_ADDRESS.fullmatch(url):
        return url
    try:
        parts = urlsplit(url)
        if parts.scheme.lower() not in ("http", "https") or not parts.hostname or parts.port == 0 or parts.username:
            raise ValueError
        url = iri_to_uri(xml_safe(url))
        if any(c in url for c in '"<>\\^`{|} ') or not url.isascii() or len(url) > 2000 or not urlsplit(url).hostname:
            raise ValueError
        Url(url)  # as browsers read it, and the sanitizer
    except (ValueError, UnicodeError):
        raise ValueError(
            "must be an absolute http or https address of at most 2000 characters, without a password"
        ) from None
    return url


def _when(value: object, info: ValidationInfo) -> object:
    if isinstance(value, str):
        value = dates.parse(value, info.context.zone if info.context else UTC)
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise ValueError("has no time zone")
        try:
            return value.astimezone(UTC).replace(microsecond=0)
        except OverflowError:
            raise ValueError("is out of range") from None
    if value is None:
        return None
    raise ValueError("must be a date and time as text, such as 2026-02-12T02:33:00+07:00")


def _listed(value: object) -> object:
    return () if value is None else value


def _distinct(names: tuple[str, ...]) -> tuple[str, ...]:
    """`names` without those that come to the same feed; the first spelling stays."""
    return tuple({slug(name): name for name in reversed(names)}[key] for key in dict.fromkeys(map(slug, names)))


def _sluggable(value: str) -> str:
    if not slug(value):
        raise ValueError("must hold a letter or a digit")
    return value


def _lower(value: object) -> object:
    return value.strip().lower() if isinstance(value, str) else value


Id = Annotated[str, BeforeValidator(_id), AfterValidator(_checked_id)]
Address = Annotated[str, AfterValidator(_address)]
Name = Annotated[str, _text(200, required=True), AfterValidator(_sluggable)]
Names = Annotated[tuple[Name, ...], Field(max_length=50), BeforeValidator(_listed), AfterValidator(_distinct)]
When = Annotated[datetime, BeforeValidator(_when)]
Language = Annotated[str, Field(pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$", max_length=35)]
MediaType = Annotated[str, BeforeValidator(_lower), Field(pattern=MEDIA_TYPE, max_length=100)]
Size = Annotated[int, Field(ge=0, le=2**53)]


class Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    @model_validator(mode="before")
    @classmethod
    def _without_nulls(cls, value: object) -> object:
        """A field that is null is not given."""
        return {name: part for name, part in value.items() if part is not None} if isinstance(value, Mapping) else value


class Author(Part):
    """One byline."""

    name: Name
    url: Address | None = None

    @model_validator(mode="before")
    @classmethod
    def _named(cls, value: object) -> object:
        return {"name": value} if isinstance(value, str) else value


class Enclosure(Part):
    """A file that belongs to the article; `length` in bytes, 0 where unknown."""

    url: Address
    type: MediaType
    length: Size = 0

    @model_validator(mode="before")
    @classmethod
    def _typed(cls, value: object) -> object:
        return _with_type(value, FILE_TYPE)


class Image(Part):
    """The article's photo. Without `url` it is known by its caption only, and no feed shows it."""

    url: Address | None = None
    type: MediaType = PHOTO_TYPE
    length: Size = 0
    width: Size | None = None
    height: Size | None = None
    caption: Annotated[str, _text(2000)] = ""
    credit: Annotated[str, _text(200)] = ""

    @model_validator(mode="before")
    @classmethod
    def _typed(cls, value: object) -> object:
        return _with_type(value, PHOTO_TYPE)


def _with_type(value: object, fallback: str) -> object:
    """A media type that is not given is told from the address's extension; a photo's is that of an image."""
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
    """An article as it is handed in. Times that are left out are settled when it is stored: see `article`."""

    id: Id = Field(description="The CMS's own id, 1 to 200 characters; it never changes.")
    url: Address | None = Field(None, description="The article's page; without it, Warta's own page is meant.")
    title: Annotated[str, _text(500, required=True)] = Field(description="Headline, plain text.")
    summary: Annotated[str, _text(5000)] = Field("", description="Plain text.")
    content_html: Annotated[str, AfterValidator(_few_tags)] = Field(
        "", description="The body; sanitized, relative addresses made absolute."
    )
    section: Annotated[str, _text(200)] = ""
    categories: Names = ()
    tags: Names = ()
    authors: Annotated[tuple[Author, ...], Field(max_length=50), BeforeValidator(_listed)] = ()
    published_at: When | None = Field(None, description="In the future: an embargo until then. Default: now.")
    updated_at: When | None = Field(None, description="Default: when the article last changed.")
    expires_at: When | None = Field(None, description="From then on no feed shows the article.")
    language: Language | None = None
    image: Image | None = None
    enclosures: Annotated[tuple[Enclosure, ...], Field(max_length=20), BeforeValidator(_listed)] = ()
    correction: Annotated[str, _text(2000)] = Field("", description="What was corrected, for readers.")
    license: Annotated[str, _text(2000)] = Field("", description="Address or text of the license.")
    status: Status = "published"

    @classmethod
    def read(cls, fields: Mapping[str, object], reading: Reading) -> Self:
        """Validate `fields` (the JSON form). Raises ArticleInvalid, which names each field with its reason."""
        try:
            submission = cls.model_validate(fields, context=reading)
        except ValidationError as error:
            raise ArticleInvalid(field_errors(error)) from None
        base = submission.url or page_url(reading.base_url, submission.id)
        if not submission.url and not reading.article_pages:
            raise ArticleInvalid([FieldError("url", "is required, since article pages are off (article_pages)")])
        return submission.model_copy(update={"content_html": sanitize(submission.content_html, base)})

    def article(self, known: "Article | None", now: datetime) -> "Article":
        """The article to store, given the one already `known` under this id. Times that were not given are settled:

        `published_at` is what it was, or `now`; `updated_at` moves to `now` when anything else has changed.
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
    """An article as it is stored; built by `Submission.article` or from a row, and trusted from then on."""

    published_at: datetime
    updated_at: datetime

    def visible(self, now: datetime) -> bool:
        """Whether feeds show it at `now`: published, past its embargo, not expired."""
        return self.status == "published" and self.published_at <= now and not self.expired(now)

    def expired(self, now: datetime) -> bool:
        return self.expires_at is not None and self.expires_at <= now

    def fields(self) -> dict[str, Any]:
        """The JSON form: what `Submission.read` takes, with empty fields left out."""
        return {
            name: value
            for name, value in self.model_dump(mode="json", exclude_none=True).items()
            if value not in ("", [], {})
        }


_REASONS = {"tuple_type": "must be a list", "model_type": "must be an object", "string_type": "must be text"}


def field_errors(error: ValidationError) -> list[FieldError]:
    """What pydantic found, in our words."""
    return [_field_error(detail) for detail in error.errors()]


def _field_error(detail: ErrorDetails) -> FieldError:
    field = ".".join(str(part) for part in detail["loc"])
    if detail["type"] == "extra_forbidden":
        return FieldError(field, "there is no such field")
    if detail["type"] in _REASONS:
        return FieldError(field, _REASONS[detail["type"]])
    reason = detail["msg"].removeprefix("Value error, ")
    return FieldError(field, f"{reason[:1].lower()}{reason[1:]}")


@dataclass(frozen=True)
class Headline:
    """What a list of news says of an article, without its body."""

    id: str
    url: str | None
    title: str
    published_at: datetime
    updated_at: datetime
