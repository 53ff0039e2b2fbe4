"""Types of settings, with their validation and the messages for invalid values."""

import re
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Annotated, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, PlainValidator, SecretStr
from pydantic_core import Url

from service.core.validation import LANGUAGE_TAG, text_form

REDIS_SCHEMES = ("redis", "rediss", "unix", "redis+sentinel", "redis+cluster")

Network = IPv4Network | IPv6Network


class Section(BaseModel):
    """A group of settings: a table of the file."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)  # inputs may hold passwords


def _split(value: object) -> object:
    """Split a comma-separated text into a list: in the environment, a list has no other form."""
    return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value


def _url(value: str) -> str:
    try:
        parts = urlsplit(value)
        Url(value)  # parses the URL as browsers do
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("must be an http or https URL, such as https://feeds.example.com")
    if re.search("[?#]", value) or "@" in parts.netloc:  # also an empty query or fragment, which urlsplit does not show
        raise ValueError("must not have a query, a fragment or credentials")
    if re.search(r"[^!-~]|[\"<>\\^`{|}]", value):
        raise ValueError("must be written in ASCII: other characters as xn--... in the host, as %... in the path")
    return value


def _line(value: str) -> str:
    if not value.isprintable():
        raise ValueError("must not have control characters")
    return value


def _zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError("is not a time zone of the IANA database, such as Asia/Jakarta") from error
    return value


def _network(value: object) -> Network:
    try:
        return ip_network(str(value))
    except ValueError:
        raise ValueError(f"{value} is not a network, such as 10.0.0.0/8") from None


def _redis_url(value: SecretStr) -> SecretStr:
    if value and _scheme(value) not in REDIS_SCHEMES:
        raise ValueError(f"must begin with one of {', '.join(f'{scheme}://' for scheme in REDIS_SCHEMES)}")
    return value


def _database_url(value: SecretStr) -> SecretStr:
    if value and _scheme(value) not in ("postgresql", "sqlite"):
        raise ValueError("must begin with postgresql:// or sqlite:///")
    return value


def _scheme(url: SecretStr) -> str:
    return url.get_secret_value().partition("://")[0].lower()


def _token(value: SecretStr) -> SecretStr:
    if re.search(r"[^!-~]", value.get_secret_value()):
        raise ValueError("must be printable ASCII without spaces")
    return value


LineOfText = Annotated[str, AfterValidator(_line)]
SecretToken = Annotated[SecretStr, AfterValidator(_token)]
HttpUrl = Annotated[str, AfterValidator(_url)]
OptionalUrl = Annotated[str, AfterValidator(lambda value: _url(value) if value else value)]
Networks = Annotated[tuple[Annotated[Network, PlainValidator(_network)], ...], BeforeValidator(_split)]
Urls = Annotated[tuple[HttpUrl, ...], BeforeValidator(_split)]
Words = Annotated[tuple[str, ...], BeforeValidator(_split)]
OptOutSignals = Annotated[tuple[Literal["gpc", "dnt"], ...], BeforeValidator(_split)]
ZoneName = Annotated[str, AfterValidator(_zone)]
Pinned = Annotated[tuple[str, ...], Field(max_length=20), BeforeValidator(_split)]
LanguageTag = Annotated[str, LANGUAGE_TAG]
Color = Annotated[str, text_form(r"([0-9A-Fa-f]{6})?", "must be six hexadecimal digits, such as 0a6ebd")]
TagAuthority = Annotated[
    str,
    text_form(
        r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?,[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?",
        "must be a domain in lower case, a comma and a date, such as example.com,2026",
    ),
]
Slug = Annotated[
    str,
    text_form(r"[a-z0-9]+(-[a-z0-9]+)*", "must have only a-z, 0-9 and single - between, such as pilihan-kita"),
]
Id = Annotated[str, text_form(r"[A-Za-z0-9]*", "must have only letters and digits")]
Email = Annotated[
    str, text_form(r"([^@\s<>]+@[^@\s<>]+)?", "must be an e-mail address, such as redaksi@example.com, without a name")
]
Uuid = Annotated[
    str,
    text_form(
        r"([0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})?",
        "must be a UUID, such as 9b024349-ccf0-5f69-a609-6b82873eab3c",
    ),
]
RedisUrl = Annotated[SecretStr, AfterValidator(_redis_url)]
DatabaseUrl = Annotated[SecretStr, AfterValidator(_database_url)]
