"""The WebSub hub of the service (W3C Recommendation): takes requests of subscribers. Background work verifies them."""

from flask import Response, request

from service.bootstrap import Services
from service.core.errors import MediaTypeUnsupported, NotFound
from service.push.hub import MAX_FORM_BYTES, TopicUrls, read_form
from service.web.http.json_requests import body_bytes
from service.web.openapi.operation import Body, operation

NOT_STORED = {"Cache-Control": "no-store"}
FORM = "application/x-www-form-urlencoded"
_WELCOME = """\
This is the WebSub hub of {title}.

To subscribe, POST a form (application/x-www-form-urlencoded) with hub.mode=subscribe, hub.topic (the URL that a feed
names as self) and hub.callback to this URL. The feeds: {base_url}/
Specification: https://www.w3.org/TR/websub/
"""
_FIELDS = {
    "hub.mode": {"enum": ["subscribe", "unsubscribe"]},
    "hub.topic": {"type": "string", "description": "The URL that the feed names as self."},
    "hub.callback": {"type": "string", "maxLength": 2000, "description": "An http or https URL of the subscriber."},
    "hub.lease_seconds": {"type": "string", "pattern": "^[0-9]*$", "description": "Requested duration, in seconds."},
    "hub.secret": {"type": "string", "description": "Fewer than 200 bytes. Warta signs deliveries with it."},
}
_SCHEMA = {"type": "object", "properties": _FIELDS, "required": ["hub.mode", "hub.topic", "hub.callback"]}


class HubRequests:
    """Handlers of the hub. They need no token: the callback of each request must confirm it."""

    def __init__(self, services: Services) -> None:
        self._settings = services.settings
        self._requests = services.hub_requests
        self._documents = services.documents
        self._urls = TopicUrls(services.settings)

    @operation(
        "GET",
        "/hub",
        "A page for people about the WebSub hub",
        {200: Body("How to subscribe.", media_types=("text/plain",), example="This is the WebSub hub of Warta.")},
        problems=(404,),
    )
    def describe(self) -> Response:
        """Return a few sentences for a person who opens the hub's URL. 404 if the hub is not enabled."""
        self._require_hub()
        text = _WELCOME.format(title=self._settings.site.title, base_url=self._settings.base_url)
        return Response(text, content_type="text/plain; charset=utf-8", headers=NOT_STORED)

    @operation(
        "POST",
        "/hub",
        "Subscribe to a feed, or unsubscribe (WebSub §5.1)",
        {202: "Warta asks the callback to confirm."},
        problems=(400, 404, 408, 413, 415, 503),
        body=Body(
            "The request.",
            _SCHEMA,
            media_types=(FORM,),
            example={
                "hub.mode": "subscribe",
                "hub.topic": "https://feeds.example/latest.atom",
                "hub.callback": "https://reader.example/push?k=1",
            },
        ),
    )
    def take(self) -> Response:
        """Take a request to subscribe or unsubscribe. The callback is asked later, by the background work."""
        self._require_hub()
        if request.mimetype != FORM:
            raise MediaTypeUnsupported(f"send the request as a form: Content-Type: {FORM}")
        form = body_bytes(MAX_FORM_BYTES, f"the request is longer than {MAX_FORM_BYTES} bytes")
        pending, topic = read_form(form, self._settings, self._urls)
        self._documents.require_feed(topic.name)
        self._requests.add(pending)
        return Response(status=202, headers=NOT_STORED)

    def _require_hub(self) -> None:
        if not self._settings.hub.enabled:
            raise NotFound("this service has no WebSub hub")
