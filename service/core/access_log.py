"""Parser of access logs in the combined format, as nginx, Apache, Varnish (varnishncsa) and most CDNs write them."""

import re
from datetime import datetime
from typing import NamedTuple

# A quoted part may hold escaped quotes: "Mozilla \"5.0\"". After the user agent each server writes fields of its own,
# which are ignored. The time is in the first brackets that a request follows. The quantifiers `++` and `*+` never
# backtrack, since strangers control parts of the line, and backtracking can take very long.
_QUOTED = r'"(?:[^"\\]++|\\.)*+"'
_LINE = re.compile(
    r"(?P<address>\S++) \S++ (?:[^\[\n]*+\[[^\]\n]*+\])*?[^\[\n]*+\[(?P<at>[^\]]++)\] "
    rf"(?P<request>{_QUOTED}) (?P<status>\d{{3}}) (?P<size>\S++)(?: {_QUOTED} (?P<agent>{_QUOTED}))?+",
    re.ASCII,
)
_ABSOLUTE = re.compile(r"https?://[^/?]*", re.IGNORECASE)  # varnishncsa writes targets in this form (RFC 9112 §3.2.2)
_REQUEST = re.compile(r"([A-Z]+) (\S+)(?: HTTP/[\d.]+)?", re.ASCII)
MAX_LINE_BYTES = 16_384  # bytes of a line
_SHOWN_CHARACTERS = 40  # characters of an invalid time that its error message shows


class LoggedRequest(NamedTuple):
    """A logged request. `ip_address` is the client's IP address as the log has it; `at` is in seconds since the epoch.

    `agent` is the user agent, empty if the client sent none. `size` is that of the response body, in bytes; 0 if the
    log does not have it.
    """

    ip_address: str
    at: float
    method: str
    target: str
    status: int
    agent: str
    size: int = 0


def parse(line: str) -> LoggedRequest:
    """The request in a line. Raises ValueError, which says what is unreadable."""
    found = _LINE.match(line)
    if not found:
        raise ValueError("is not a line of the combined format")
    request = _REQUEST.fullmatch(found["request"][1:-1])
    method, target = request.groups() if request else ("", "")  # strangers send anything, also no valid request line
    agent = (found["agent"] or '""')[1:-1]
    size = found["size"]
    return LoggedRequest(
        found["address"],
        _seconds(found["at"]),
        method,
        _ABSOLUTE.sub("", target, count=1) if _ABSOLUTE.match(target) else target,
        int(found["status"]),
        "" if agent == "-" else agent,
        int(size) if size.isdigit() and len(size) < 16 else 0,
    )


def _seconds(text: str) -> float:
    try:
        seconds = datetime.strptime(text, "%d/%b/%Y:%H:%M:%S %z").timestamp()
    except (ValueError, OverflowError):
        seconds = -1.0
    if seconds < 0:
        shown = text if len(text) <= _SHOWN_CHARACTERS else f"{text[:_SHOWN_CHARACTERS]}…"
        raise ValueError(f"{shown} is not a time such as 12/Feb/2026:02:33:00 +0700")
    return seconds
