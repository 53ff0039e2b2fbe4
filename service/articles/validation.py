"""Types of fields in JSON, with their validation: plain and XML-safe text, URLs, names, times; and their errors."""

import re
from collections.abc import Callable, Mapping
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
    ValidationError,
    ValidationInfo,
    model_validator,
)
from pydantic_core import ErrorDetails, Url, core_schema
from werkzeug.urls import iri_to_uri

from service.articles import dates
from service.articles.characters import xml_safe
from service.articles.markup import excess
from service.articles.plain_text import as_field, plain
from service.articles.slugs import slug
from service.core.errors import FieldError
from service.core.settings.model import Settings

ID_LENGTH = 200
ADDRESS_LENGTH = 2000
HOST_LENGTH = 253  # RFC 1035 §2.3.4, without the length octets and the root
RAW = 20  # times the limit of a plain text that the text may have before its markup is removed
FIELDS = 200  # of one object, unknown fields included
MEDIA_TYPE = r"^[a-z]+/[a-z0-9][a-z0-9.+-]*$"


@dataclass(frozen=True)
class Reading:
    """The settings that validation needs. Naive times are in `zone`. `base_url` is Warta's own URL.

    If `article_pages` is true, an article without a URL gets the URL of Warta's page.
    """

    zone: ZoneInfo
    base_url: str
    article_pages: bool

    @classmethod
    def of(cls, settings: Settings) -> Self:
        return cls(settings.site.zone, settings.base_url, settings.article_pages)


