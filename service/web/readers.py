"""The report about the readers of the feeds as JSON, for clients with a token."""

import re

from flask import Response, request

from service.bootstrap import Services
from service.core.errors import BadRequest
from service.readers.report_model import DEFAULT_DAYS, MAX_DAYS
from service.storage import Scope
from service.web.access.bearer import authorize
from service.web.http.json_answers import json_answer
from service.web.http.json_requests import parameters


class Readers:
    """The handler of the report. Needs a token with the scope `stats:read`."""

    def __init__(self, services: Services) -> None:
        self._readership = services.readership
        self._tokens = services.tokens

    def report(self) -> Response:
        """Return the report of the last `?days=` days, today included. Raises BadRequest."""
        authorize(request, self._tokens, Scope.STATS_READ)
        return json_answer(self._readership.report(_days()).as_json())


def _days() -> int:
    days = parameters("days").get("days", str(DEFAULT_DAYS))
    if not re.fullmatch(r"[1-9][0-9]?", days, re.ASCII) or int(days) > MAX_DAYS:
        raise BadRequest(f"days: must be a number from 1 to {MAX_DAYS}")
    return int(days)
