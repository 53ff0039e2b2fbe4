"""Access logs in the combined format, as nginx, Apache, Varnish (varnishncsa), Traefik and many CDNs write them.

Apache's `vhost_combined` puts the virtual host in front
(https://httpd.apache.org/docs/current/mod/mod_log_config.html#formats). Traefik adds fields at the end
(https://doc.traefik.io/traefik/observability/access-logs/#format).
"""

import re
from datetime import datetime

from service.core.access_logs.request import LoggedRequest, OtherFormat, ip_address_in, shown, size_in, target_in
from service.core.ip_addresses import parse as parse_ip_address

# A quoted part may hold escaped quotes: "Mozilla \"5.0\"". After the user agent each server writes fields of its own,
# which are ignored. The time is in the first brackets that a request follows. The quantifiers `++` and `*+` never
# backtrack, since strangers control parts of the line, and backtracking can take very long.
_QUOTED = r'"(?:[^"\\]++|\\.)*+"'
_LINE = re.compile(
    # The client: one field, which may be a list of IP addresses. An IPv6 address may be in brackets.
    r"(?P<address>\[?[^\s,\[]++(?:, ?[^\s,\[]++)*+) (?P<second>\S++) (?P<rest>(?:[^\[\n]*+\[[^\]\n]*+\])*?[^\[\n]*+)"
    r"\[(?P<at>[^\]]++)\] "
    rf"(?P<request>{_QUOTED}) (?P<status>\d{{3}}) (?P<size>\S++)(?: {_QUOTED} (?P<agent>{_QUOTED}))?+",
    re.ASCII,
)
_REQUEST = re.compile(r"([A-Z]+) (\S+)(?: HTTP/[\d.]+)?", re.ASCII)


def parse(line: str) -> LoggedRequest:
    """The request in a line. Raises ValueError, which says what is unreadable."""
    found = _LINE.match(line)
    if not found:
        raise OtherFormat("is not a line of the combined format")
    request = _REQUEST.fullmatch(found["request"][1:-1])
    method, target = request.groups() if request else ("", "")  # strangers send anything, also no valid request line
    agent = (found["agent"] or '""')[1:-1]
    return LoggedRequest(
        _client(found),
        _seconds(found["at"]),
        method,
        target_in(target),
        int(found["status"]),
        "" if agent == "-" else agent,
        size_in(found["size"]),
    )


def _client(found: re.Match[str]) -> str:
    """The field with the IP address: the first, or behind a virtual host the second, which two others follow."""
    if len(found["rest"].split(maxsplit=2)) >= 2 and parse_ip_address(found["second"]):
        return found["second"]
    return ip_address_in(found["address"])


def _seconds(text: str) -> float:
    try:
        seconds = datetime.strptime(text, "%d/%b/%Y:%H:%M:%S %z").timestamp()
    except (ValueError, OverflowError):
        seconds = -1.0
    if seconds < 0:
        raise ValueError(f"{shown(text)} is not a time such as 12/Feb/2026:02:33:00 +0700")
    return seconds
