"""The JSON forms of webhooks in answers of the API, with their examples."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, NotRequired, cast

from pydantic import Field
from typing_extensions import TypedDict

from service.storage import UndeliveredEvent, Webhook

Time = Annotated[str, Field(json_schema_extra={"format": "date-time"})]


class WebhookState(TypedDict):
    """An endpoint and the state of its deliveries. Empty lists mean all. Times are in UTC."""

    name: str
    url: str
    events: list[str]
    categories: list[str]
    state: Annotated[str, Field(json_schema_extra={"enum": ["ok", "failing", "disabled"]})]
    error: Annotated[str, Field(description="The last failure. Empty after a success.")]
    delivered: int
    waiting: Annotated[
        int, Field(description="Events that Warta sends again later, and later events of the same articles.")
    ]
    behind: Annotated[int, Field(description="Changes that Warta has not read for this webhook yet.")]
    given_up: Annotated[int, Field(description="Events that Warta has given up since the webhook exists.")]
    replayable: Annotated[int, Field(description="Events that Warta has given up, and can replay.")]
    test_answer: Annotated[str, Field(description="The result of the last test.")]
    created_at: Time
    delivered_at: NotRequired[Time]
    failing_since: NotRequired[Time]
    disabled_at: NotRequired[Time]
    next_at: NotRequired[Time]
    former_secret_until: NotRequired[Time]
    tested_at: NotRequired[Time]


class NewWebhook(WebhookState):
    """An endpoint with its new secret, which no later answer shows."""

    secret: str


class Undelivered(TypedDict):
    """An event that waits, or that was given up."""

    change: int
    article: str
    since: Time
    attempts: int
    error: str
    next_at: NotRequired[Time]
    given_up_at: NotRequired[Time]


class WebhookDetail(WebhookState):
    """An endpoint, with the oldest of its undelivered events."""

    undelivered: list[Undelivered]


class WebhookList(TypedDict):
    webhooks: list[WebhookState]


class Replay(TypedDict):
    """The number of events, or of changes, that are delivered once more."""

    replayed: int


STATE_EXAMPLE: dict[str, Any] = {
    "name": "arsip",
    "url": "https://arsip.example.com/warta",
    "events": ["article.published"],
    "categories": [],
    "state": "ok",
    "error": "",
    "delivered": 12,
    "waiting": 0,
    "behind": 0,
    "given_up": 0,
    "replayable": 0,
    "test_answer": "",
    "created_at": "2026-03-12T02:33:00+00:00",
}
NEW_EXAMPLE = STATE_EXAMPLE | {"secret": "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD8K1jgTYbA5E="}

# The fields of answers that have other names in the store.
_STORED = {
    "replayable": "abandoned",
    "former_secret_until": "former_until",
    "change": "change_key",
    "article": "article_id",
}


def state_of(webhook: Webhook) -> WebhookState:
    """The state of a webhook as its answer."""
    return cast(WebhookState, _fields(webhook, WebhookState.__annotations__))


def undelivered_of(event: UndeliveredEvent) -> Undelivered:
    """An undelivered event as a part of an answer."""
    return cast(Undelivered, _fields(event, Undelivered.__annotations__))


def _fields(stored: object, names: Mapping[str, Any]) -> dict[str, Any]:
    """The fields with these names. Times are text, and a time that is None has no field."""
    values = {name: getattr(stored, _STORED.get(name, name)) for name in names}
    return {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in values.items()
        if value is not None
    }
