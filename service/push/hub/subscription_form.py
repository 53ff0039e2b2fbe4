"""Reads a request to the hub: a form with the fields `hub.*` (WebSub §5.1)."""

import contextlib
import re
from collections.abc import Mapping
from urllib.parse import parse_qsl

from service.core.errors import BadRequest
from service.core.http_client import IpNetwork, OutgoingRefused
from service.core.http_client.guard import Destination, permitted_of, read_address
from service.core.settings.hub import Hub
from service.core.settings.model import Settings
from service.push.hub.topic_urls import Topic, TopicUrls
from service.storage.hub import PendingRequest

MAX_FORM_BYTES = 16_384  # of the body of a request
MAX_FIELDS = 100  # of a form
MAX_CALLBACK_CHARACTERS = 2_000  # an index of PostgreSQL takes 2,700 bytes
MAX_SECRET_BYTES = 199  # WebSub §5.1: "MUST be less than 200 bytes in length"

_MODES = ("subscribe", "unsubscribe")
_FIELDS = ("hub.mode", "hub.topic", "hub.callback", "hub.lease_seconds", "hub.secret")


def read_form(body: bytes, settings: Settings, urls: TopicUrls) -> tuple[PendingRequest, Topic]:
    """The request in a form, with its topic. Fields of other names are ignored (WebSub §5.1).

    Whether the topic's feed exists is not checked. Raises BadRequest, which names the field, and NotFound.
    """
    fields = _fields(body)
    mode = fields.get("hub.mode", "")
    if mode == "publish":
        raise BadRequest(
            "hub.mode: publish is not accepted; this hub knows the changes of its own feeds, and has no other feeds"
        )
    if mode not in _MODES:
        raise BadRequest(f"hub.mode: must be {' or '.join(_MODES)}")
    for name in ("hub.callback", "hub.topic"):
        if not fields.get(name):
            raise BadRequest(f"{name}: is missing")
    destination = _read_callback(fields["hub.callback"], settings.outgoing_allow)
    topic = urls.read(fields["hub.topic"])
    request = PendingRequest(
        mode=mode,
        path=topic.path,
        callback=destination.url,
        host=destination.host[:255],
        lease_seconds=_read_lease(fields.get("hub.lease_seconds", ""), settings.hub),
        secret=_read_secret(fields.get("hub.secret", "")),
    )
    return request, topic


def _fields(body: bytes) -> Mapping[str, str]:
    try:
        pairs = parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=MAX_FIELDS, errors="strict")
    except ValueError:
        raise BadRequest(f"the body must be a form in UTF-8 with at most {MAX_FIELDS} fields") from None
    for field in _FIELDS:
        if sum(name == field for name, _ in pairs) > 1:
            raise BadRequest(f"{field}: is given more than once")
    return dict(pairs)


def _read_callback(url: str, allow: tuple[IpNetwork, ...]) -> Destination:
    """The destination of the callback.

    A callback with an IP address is judged now, and one with a name each time that Warta connects to it.
    """
    if len(url) > MAX_CALLBACK_CHARACTERS:
        raise BadRequest(f"hub.callback: is longer than {MAX_CALLBACK_CHARACTERS} characters")
    if re.search(r"[^!-~]", url):
        raise BadRequest(
            "hub.callback: must be written in ASCII: other characters as xn--... in the host, and as %... in the path"
        )
    if "#" in url:
        raise BadRequest("hub.callback: must not have a fragment")
    try:
        destination = Destination.parse(url)
        with contextlib.suppress(ValueError):
            permitted_of(destination, [read_address(destination.host)], allow)
    except OutgoingRefused as refused:
        raise BadRequest(f"hub.callback: {refused.reason}") from None
    return destination


def _read_lease(text: str, hub: Hub) -> int:
    """The seconds of the lease, within the limits of the settings (WebSub §5.1: the hub may choose them)."""
    if not text:
        return hub.lease_seconds
    if not re.fullmatch(r"[0-9]+", text):
        raise BadRequest("hub.lease_seconds: must be a number of seconds, such as 864000")
    wished = int(text.lstrip("0")[:20] or "0")  # a number of more digits is as endless
    return max(hub.min_lease_seconds, min(wished, hub.max_lease_seconds))


def _read_secret(text: str) -> str:
    if len(text.encode()) > MAX_SECRET_BYTES:
        raise BadRequest(f"hub.secret: must be shorter than {MAX_SECRET_BYTES + 1} bytes")
    if "\0" in text:  # PostgreSQL stores no such text
        raise BadRequest("hub.secret: must not have a null character")
    return text
