"""Types of fields in JSON, with their validation: plain and XML-safe text, URLs, names, times; and their errors."""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any, Self
from urllib.parse import urlsplit, urlunsplit
from zoneinfo import ZoneInfo

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    ValidationError,
    ValidationInfo,
    WithJsonSchema,
    model_validator,
)
from pydantic_core import ErrorDetails, PydanticCustomError, core_schema
from pydantic_core import Url as ParsedUrl
from werkzeug.urls import iri_to_uri

from service.articles import dates
from service.articles.characters import xml_safe
from service.articles.languages import MAX_LANGUAGE_CHARACTERS, language_tag
from service.articles.markup import excess
from service.articles.media_types import MEDIA_TYPE, registered
from service.articles.plain_text import as_field, plain
from service.articles.slugs import name_key
from service.core.errors import FieldError
from service.core.settings.model import Settings
from service.core.validation import LANGUAGE_TAG, reason_of

MAX_ID_CHARACTERS = 200
MAX_URL_CHARACTERS = 2000
MAX_HOST_CHARACTERS = 253  # RFC 1035 §2.3.4, without the length octets and the root
MAX_MARKUP_FACTOR = 20  # times the limit of a plain text that the text may have before its markup is removed
MAX_FIELDS = 200  # of one object, unknown fields included
MAX_NAMES = 50  # of a list of categories, tags or authors
MAX_REPORTED_ERRORS = 20  # of one article
TOO_MANY = "too_many_items"  # the type of the error of a list that is too long


@dataclass(frozen=True)
class ValidationContext:
    """The settings that validation needs. Naive times are in `zone`. `base_url` is Warta's own URL.

    If `article_pages` is true, an article without a URL gets the URL of Warta's page.
    """

    zone: ZoneInfo
    base_url: str
    article_pages: bool

    @classmethod
    def of(cls, settings: Settings) -> Self:
        return cls(settings.site.zone, settings.base_url, settings.article_pages)


def nfc(text: str) -> str:
    """The text in Unicode's normalization form C, in which ids are stored: an `é` is one character, not two."""
    return unicodedata.normalize("NFC", text)


def _id(value: object) -> object:
    """Turn an integer into text, since a CMS often has numeric ids; texts into their normalization form."""
    if isinstance(value, str):
        return nfc(value)
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _checked_id(value: str) -> str:
    if not 1 <= len(value) <= MAX_ID_CHARACTERS:
        raise ValueError(f"must have 1 to {MAX_ID_CHARACTERS} characters")
    if value != xml_safe(value) or value != value.strip() or not value.isprintable():
        raise ValueError("must not have control characters, nor begin or end with white space")
    if value.startswith("/"):
        raise ValueError("must not begin with a slash: it is a part of URLs")
    if {".", ".."} & set(value.split("/")):
        raise ValueError("must not have . or .. between slashes: it is a part of URLs")
    return value


