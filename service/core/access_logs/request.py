"""A request in an access log, and the values that every format has in another form."""

import json
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from service.core.ip_addresses import parse as parse_ip_address

_ABSOLUTE = re.compile(r"https?://[^/?]*", re.IGNORECASE)  # some servers log targets in this form (RFC 9112 §3.2.2)
_SHOWN_CHARACTERS = 40  # characters of an invalid value that its error message shows
MAX_SIZE_DIGITS = 15  # digits of a size that is believed
_MILLISECONDS, _NANOSECONDS = 1e11, 1e17  # numbers from here on are not seconds, but in this unit


class LoggedRequest(NamedTuple):
    """A logged request. `ip_address` is the client's IP address as the log has it; `at` is in seconds since the epoch.

    `ip_address` may be a list as in X-Forwarded-For, with at least one IP address at its end. `agent` is the user
    agent, empty if the client sent none. `size` is that of the response body, in bytes; 0 if the log does not have it.
    """

    ip_address: str
    at: float
    method: str
    target: str
    status: int
    agent: str
    size: int = 0


class OtherFormat(ValueError):
    """The line is of another format. The message says what the format needs."""


# Reads a line. Returns None for a line that is no request: a comment, a message of the server. Raises ValueError, which
# says what is unreadable.
LineParser = Callable[[str], LoggedRequest | None]


def ip_address_in(field: str) -> str:
    """The field, which is an IP address or a list of them. Raises ValueError."""
    if parse_ip_address(field.rpartition(",")[2]) is None:
        raise ValueError(f"has no IP address of a client, but {shown(field)}" if field else "has no IP address")
    return field


def target_in(url: str) -> str:
    """The path and query of a logged URL."""
    return _ABSOLUTE.sub("", url, count=1) if _ABSOLUTE.match(url) else url


def size_in(value: object) -> int:
    """The size in bytes; 0 for anything that is not one."""
    text = str(value)
    return int(text) if text.isascii() and text.isdigit() and len(text) <= MAX_SIZE_DIGITS else 0


def status_in(value: object) -> int:
    """The status; 0 if the client left before the answer. Raises ValueError."""
    text = str(value)
    if not (text.isascii() and text.isdigit() and len(text) <= 3):
        raise ValueError(f"has no status, but {shown(text)}")
    return int(text)


def seconds_in(value: object) -> float:
    """Seconds since the epoch, from a number (seconds, milliseconds, nanoseconds) or an ISO 8601 time with an offset.

    Raises ValueError.
    """
    try:
        if isinstance(value, str) and not value.replace(".", "", 1).isdigit():
            at = datetime.fromisoformat(_microseconds(value))
            seconds = at.timestamp() if at.tzinfo else -1.0
        else:
            number = float(str(value)[:_SHOWN_CHARACTERS])
            seconds = number / (1e9 if number >= _NANOSECONDS else 1e3 if number >= _MILLISECONDS else 1)
    except (ValueError, OverflowError):
        seconds = -1.0
    if not 0 <= seconds < _MILLISECONDS:
        raise ValueError(f"{shown(str(value))} is not a time with its offset, such as 2026-02-12T02:33:00Z")
    return seconds


def _microseconds(text: str) -> str:
    """The time with at most six digits after the point: `fromisoformat` accepts no more."""
    return re.sub(r"(\.\d{6})\d{1,6}", r"\1", text[: _SHOWN_CHARACTERS + 10], count=1)


def json_object(line: str, name: str) -> Mapping[str, Any]:
    """The JSON object in the line of a format called `name`. Raises ValueError."""
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        value = None
    if isinstance(value, dict):
        return value
    raise OtherFormat(f"is not a line of the format {name}")


def shown(text: str) -> str:
    """The text as an error message shows it."""
    return text if len(text) <= _SHOWN_CHARACTERS else f"{text[:_SHOWN_CHARACTERS]}…"
