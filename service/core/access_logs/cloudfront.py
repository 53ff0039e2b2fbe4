"""Standard logs of Amazon CloudFront: tab-separated (W3C, with `#Fields:`), or JSON with the same names.

Source: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logs-reference.html. Values are
percent-encoded; older logs encode them twice.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import unquote

from service.core.access_logs.request import (
    LineParser,
    LoggedRequest,
    OtherFormat,
    ip_address_in,
    json_object,
    seconds_in,
    size_in,
    status_in,
)

_FIELDS = "#Fields:"
_COMMENT = re.compile(r"#[A-Za-z-]+:")  # a directive (W3C Extended Log File Format)
_NEEDED = ("date", "time", "c-ip", "cs-method", "cs-uri-stem", "sc-status")


def parser(first_lines: Sequence[str]) -> LineParser:
    """A parser for the columns that the line `#Fields:` among the first lines names."""
    header = next((line for line in first_lines if line.startswith(_FIELDS)), "")
    names = header.removeprefix(_FIELDS).split()

    def parse(line: str) -> LoggedRequest | None:
        """The request in a line; None for a comment. Raises ValueError, which says what is unreadable."""
        if _COMMENT.match(line):
            return None
        if line.startswith("{"):
            return _request(json_object(line, "cloudfront"))
        values = line.rstrip("\r\n").split("\t", len(names))
        if not names or len(values) != len(names):
            raise OtherFormat("is not a line of the format cloudfront: the line #Fields: must come before it")
        return _request(dict(zip(names, values, strict=True)))

    return parse


def _request(entry: Mapping[str, Any]) -> LoggedRequest:
    if missing := [name for name in _NEEDED if name not in entry]:
        raise OtherFormat(f"is not a line of the format cloudfront: it has no {missing[0]}")
    query = _text(entry.get("cs-uri-query"))
    stem = str(entry["cs-uri-stem"])
    return LoggedRequest(
        ip_address_in(str(entry["c-ip"])),
        seconds_in(f"{entry['date']}T{entry['time']}Z"),
        str(entry["cs-method"]),
        f"{stem}?{query}" if query else stem,
        status_in(entry["sc-status"]),
        unquote(unquote(_text(entry.get("cs(User-Agent)")))),
        size_in(entry.get("sc-content-len")) or size_in(entry.get("sc-bytes")),  # the second includes the headers
    )


def _text(value: object) -> str:
    """The value; empty for `-`, which stands for none."""
    return "" if value in (None, "-") else str(value)
