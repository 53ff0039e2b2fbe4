"""Access logs in the combined format, as nginx, Apache, Varnish (varnishncsa) and most CDNs write them."""

import re
from datetime import datetime
from typing import NamedTuple

# A quoted part may hold quotes that are escaped: "Mozilla \"5.0\"". What follows the agent is each server's own. A time
# stands in the first brackets with a request behind. Nothing is read twice (`++`, `*+`): strangers write the lines.
_QUOTED = r'"(?:[^"\\]++|\\.)*+"'
_LINE = re.compile(
    r"(?P<address>\S++) \S++ (?:[^\[\n]*+\[[^\]\n]*+\])*?[^\[\n]*+\[(?P<at>[^\]]++)\] "
    rf"(?P<request>{_QUOTED}) (?P<status>\d{{3}}) (?P<size>\S++)(?: {_QUOTED} (?P<agent>{_QUOTED}))?+",
    re.ASCII,
)
_ABSOLUTE = re.compile(r"https?://[^/?]*", re.IGNORECASE)  # how varnishncsa writes targets (RFC 9112 §3.2.2)
_REQUEST = re.compile(r"([A-Z]+) (\S+)(?: HTTP/[\d.]+)?", re.ASCII)
LONGEST = 16_384  # bytes of a line
_TIME = 40  # characters of what stands for a time


class Hit(NamedTuple):
    """A request, as it was logged; `at` in seconds since the epoch, `agent` empty where none was sent, `size` in bytes
    of the body, 0 where the log does not say."""

    address: str
    at: float
    method: str
    target: str
    status: int
    agent: str
    size: int = 0


def parse(line: str) -> Hit:
    """The request of a line. Raises ValueError, with what cannot be read."""
    found = _LINE.match(line)
    if not found:
        raise ValueError("is no line of the combined format")
    request = _REQUEST.fullmatch(found["request"][1:-1])
    method, target = request.groups() if request else ("", "")  # whatever a stranger sent
    agent = (found["agent"] or '""')[1:-1]
    size = found["size"]
    return Hit(
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
        shown = text if len(text) <= _TIME else f"{text[:_TIME]}…"
        raise ValueError(f"{shown} is not a time such as 12/Feb/2026:02:33:00 +0700")
    return seconds
