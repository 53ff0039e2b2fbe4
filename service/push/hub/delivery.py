"""One delivery: the document is sent to one callback, and the answer decides what becomes of the subscription."""

import random
import time
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import NamedTuple

from service.core.http_client import OutgoingError
from service.core.http_client.async_client import AsyncHttpClient, AsyncResponse
from service.core.settings.hub import Hub
from service.push.hub.content import Content
from service.push.hub.lanes import PATIENCE_SECONDS
from service.storage.hub import Delivered, DueSubscription, Ended, Failed, Outcome

FIRST_PAUSE_SECONDS = 5.0  # before the first repetition; each further failure doubles it
MAX_PAUSE_SECONDS = 3600.0
MAX_RETRY_AFTER_SECONDS = 86_400.0  # of a Retry-After that is heeded
JITTER = 0.25  # share of a pause by which it may be shorter or longer
_GONE = 410


class Failure(NamedTuple):
    """A delivery that did not arrive: the reason, and the seconds that the subscriber asks Warta to wait."""

    reason: str
    retry_after: float = 0.0


async def deliver(client: AsyncHttpClient, due: DueSubscription, content: Content, hub: Hub) -> Outcome:
    """Send the document to the callback (WebSub §7), once. Raises nothing that a subscriber can cause."""
    started = time.monotonic()
    try:
        response = await client.send(
            "POST", due.callback, headers=content.signed(due.secret), body=content.body, timeout=hub.delivery_seconds
        )
    except OutgoingError as error:
        return after_failure(due, content.version, Failure(error.reason), hub)
    if 200 <= response.status < 300:
        return Delivered(due.key, content.version, is_slow=time.monotonic() - started > PATIENCE_SECONDS)
    if response.status == _GONE:
        return Ended(due.key)
    return after_failure(due, content.version, _failure(response), hub)


def after_failure(due: DueSubscription, version: int, failure: Failure, hub: Hub) -> Failed:
    """The next attempt after a failure, or the end of the attempts for this version.

    The pause doubles with each failure in a row, and is random within JITTER, so that subscribers of one host do not
    come back all at once.
    """
    pause = min(FIRST_PAUSE_SECONDS * 2 ** min(due.attempts, 20), MAX_PAUSE_SECONDS)
    pause *= 1 + JITTER * (2 * random.random() - 1)  # noqa: S311 - not a secret
    wait = max(pause, failure.retry_after)
    if due.seconds_failing + wait > hub.retry_seconds:
        return Failed(due.key, failure.retry_after, failure.reason, gave_up=version)
    return Failed(due.key, wait, failure.reason)


def _failure(response: AsyncResponse) -> Failure:
    hint = "; redirects are not followed" if 300 <= response.status < 400 else ""
    return Failure(f"the subscriber answered {response.status}{hint}", _retry_after(response))


def _retry_after(response: AsyncResponse) -> float:
    """The seconds of a Retry-After header: a number or a date (RFC 9110 §10.2.3); 0 for any other text."""
    text = response.headers.get("Retry-After", "").strip()
    if text.isascii() and text.isdecimal():
        return min(float(text[:10]), MAX_RETRY_AFTER_SECONDS)
    try:
        date = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return 0.0
    wait = ((date if date.tzinfo else date.replace(tzinfo=UTC)) - datetime.now(UTC)).total_seconds()
    return max(0.0, min(wait, MAX_RETRY_AFTER_SECONDS))
