"""Logs of Fastly: its JSON example, or the combined format, each with or without a syslog prefix.

The fields are those of the JSON that Fastly proposes for new endpoints, with `timestamp`, `client_ip`, `url`
(https://www.fastly.com/documentation/guides/integrations/streaming-logs/useful-log-formats/). The prefix is that of the
log line format *Classic*, `<134>2026-02-12T02:33:00Z cache-sin1 name[62959]: `
(https://www.fastly.com/documentation/guides/integrations/streaming-logs/changing-log-line-formats/).
"""

import re

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
        seconds_in(_with_colon(str(entry.get("timestamp", "")))),
        str(entry.get("request_method", "")),
        target_in(str(entry["url"])),
        status_in(entry.get("response_status")),
        str(entry.get("request_user_agent", "")),
        size_in(entry.get("response_body_size")),
    )


def _with_colon(at: str) -> str:
    """The time with an offset such as +00:00. strftime's `%z` writes +0000, which is ISO 8601, too."""
    return f"{at[:-2]}:{at[-2:]}" if at[-5:-4] in ("+", "-") and at[-4:].isdigit() else at
