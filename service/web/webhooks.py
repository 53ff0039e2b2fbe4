"""The API for webhooks: endpoints of the newsroom's own systems, and the state of the deliveries to them."""

from datetime import datetime, timedelta
from typing import Annotated, Any, NotRequired

from flask import Response
from pydantic import Field
from typing_extensions import TypedDict

from service.articles.dates import utc_now
from service.bootstrap import Services
from service.core.errors import BadRequest, NotFound
from service.push.webhooks.fields import (
    DEFAULT_OVERLAP_HOURS,
    MAX_NAME_CHARACTERS,
    MAX_OVERLAP_HOURS,
    NAME_PATTERN,
    WebhookFields,
    check_name,
    read_replay_start,
)
from service.storage import Scope, Webhook
from service.web.http.json_answers import json_answer
from service.web.http.json_requests import body, parameters
from service.web.openapi.operation import Body, Parameter, operation

MAX_BODY_BYTES = 20_000  # bytes of a webhook in a request, at most
MAX_SHOWN_EVENTS = 100  # undelivered events in an answer

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


_STATE: dict[str, Any] = {
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
_SECRET = {"secret": "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD8K1jgTYbA5E="}
_WEBHOOK = Parameter(
    "webhook",
    "Name of the webhook.",
    {"type": "string", "pattern": f"^{NAME_PATTERN}$", "maxLength": MAX_NAME_CHARACTERS},
    converter="<webhook>",
    example="arsip",
)
_SCOPE = Scope.WEBHOOKS_WRITE


class WebhookApi:
    """Handlers of webhooks. They only store; the background work delivers."""

    def __init__(self, services: Services) -> None:
        self._webhooks = services.webhooks
        self._zone = services.settings.site.zone

    @operation(
        "GET",
        "/api/webhooks",
        "All webhooks with their state",
        {200: Body("Webhooks, by name.", WebhookList, example={"webhooks": [_STATE]})},
        problems=(400, 503),
        scope=_SCOPE,
    )
    def all(self) -> Response:
        """Return all webhooks with their state."""
        parameters()
        return json_answer({"webhooks": [_fields(webhook) for webhook in self._webhooks.webhooks()]})

    @operation(
        "PUT",
        "/api/webhooks/{webhook}",
        "Add a webhook, or change its URL and its filters",
        {
            200: Body("Changed.", WebhookState, "Webhook", example=_STATE),
            201: Body("Added. No later answer shows the secret.", NewWebhook, "NewWebhook", example=_STATE | _SECRET),
        },
        problems=(400, 408, 409, 413, 415, 422, 503),
        scope=_SCOPE,
        path_parameters=[_WEBHOOK],
        body=Body(
            "The webhook.",
            WebhookFields,
            example={"url": "https://arsip.example.com/warta", "events": ["article.published"]},
        ),
    )
    def put(self, webhook: str) -> Response:
        """Add a webhook (201, with its secret), or change its URL and filters (200)."""
        parameters()
        name = check_name(webhook)
        sent = body(MAX_BODY_BYTES, f"the webhook is longer than {MAX_BODY_BYTES} bytes", "webhook")
        fields = WebhookFields.read(sent)
        try:
            self._webhooks.change(name, fields.url, fields.events, fields.categories)
        except NotFound:
            secret = self._webhooks.add(name, fields.url, fields.events, fields.categories, utc_now())
            return json_answer({**self._state(name), "secret": secret}, 201)
        return json_answer(self._state(name))

    @operation(
        "GET",
        "/api/webhooks/{webhook}",
        f"A webhook with its state, and its undelivered events, up to {MAX_SHOWN_EVENTS}",
        {200: Body("The webhook.", WebhookDetail, "WebhookDetail", example={**_STATE, "undelivered": []})},
        problems=(400, 404, 503),
        scope=_SCOPE,
        path_parameters=[_WEBHOOK],
    )
    def get(self, webhook: str) -> Response:
        """Return a webhook with its undelivered events."""
        parameters()
        found = self._webhooks.webhook(webhook)
        undelivered = [
            {
                "change": event.change_key,
                "article": event.article_id,
                "since": event.since.isoformat(),
                "attempts": event.attempts,
                "error": event.error,
                **_times(next_at=event.next_at, given_up_at=event.given_up_at),
            }
            for event in self._webhooks.undelivered(webhook, MAX_SHOWN_EVENTS)
        ]
        return json_answer({**_fields(found), "undelivered": undelivered})

    @operation(
        "POST",
        "/api/webhooks/{webhook}/test",
        "Send a test event. The state has the answer soon afterwards",
        {202: Body("Ordered.", WebhookState, "Webhook", example=_STATE)},
        problems=(400, 404, 503),
        scope=_SCOPE,
        path_parameters=[_WEBHOOK],
    )
    def test(self, webhook: str) -> Response:
        """Order a test event. The background work sends it; `test_answer` in the state has the answer."""
        parameters()
        self._webhooks.want_test(webhook)
        return json_answer(self._state(webhook), 202)

    @operation(
        "POST",
        "/api/webhooks/{webhook}/replay",
        "Deliver the events that were given up once more, or all events since a cursor or a time",
        {202: Body("Ordered.", Replay, "Replay", example={"replayed": 3})},
        problems=(400, 404, 410, 503),
        scope=_SCOPE,
        path_parameters=[_WEBHOOK],
        parameters=[
            Parameter(
                "since",
                "A cursor of the change log, or a time. Default: only the events that were given up.",
                example="2026-03-12T02:33:00Z",
            )
        ],
    )
    def replay(self, webhook: str) -> Response:
        """Deliver events once more. Their ids stay the same."""
        since = parameters("since").get("since")
        if since is None:
            number = self._webhooks.replay_abandoned(webhook, utc_now())
        else:
            number = self._webhooks.replay_since(webhook, read_replay_start(since, self._zone), utc_now())
        return json_answer({"replayed": number}, 202)

    @operation(
        "POST",
        "/api/webhooks/{webhook}/rotate",
        "Make a new secret. For some time, the old one signs, too",
        {200: Body("The new secret, shown once.", NewWebhook, "NewWebhook", example=_STATE | _SECRET)},
        problems=(400, 404, 503),
        scope=_SCOPE,
        path_parameters=[_WEBHOOK],
        parameters=[
            Parameter(
                "overlap",
                f"Hours in which the old secret signs, too. Default: {DEFAULT_OVERLAP_HOURS}.",
                {"type": "integer", "minimum": 0, "maximum": MAX_OVERLAP_HOURS},
                example=DEFAULT_OVERLAP_HOURS,
            )
        ],
    )
    def rotate(self, webhook: str) -> Response:
        """Make a new secret and return it."""
        overlap = parameters("overlap").get("overlap", str(DEFAULT_OVERLAP_HOURS))
        if not (overlap.isascii() and overlap.isdecimal() and int(overlap[:9]) <= MAX_OVERLAP_HOURS):
            raise BadRequest(f"overlap: must be a number of hours from 0 to {MAX_OVERLAP_HOURS}")
        secret = self._webhooks.rotate(webhook, utc_now(), timedelta(hours=int(overlap[:9])))
        return json_answer({**self._state(webhook), "secret": secret})

    @operation(
        "POST",
        "/api/webhooks/{webhook}/enable",
        "Deliver now to an endpoint that is disabled or failing",
        {200: Body("The webhook.", WebhookState, "Webhook", example=_STATE)},
        problems=(400, 404, 503),
        scope=_SCOPE,
        path_parameters=[_WEBHOOK],
    )
    def enable(self, webhook: str) -> Response:
        """Deliver now to an endpoint that is disabled or failing. It also gets the events since then."""
        parameters()
        self._webhooks.enable(webhook, utc_now())
        return json_answer(self._state(webhook))

    @operation(
        "DELETE",
        "/api/webhooks/{webhook}",
        "Remove a webhook, with its undelivered events",
        {204: "Removed."},
        problems=(400, 404, 503),
        scope=_SCOPE,
        path_parameters=[_WEBHOOK],
    )
    def delete(self, webhook: str) -> Response:
        """Remove a webhook."""
        parameters()
        self._webhooks.remove(webhook)
        return Response(status=204)

    def _state(self, name: str) -> WebhookState:
        return _fields(self._webhooks.webhook(name))


def _fields(webhook: Webhook) -> WebhookState:
    fields: dict[str, Any] = {
        "name": webhook.name,
        "url": webhook.url,
        "events": list(webhook.events),
        "categories": list(webhook.categories),
        "state": webhook.state,
        "error": webhook.error,
        "delivered": webhook.delivered,
        "waiting": webhook.waiting,
        "behind": webhook.behind,
        "given_up": webhook.given_up,
        "replayable": webhook.abandoned,
        "test_answer": webhook.test_answer,
        "created_at": webhook.created_at.isoformat(),
        **_times(
            delivered_at=webhook.delivered_at,
            failing_since=webhook.failing_since,
            disabled_at=webhook.disabled_at,
            next_at=webhook.next_at,
            former_secret_until=webhook.former_until,
            tested_at=webhook.tested_at,
        ),
    }
    return fields  # type: ignore[return-value]  # its parts are made above


def _times(**times: datetime | None) -> dict[str, str]:
    return {name: at.isoformat() for name, at in times.items() if at}
