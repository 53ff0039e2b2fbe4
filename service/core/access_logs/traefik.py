"""Access logs of Traefik in JSON (https://doc.traefik.io/traefik/observability/access-logs/#available-fields).

Traefik logs no headers unless `accessLog.fields.headers` keeps them. Without the user agent no page view counts.
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


def parse(line: str) -> LoggedRequest:
    """The request in a line. Raises ValueError, which says what is unreadable."""
    entry = json_object(line, "traefik")
    if "DownstreamStatus" not in entry:
        raise OtherFormat("is not a line of the format traefik")
    agent = str(entry.get("request_User-Agent", ""))
    return LoggedRequest(
        ip_address_in(str(entry.get("ClientHost") or entry.get("ClientAddr") or "")),
        seconds_in(entry.get("StartUTC") or entry.get("time")),
        str(entry.get("RequestMethod", "")),
        target_in(str(entry.get("RequestPath", ""))),
        status_in(entry["DownstreamStatus"]),
        "" if agent == "-" else agent,
        size_in(entry.get("DownstreamContentSize")),
    )
