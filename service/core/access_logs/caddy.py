"""Access logs of Caddy: JSON with the object `request` (https://caddyserver.com/docs/caddyfile/directives/log).

Caddy 2.7 writes `client_ip`, which respects its trusted proxies; 2.5 writes `remote_ip`; older versions write
`remote_addr` with a port.
"""

from collections.abc import Mapping
from typing import Any

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


def parse(line: str) -> LoggedRequest | None:
    """The request in a line; None for a message of the server. Raises ValueError, which says what is unreadable."""
    entry = json_object(line, "caddy")
    request = entry.get("request")
    if not isinstance(request, dict) or "status" not in entry:
        if "ts" in entry and "msg" in entry:
            return None
        raise OtherFormat("is not a line of the format caddy")
    address = request.get("client_ip") or request.get("remote_ip") or request.get("remote_addr")
    return LoggedRequest(
        ip_address_in(str(address or "")),
        seconds_in(entry.get("ts")),
        str(request.get("method", "")),
        target_in(str(request.get("uri", ""))),
        status_in(entry["status"]),
        _agent(request.get("headers")),
        size_in(entry.get("size")),
    )


def _agent(headers: Any) -> str:
    """The user agent. Each header is a list of values."""
    values = headers.get("User-Agent") if isinstance(headers, Mapping) else None
    return str(values[0]) if isinstance(values, list) and values else ""