@dataclass(frozen=True)
class _PlainText:
    """The annotation of a plain text. In JSON the text is a field from which `check` makes the same text again."""

    check: Callable[[str], str]
    longest: int
    required: bool

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        serialization = core_schema.plain_serializer_function_ser_schema(
            as_field, return_schema=core_schema.str_schema(), when_used="json"
        )
        return core_schema.no_info_after_validator_function(self.check, handler(source), serialization=serialization)

    def __get_pydantic_json_schema__(
        self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        least = {"minLength": 1} if self.required else {}
        return {**handler(schema), **least, "maxLength": self.longest}


def plain_text(longest: int, *, required: bool = False) -> Any:
    """The annotation of a plain text. It has at most `longest` characters, and MAX_MARKUP_FACTOR times as many with
    its markup.
    """
    tags = longest // 20

    def check(value: str) -> str:
        if len(value) > MAX_MARKUP_FACTOR * longest:
            raise ValueError(
                f"must not be longer than {longest} characters, or {MAX_MARKUP_FACTOR * longest:,} with its markup"
            )
        if value.count("&") > longest:
            raise ValueError(f"must not have more than {longest:,} ampersands")
        if "<" in value and (reason := excess(xml_safe(value), tags)):
            raise ValueError(reason)
        clean = plain(value, tags)
        if required and not any(c.isprintable() and not c.isspace() for c in clean):
            raise ValueError("must not be empty")
        if len(clean) > longest:
            raise ValueError(f"must not be longer than {longest} characters")
        return clean

    return _PlainText(check, longest, required)


# Most URLs match this pattern and need no further check.
_PLAIN_URL = re.compile(
    rf"https?://(?=[^/]{{1,{MAX_HOST_CHARACTERS}}}(?:/|\Z))(?:[a-z0-9]+(?:-[a-z0-9]+)*\.)+[a-z]+(?:/[A-Za-z0-9._~/=&+,-]*)?",
    re.ASCII,
)


# A DNS name as browsers write it, or an IP address. Other names are valid in URLs (RFC 3986 §3.2.2), but no reader
# finds them, and feed validators refuse them.
_HOST = re.compile(r"[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\]")


def _checked_url(value: str) -> str:
    url = value.strip()
    if len(url) <= MAX_URL_CHARACTERS and _PLAIN_URL.fullmatch(url):
        return url
    try:
        if len(url) > MAX_URL_CHARACTERS:
            raise ValueError
        url = _encoded(xml_safe(url))
        if any(c in url for c in '"<>\\^`{|} ') or not url.isascii() or len(url) > MAX_URL_CHARACTERS:
            raise ValueError
        ParsedUrl(url)  # parses the URL as browsers and the sanitizer do
    except (ValueError, UnicodeError):
        raise ValueError(
            f"must be an absolute http or https URL of at most {MAX_URL_CHARACTERS} characters, without a password"
        ) from None
    return url


def _encoded(url: str) -> str:
    """The URL in ASCII (RFC 3987 §3.1), with the host as browsers write it. Raises ValueError if it is invalid."""
    host = ParsedUrl(url).host or ""  # first, since Python takes seconds for long host names in other scripts
    parts = urlsplit(url)
    if parts.scheme.lower() not in ("http", "https") or not parts.hostname or parts.port == 0 or "@" in parts.netloc:
        raise ValueError
    if len(host) > MAX_HOST_CHARACTERS or not _HOST.fullmatch(host):
        raise ValueError
    if not parts.netloc.isascii():
        url = urlunsplit(parts._replace(netloc=f"{host}:{parts.port}" if parts.port else host))
    url = iri_to_uri(url)
    if not urlsplit(url).hostname:
        raise ValueError
    return url


def _timestamp(value: object, info: ValidationInfo) -> object:
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


def bounded_list(longest: int) -> Any:
    """A validator of lists of at most `longest` items. Null is an empty list. Items of a longer list are not read."""

    def check(value: object) -> object:
        if isinstance(value, list | tuple) and len(value) > longest:
            raise PydanticCustomError(TOO_MANY, "must not have more than {limit} items", {"limit": longest})
        return () if value is None else value

    return BeforeValidator(check)


def distinct(name: Callable[[Any], str]) -> Any:
    """A validator of lists that keeps the first of the items whose names differ only by case or width."""

    def check(items: tuple[Any, ...]) -> tuple[Any, ...]:
        named: dict[str, Any] = {}
        for item in items:
            named.setdefault(name_key(name(item)), item)
        return tuple(named.values())

    return AfterValidator(check)


def _number(value: object) -> object:
    """Refuse true and false: Python treats true as 1."""
    if isinstance(value, bool):
        raise ValueError("must be a whole number")  # noqa: TRY004 - pydantic makes a field's error of ValueError only
    return value


def _of_text(change: Callable[[str], str]) -> Any:
    """A validator that changes a text, before the type of the value is validated."""
    return BeforeValidator(lambda value: change(value) if isinstance(value, str) else value)


Id = Annotated[
    str,
    BeforeValidator(_id),
    AfterValidator(_checked_id),
    WithJsonSchema({"type": "string", "minLength": 1, "maxLength": MAX_ID_CHARACTERS}),
]
Url = Annotated[
    str,
    AfterValidator(_checked_url),
    WithJsonSchema({"type": "string", "format": "uri", "maxLength": MAX_URL_CHARACTERS}),
]
Name = Annotated[str, plain_text(200, required=True)]
Names = Annotated[tuple[Name, ...], Field(max_length=MAX_NAMES), bounded_list(MAX_NAMES), distinct(str)]
Timestamp = Annotated[datetime, BeforeValidator(_timestamp)]
Language = Annotated[str, Field(max_length=MAX_LANGUAGE_CHARACTERS), _of_text(language_tag), LANGUAGE_TAG]
MediaType = Annotated[str, Field(max_length=100), _of_text(registered), MEDIA_TYPE]
Size = Annotated[int, BeforeValidator(_number), Field(ge=0, le=2**53)]


class ValidatedModel(BaseModel):
    """Base of all validated objects: immutable, without unknown fields."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    @model_validator(mode="before")
    @classmethod
    def _without_nulls(cls, value: object) -> object:
        """Drop the fields that are null: null means that the field is missing."""
        if not isinstance(value, Mapping):
            return value
        if len(value) > MAX_FIELDS:
            raise ValueError(f"must not have more than {MAX_FIELDS} fields")
        return {name: part for name, part in value.items() if part is not None}


def field_errors(details: Sequence[ErrorDetails]) -> list[FieldError]:
    """The errors that pydantic found, in our words: the first MAX_REPORTED_ERRORS, and the number of the others."""
    errors = [_field_error(detail) for detail in details[:MAX_REPORTED_ERRORS]]
    others = len(details) - len(errors)
    return [*errors, FieldError("…", f"{others:,} more errors")] if others else errors


def errors_of(error: ValidationError) -> list[ErrorDetails]:
    """The details of the error, without the values: these may be long."""
    return error.errors(include_url=False, include_input=False)


def _field_error(detail: ErrorDetails) -> FieldError:
    field = ".".join(str(part) for part in detail["loc"])
    if detail["type"] == "extra_forbidden":
        return FieldError(field[:MAX_ID_CHARACTERS] or '""', "there is no such field")
    return FieldError(field, reason_of(detail))
