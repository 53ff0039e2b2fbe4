"""Logs of Fastly: JSON, or the combined format, each with or without a syslog prefix.

The operator chooses the names in JSON. Those of two widespread examples are read, with `timestamp`
(https://betterstack.com/docs/logs/fastly/) and with `time_start`
(https://www.sumologic.com/help/docs/integrations/saas-cloud/fastly/). The prefix is that of the log line format
*Classic*, `<134>2026-02-12T02:33:00Z cache-sin1 name[62959]: `
(https://www.fastly.com/documentation/guides/integrations/streaming-logs/changing-log-line-formats/).
"""

import re
from collections.abc import Mapping
from typing import Any

from service.core.access_logs import combined
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

_PREFIX = re.compile(r"<\d{1,3}>[^\[\n]{1,300}\[\d{1,10}\]: ", re.ASCII)


def parse(line: str) -> LoggedRequest:
    """The request in a line. Raises ValueError, which says what is unreadable."""
    if found := _PREFIX.match(line):
        line = line[found.end() :]
    if not line.startswith("{"):
        return combined.parse(line)
    entry = json_object(line, "fastly")
    if "client_ip" not in entry or "url" not in entry:
        raise OtherFormat("is not a line of the format fastly")
    return LoggedRequest(
        ip_address_in(str(entry["client_ip"])),
        seconds_in(_in_utc(_first(entry, "timestamp", "time_start"))),
        str(_first(entry, "request_method", "request", "method")),
        target_in(str(entry["url"])),
        status_in(_first(entry, "response_status", "status")),
        str(_first(entry, "request_user_agent", "user_agent")),
        size_in(_first(entry, "response_body_size", "resp_body_size")),
    )


def _first(entry: Mapping[str, Any], *names: str) -> Any:
    """The value of the first name that the entry has; empty if it has none of them."""
    return next((entry[name] for name in names if name in entry), "")


def _in_utc(at: object) -> object:
    """The time. The format `%Z` of an example writes UTC or GMT for the offset."""
    return f"{at[:-3]}Z" if isinstance(at, str) and at.endswith(("UTC", "GMT")) else at
