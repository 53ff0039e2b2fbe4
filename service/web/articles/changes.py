"""The API for the change log, also as a long poll."""

import time
from collections.abc import Sequence
from typing import Annotated

from flask import Response, request
from pydantic import Field
from typing_extensions import TypedDict

from service.bootstrap import Services
from service.core.errors import BadRequest, WartaError
from service.storage import ChangeLogEntry, Scope
from service.web.articles.examples import CHANGES
from service.web.http.json_answers import json_answer
from service.web.http.json_requests import cursor
from service.web.http.waiting import WAIT, Wait
from service.web.openapi.operation import Body, Header, Parameter, operation
from service.web.openapi.parameters import SINCE
from service.web.problems import problem_answer

MAX_CHANGES = 1000  # changes on one page of the change log
MAX_WAIT_SECONDS = 30  # below the usual time limits of proxies (60 seconds)
BUSY_SECONDS = "5"  # seconds that a client waits before its next request, if too many requests wait already


class Change(TypedDict):
    """A line of the change log. `at` is in UTC."""

    cursor: str
    id: str
    kind: Annotated[str, Field(json_schema_extra={"enum": ["published", "updated", "withdrawn", "expired"]})]
    at: Annotated[str, Field(json_schema_extra={"format": "date-time"})]


class ChangesPage(TypedDict):
    """Lines of the change log after a cursor. `more` is true if there are later ones."""

    changes: list[Change]
    cursor: str
    more: bool


class ChangesApi:
    """The handler of the change log."""

    def __init__(self, services: Services) -> None:
        self._store = services.store
        self._change = services.signal.value
        self._waiting_requests = services.metrics.waiting_requests

    @operation(
        "GET",
        "/api/changes",
        f"The changes of articles, oldest first, up to {MAX_CHANGES:,} in an answer. With `wait`, a long poll",
        {
            200: Body(
                "Changes after the cursor, and the cursor for the next request.",
                ChangesPage,
                example=CHANGES,
                headers=[
                    Header(
                        "Retry-After",
                        "Seconds to wait. Too many requests wait already, so the answer is empty.",
                        {"type": "integer", "minimum": 0},
                        required=False,
                    )
                ],
            )
        },
        problems=(400, 410, 503),
        scope=Scope.ARTICLES_WRITE,
        parameters=[
            SINCE,
            Parameter(
                "wait",
                "Seconds to wait for a change, if there is none after the cursor. Default: 0.",
                {"type": "integer", "minimum": 0, "maximum": MAX_WAIT_SECONDS},
                example=0,
            ),
        ],
    )
    def changes(self) -> Response:
        """Return the changes after the cursor `since`, oldest first, withdrawals included. At most MAX_CHANGES.

        With `wait`, the server keeps a request without an answer until there is a change, or the time is over.
        """
        since, seconds = cursor("wait"), _wait()
        seen = self._change()  # before the look, so that a change during it makes another look
        found = self._store.changes(since, MAX_CHANGES)
        answer = _page(found, since)
        if seconds and not found and request.method == "GET":
            answer.headers["Retry-After"] = BUSY_SECONDS  # this answer is sent only if there is no place to wait
            request.environ[WAIT] = self._waiting(since, seconds, seen)
        return answer

    def _waiting(self, since: str, seconds: int, seen: bytes) -> Wait:
        def has_changed() -> bool:
            return self._change() != seen

        def look() -> Response | None:
            nonlocal seen
            seen = self._change()
            answer = self._look(since)
            return answer if isinstance(answer, Response) else (_page(answer, since) if answer else None)

        def last_look() -> Response:
            answer = self._look(since)
            return answer if isinstance(answer, Response) else _page(answer, since)

        return Wait(time.monotonic() + seconds, has_changed, look, last_look, self._waiting_requests.inc)

    def _look(self, since: str) -> Sequence[ChangeLogEntry] | Response:
        """The changes after the cursor, or the answer with the error."""
        try:
            return self._store.changes(since, MAX_CHANGES)
        except WartaError as error:
            return problem_answer(error)


def _page(found: Sequence[ChangeLogEntry], since: str) -> Response:
    page: ChangesPage = {
        "changes": [
            {"cursor": each.cursor, "id": each.article_id, "kind": each.kind, "at": each.at.isoformat()}
            for each in found
        ],
        "cursor": found[-1].cursor if found else since,
        "more": len(found) == MAX_CHANGES,
    }
    return json_answer(page)


def _wait() -> int:
    wait = request.args.get("wait", "0")
    if not (wait.isascii() and wait.isdecimal() and int(wait[:9]) <= MAX_WAIT_SECONDS):
        raise BadRequest(f"wait: must be a number of seconds from 0 to {MAX_WAIT_SECONDS}")
    return int(wait[:9])
