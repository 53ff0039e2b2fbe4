"""A webhook as an operator submits it, with the command line or the API."""

import re
from collections.abc import Mapping
from datetime import datetime, tzinfo
from typing import Annotated, Self

from pydantic import AfterValidator, Field, ValidationError

from service.articles.dates import UnreadableDate, parse
from service.articles.slugs import slug
from service.articles.validation import MAX_URL_CHARACTERS, ValidatedModel, bounded_list, errors_of, field_errors
from service.core.errors import BadRequest, WebhookInvalid
from service.core.http_client import Destination, OutgoingRefused
from service.push.webhooks.events import EVENT_TYPES, EventType

MAX_CATEGORIES = 50
MAX_OVERLAP_HOURS = 7 * 24
DEFAULT_OVERLAP_HOURS = 24
CURSOR_PATTERN = "[0-9]{1,18}(-[0-9a-f]{8})?"
NAME_PATTERN = "[a-z0-9]+(-[a-z0-9]+)*"
MAX_NAME_CHARACTERS = 50


def check_name(name: str) -> str:
    """Return the name of a webhook, which is a part of URLs and a label of metrics. Raises BadRequest."""
    if len(name) > MAX_NAME_CHARACTERS or not re.fullmatch(NAME_PATTERN, name):
        raise BadRequest(f"name: must have 1 to {MAX_NAME_CHARACTERS} small letters, digits and single hyphens")
    return name


def read_replay_start(text: str | None, zone: tzinfo) -> str | datetime | None:
    """Return the start of a replay: a cursor of the change log, or a time, which is in `zone` without one of its own.

    None stays None. Raises BadRequest.
    """
    if text is None:
        return None
    if re.fullmatch(CURSOR_PATTERN, text, re.ASCII):
        return text
    try:
        return parse(text, zone)
    except UnreadableDate as error:
        raise BadRequest(f"since: is neither a cursor of the change log nor a time: {error}") from None


def _checked_url(url: str) -> str:
    try:
        Destination.parse(url)
    except OutgoingRefused as error:
        raise ValueError(error.reason) from None
    if not re.fullmatch(r"[!-~]+", url) or "#" in url:
        raise ValueError("must be written in ASCII, without spaces and fragments")
    return url


def _slug(name: str) -> str:
    if not (named := slug(name)):
        raise ValueError("must not be empty")
    return named


Category = Annotated[str, Field(max_length=200), AfterValidator(_slug)]


class WebhookFields(ValidatedModel, title="WebhookFields"):
    """An endpoint of the newsroom's own systems, and the events that it gets."""

    url: Annotated[str, Field(max_length=MAX_URL_CHARACTERS), AfterValidator(_checked_url)] = Field(
        description="The endpoint: http or https, without credentials and fragment.",
        json_schema_extra={"format": "uri"},
    )
    events: Annotated[tuple[EventType, ...], Field(max_length=len(EVENT_TYPES)), bounded_list(len(EVENT_TYPES))] = (
        Field((), description="The types of events. Default: all.")
    )
    categories: Annotated[tuple[Category, ...], Field(max_length=MAX_CATEGORIES), bounded_list(MAX_CATEGORIES)] = Field(
        (), description="The categories of articles, by name or slug. Default: all."
    )

    @classmethod
    def read(cls, fields: Mapping[str, object]) -> Self:
        """Validate `fields` (the JSON form). Raises WebhookInvalid, which names each wrong field with the reason."""
        try:
            return cls.model_validate(fields)
        except ValidationError as error:
            raise WebhookInvalid(field_errors(errors_of(error))) from None
