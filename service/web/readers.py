"""The report about the readers of the feeds as JSON, for clients with a token."""

import re
from collections.abc import Mapping

from flask import Response

from service.bootstrap import Services
from service.core.errors import BadRequest
from service.readers.report_model import DEFAULT_DAYS, MAX_DAYS, MAX_FEEDS, ReadersReport
from service.storage import ReportPart, Scope
from service.storage.reader_reports import DEFAULT_FEEDS
from service.web.http.json_answers import json_answer
from service.web.http.json_requests import parameters
from service.web.openapi import examples
from service.web.openapi.operation import Body, Parameter, operation

_DAYS = Parameter(
    "days", "Days up to today.", {"type": "integer", "minimum": 1, "maximum": MAX_DAYS, "default": DEFAULT_DAYS}
)


MAX_OFFSET = 1_000_000  # feeds before the part of a report
_LIMIT = Parameter(
    "limit",
    "The largest number of feeds.",
    {"type": "integer", "minimum": 1, "maximum": MAX_FEEDS, "default": DEFAULT_FEEDS},
)
_OFFSET = Parameter(
    "offset",
    "Number of feeds to skip, beginning with the feed with most readers.",
    {"type": "integer", "minimum": 0, "maximum": MAX_OFFSET, "default": 0},
)
_FEED = Parameter(
    "feed", "Only this feed: its path without extension, such as `latest`.", {"type": "string"}, example="latest"
)


class Readers:
    """The handler of the report."""

    def __init__(self, services: Services) -> None:
        self._readership = services.readership

    @operation(
        "GET",
        "/api/readers",
        "The readers of the feeds, and the behaviour of their programs",
        {200: Body("The report.", ReadersReport, "Readers", example=examples.READERS)},
        problems=(400, 404, 503),
        scope=Scope.STATS_READ,
        parameters=[_DAYS, _LIMIT, _OFFSET, _FEED],
    )
    def report(self) -> Response:
        """Return the report of the last `?days=` days, today included. Raises BadRequest, NotFound."""
        given = parameters("days", "limit", "offset", "feed")
        days = _number(given, "days", DEFAULT_DAYS, 1, MAX_DAYS)
        limit = _number(given, "limit", DEFAULT_FEEDS, 1, MAX_FEEDS)
        part = ReportPart(_number(given, "offset", 0, 0, MAX_OFFSET), limit, given.get("feed", ""))
        return json_answer(self._readership.report(days, part).as_json())


def _number(given: Mapping[str, str], name: str, default: int, least: int, most: int) -> int:
    text = given.get(name, str(default))
    if not re.fullmatch(r"0|[1-9][0-9]{0,8}", text, re.ASCII) or not least <= int(text) <= most:
        raise BadRequest(f"{name}: must be a number from {least} to {most}")
    return int(text)
