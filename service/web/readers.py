"""The report about the readers of the feeds as JSON, for clients with a token."""

import re

from flask import Response

from service.bootstrap import Services
from service.core.errors import BadRequest
from service.readers.report_model import DEFAULT_DAYS, MAX_DAYS, ReadersReport
from service.storage import Scope
from service.web.http.json_answers import json_answer
from service.web.http.json_requests import parameters
from service.web.openapi import examples
from service.web.openapi.operation import Body, Parameter, operation

_DAYS = Parameter(
    "days", "Days up to today.", {"type": "integer", "minimum": 1, "maximum": MAX_DAYS, "default": DEFAULT_DAYS}
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
        problems=(400, 503),
        scope=Scope.STATS_READ,
        parameters=[_DAYS],
    )
    def report(self) -> Response:
        """Return the report of the last `?days=` days, today included. Raises BadRequest."""
        return json_answer(self._readership.report(_days()).as_json())


def _days() -> int:
    days = parameters("days").get("days", str(DEFAULT_DAYS))
    if not re.fullmatch(r"[1-9][0-9]?", days, re.ASCII) or int(days) > MAX_DAYS:
        raise BadRequest(f"days: must be a number from 1 to {MAX_DAYS}")
    return int(days)
