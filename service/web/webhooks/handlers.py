"""Handlers of the API for webhooks."""

from datetime import timedelta

from flask import Response

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
from service.storage import Scope
from service.web.http.json_answers import json_answer
from service.web.http.json_requests import body, parameters
from service.web.openapi.operation import Body, Parameter, operation
from service.web.webhooks.answers import (
    NEW_EXAMPLE,
    STATE_EXAMPLE,
    NewWebhook,
    Replay,
    WebhookDetail,
    WebhookList,
    WebhookState,
    state_of,
    undelivered_of,
)

MAX_BODY_BYTES = 20_000  # bytes of a webhook in a request, at most
MAX_SHOWN_EVENTS = 100  # undelivered events in an answer

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
        {200: Body("Webhooks, by name.", WebhookList, example={"webhooks": [STATE_EXAMPLE]})},
        problems=(400, 503),
        scope=_SCOPE,
    )
    def all(self) -> Response:
        """Return all webhooks with their state."""
        parameters()
        return json_answer({"webhooks": [state_of(webhook) for webhook in self._webhooks.webhooks()]})

    @operation(
        "PUT",
        "/api/webhooks/{webhook}",
        "Add a webhook, or change its URL and its filters",
        {
            200: Body("Changed.", WebhookState, "Webhook", example=STATE_EXAMPLE),
            201: Body(
                "Added. No later answer shows the secret.",
                NewWebhook,
                "NewWebhook",
                example=NEW_EXAMPLE,
            ),
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
        {200: Body("The webhook.", WebhookDetail, "WebhookDetail", example={**STATE_EXAMPLE, "undelivered": []})},
        problems=(400, 404, 503),
        scope=_SCOPE,
        path_parameters=[_WEBHOOK],
    )
    def get(self, webhook: str) -> Response:
        """Return a webhook with its undelivered events."""
        parameters()
        found = self._webhooks.webhook(webhook)
        undelivered = [undelivered_of(event) for event in self._webhooks.undelivered(webhook, MAX_SHOWN_EVENTS)]
        return json_answer({**state_of(found), "undelivered": undelivered})

    @operation(
        "POST",
        "/api/webhooks/{webhook}/test",
        "Send a test event. The state has the answer soon afterwards",
        {202: Body("Ordered.", WebhookState, "Webhook", example=STATE_EXAMPLE)},
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
        number = self._webhooks.replay(webhook, read_replay_start(since, self._zone), utc_now())
        return json_answer({"replayed": number}, 202)

    @operation(
        "POST",
        "/api/webhooks/{webhook}/rotate",
        "Make a new secret. For some time, the old one signs, too",
        {200: Body("The new secret, shown once.", NewWebhook, "NewWebhook", example=NEW_EXAMPLE)},
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
        {200: Body("The webhook.", WebhookState, "Webhook", example=STATE_EXAMPLE)},
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
        return state_of(self._webhooks.webhook(name))