def _id(value: object) -> object:
    """Turn an integer into text: a CMS often has numeric ids."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _checked_id(value: str) -> str:
    if not 1 <= len(value) <= ID_LENGTH:
        raise ValueError(f"must have 1 to {ID_LENGTH} characters")
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

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        serialization = core_schema.plain_serializer_function_ser_schema(
            as_field, return_schema=core_schema.str_schema(), when_used="json"
        )
        return core_schema.no_info_after_validator_function(self.check, handler(source), serialization=serialization)


def text(longest: int, *, required: bool = False) -> Any:
    """The annotation of a plain text of at most `longest` characters, or RAW times as many with its markup."""
    tags = longest // 20

    def check(value: str) -> str:
        if len(value) > RAW * longest:
            raise ValueError(f"must not be longer than {longest} characters, or {RAW * longest:,} with its markup")
        if value.count("&") > longest:
            raise ValueError(f"must not have more than {longest:,} ampersands")
        if "<" in value and (reason := excess(xml_safe(value), tags)):
            raise ValueError(reason)
        text = plain(value, tags)
        if required and not any(c.isprintable() and not c.isspace() for c in text):
            raise ValueError("must not be empty")
        if len(text) > longest:
            raise ValueError(f"must not be longer than {longest} characters")
        return text

    return _PlainText(check)


# Most URLs match this pattern and need no further check.
_PLAIN_ADDRESS = re.compile(
    rf"https?://(?=[^/]{{1,{HOST_LENGTH}}}(?:/|\Z))(?:[a-z0-9]+(?:-[a-z0-9]+)*\.)+[a-z]+(?:/[A-Za-z0-9._~/=&+,-]*)?",
    re.ASCII,
)


def _address(value: str) -> str:
    url = value.strip()
    if len(url) <= ADDRESS_LENGTH and _PLAIN_ADDRESS.fullmatch(url):
        return url
    try:
        if len(url) > ADDRESS_LENGTH:
            raise ValueError
        url = _encoded(xml_safe(url))
        if any(c in url for c in '"<>\\^`{|} ') or not url.isascii() or len(url) > ADDRESS_LENGTH:
            raise ValueError
        Url(url)  # parses the URL as browsers and the sanitizer do
    except (ValueError, UnicodeError):
        raise ValueError(
            f"must be an absolute http or https URL of at most {ADDRESS_LENGTH} characters, without a password"
        ) from None
    return url


def _encoded(url: str) -> str:
    """The URL in ASCII (RFC 3987 §3.1), with the host as browsers write it. Raises ValueError if it is invalid."""
    host = Url(url).host or ""  # first, since Python takes seconds for long host names in other scripts
    parts = urlsplit(url)
    if parts.scheme.lower() not in ("http", "https") or not parts.hostname or parts.port == 0 or "@" in parts.netloc:
        raise ValueError
    if len(host) > HOST_LENGTH:
        raise ValueError
    if not parts.netloc.isascii():
        url = urlunsplit(parts._replace(netloc=f"{host}:{parts.port}" if parts.port else host))
    url = iri_to_uri(url)
    if not urlsplit(url).hostname:
        raise ValueError
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


def listed(longest: int) -> Any:
    """A validator of lists of at most `longest` items. Null is an empty list. Items of a longer list are not read."""

    def check(value: object) -> object:
        if isinstance(value, list | tuple) and len(value) > longest:
            raise ValueError(f"must not have more than {longest} items")
        return () if value is None else value

    return BeforeValidator(check)


def _distinct(names: tuple[str, ...]) -> tuple[str, ...]:
    """`names` without names that have the same slug, and so the same feed. The first spelling stays."""
    return tuple({slug(name): name for name in reversed(names)}[key] for key in dict.fromkeys(map(slug, names)))


def _sluggable(value: str) -> str:
    if not slug(value):
        raise ValueError("must have a letter or a digit")
    return value


def _number(value: object) -> object:
    """Refuse true and false: Python treats true as 1."""
    if isinstance(value, bool):
        raise ValueError("must be a whole number")  # noqa: TRY004 - pydantic makes a field's error of ValueError only
    return value


def _lower(value: object) -> object:
    return value.strip().lower() if isinstance(value, str) else value


Id = Annotated[str, BeforeValidator(_id), AfterValidator(_checked_id)]
Address = Annotated[str, AfterValidator(_address)]
Name = Annotated[str, text(200, required=True), AfterValidator(_sluggable)]
Names = Annotated[tuple[Name, ...], Field(max_length=50), listed(50), AfterValidator(_distinct)]
When = Annotated[datetime, BeforeValidator(_when)]
Language = Annotated[str, Field(pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$", max_length=35)]
MediaType = Annotated[str, BeforeValidator(_lower), Field(pattern=MEDIA_TYPE, max_length=100)]
Size = Annotated[int, BeforeValidator(_number), Field(ge=0, le=2**53)]


class Part(BaseModel):
    """Base of all validated objects: immutable, without unknown fields."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    @model_validator(mode="before")
    @classmethod
    def _without_nulls(cls, value: object) -> object:
        """Drop the fields that are null: null means that the field is missing."""
        if not isinstance(value, Mapping):
            return value
        if len(value) > FIELDS:
            raise ValueError(f"must not have more than {FIELDS} fields")
        return {name: part for name, part in value.items() if part is not None}


_REASONS = {
    "tuple_type": "must be a list",
    "model_type": "must be an object",
    "string_type": "must be text",
    "int_type": "must be a whole number",
    "missing": "is required",
    "too_long": "must not have more than {max_length} characters",
}
MOST = 20  # errors of one article that are reported


def field_errors(error: ValidationError) -> list[FieldError]:
    """The errors that pydantic found, in our words. Of more than MOST, the first MOST and the number of the others."""
    found = error.errors(include_url=False, include_input=False)
    told = [_field_error(detail) for detail in found[:MOST]]
    return [*told, FieldError("…", f"{len(found) - MOST:,} more errors")] if len(found) > MOST else told


def _field_error(detail: ErrorDetails) -> FieldError:
    field = ".".join(str(part) for part in detail["loc"])
    if detail["type"] == "extra_forbidden":
        return FieldError(field[:ID_LENGTH] or '""', "there is no such field")
    if detail["type"] in _REASONS:
        return FieldError(field, _REASONS[detail["type"]].format(**detail.get("ctx", {})))
    reason = detail["msg"].removeprefix("Value error, ")
    return FieldError(field, f"{reason[:1].lower()}{reason[1:]}")
