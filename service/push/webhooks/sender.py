"""Signs a message, sends it to an endpoint once, and judges the answer."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime

from standardwebhooks import Webhook as Signer

from service.articles.dates import utc_now
from service.core.http_client import IpNetwork, OutgoingError, OutgoingRefused, send
from service.push.webhooks.events import Message

DELIVERY_SECONDS = 10.0  # seconds for one delivery, from the look-up of the name to the head of the answer
MAX_RETRY_AFTER = timedelta(days=1)  # the longest pause that an endpoint can ask for


@dataclass(frozen=True)
class Answer:
    """The result of a delivery. `text` describes it for people. Until `retry_at`, the endpoint wants no requests."""

    is_success: bool
    text: str
    is_gone: bool = False
    retry_at: datetime | None = None


class Sender:
    """Sends messages. It reaches public IP addresses, and those in the networks `allow`. Shared by threads."""

    def __init__(self, allow: Sequence[IpNetwork], clock: Callable[[], datetime] = utc_now) -> None:
        self._allow = allow
        self._clock = clock

    def send(self, url: str, secrets: Sequence[str], message: Message) -> Answer:
        """Send the message, with a signature for each secret. Takes at most DELIVERY_SECONDS. Never raises."""
        now = self._clock()
        headers = {
            "Content-Type": "application/json",
            "webhook-id": message.id,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": " ".join(Signer(secret).sign(message.id, now, message.body) for secret in secrets),
        }
        try:
            response = send(
                "POST", url, headers=headers, body=message.body.encode(), allow=self._allow, timeout=DELIVERY_SECONDS
            )
        except OutgoingRefused as error:
            return Answer(False, f"{error.reason}; for a system of yours add its network to webhooks.allow")
        except OutgoingError as error:
            return Answer(False, error.reason)
        text = f"the endpoint answers {response.status}"
        if 300 <= response.status < 400:
            text += ", a redirect, which is not followed; change the URL"
        retry_at = None
        if response.status in (429, 503):
            retry_at = _retry_at(response.headers.get("Retry-After", ""), now)
        return Answer(200 <= response.status < 300, text, response.status == 410, retry_at)


def _retry_at(retry_after: str, now: datetime) -> datetime | None:
    """The time in a Retry-After header (RFC 9110 §10.2.3), at most MAX_RETRY_AFTER from now; None if not valid."""
    latest = now + MAX_RETRY_AFTER
    if retry_after.isascii() and retry_after.isdecimal():
        return now + timedelta(seconds=min(int(retry_after[:9]), MAX_RETRY_AFTER.total_seconds()))
    try:
        at = parsedate_to_datetime(retry_after)
    except ValueError:
        return None
    return min(at, latest) if at.tzinfo and at > now else None
