"""Logs of Cloudflare Logpush: JSON Lines of the data set `http_requests`.

Fields: https://developers.cloudflare.com/logs/reference/log-fields/zone/http_requests/. Times may be RFC 3339 or
numbers (https://developers.cloudflare.com/logs/reference/log-output-options/). The job must have the fields ClientIP,
ClientRequestMethod, ClientRequestURI, ClientRequestUserAgent, EdgeResponseStatus, EdgeStartTimestamp.
"""

from service.core.access_logs.request import (
    LoggedRequest,
    OtherFormat,
    ip_address_in,
    json_object,
    seconds_in,
    size_in,
    status_in,
    target_in,
)

_NEEDED = ("ClientIP", "ClientRequestMethod", "ClientRequestURI", "EdgeResponseStatus", "EdgeStartTimestamp")


def parse(line: str) -> LoggedRequest:
    """The request in a line. Raises ValueError, which says what is unreadable."""
    entry = json_object(line, "logpush")
    if "EdgeResponseStatus" not in entry and "ClientRequestURI" not in entry:
        raise OtherFormat("is not a line of the format logpush")
    if missing := [name for name in _NEEDED if name not in entry]:
        raise ValueError(f"has no field {missing[0]}; add it to the Logpush job")
    return LoggedRequest(
        ip_address_in(str(entry["ClientIP"])),
        seconds_in(entry["EdgeStartTimestamp"]),
        str(entry["ClientRequestMethod"]),
        target_in(str(entry["ClientRequestURI"])),
        status_in(entry["EdgeResponseStatus"]),
        str(entry.get("ClientRequestUserAgent", "")),
        size_in(entry.get("EdgeResponseBodyBytes", entry.get("EdgeResponseBytes"))),
    )
