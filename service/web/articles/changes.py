"""The API for the change log."""

from typing import Annotated

from flask import Response
from pydantic import Field
from typing_extensions import TypedDict

from service.bootstrap import Services
from service.storage import Scope
from service.web.articles.examples import CHANGES
from service.web.http.json_answers import json_answer
from service.web.http.json_requests import cursor
from service.web.openapi.operation import Body, operation
from service.web.openapi.parameters import SINCE

MAX_CHANGES = 1000  # changes on one page of the change log


class Change(TypedDict):
    """A line of the change log. `at` is in UTC."""

    cursor: str
    id: str
    kind: Annotated[str, Field(json_schema_extra={"enum": ["published", "updated", "withdrawn", "expired"]})]
    at: Annotated[str, Field(json_schema_extra={"format": "date-time"})]


class ChangesPage(TypedDict):
    """Lines of the change log after a cursor. `more`: whether there are later ones."""

    changes: list[Change]
    cursor: str
    more: bool


class ChangesApi:
    """The handler of the change log."""

    def __init__(self, services: Services) -> None:
        self._store = services.store

    @operation(
        "GET",
        "/api/changes",
        f"The changes of articles, oldest first, up to {MAX_CHANGES:,} at a time",
        {200: Body("Changes after the cursor, and the cursor to go on from.", ChangesPage, example=CHANGES)},
        problems=(400, 410, 503),
        scope=Scope.ARTICLES_WRITE,
        parameters=[SINCE],
    )
    def changes(self) -> Response:
        """Return the changes after the cursor `since`, oldest first, withdrawals included. At most MAX_CHANGES."""
        since = cursor()
        found = self._store.changes(since, MAX_CHANGES)
        page: ChangesPage = {
            "changes": [
                {"cursor": each.cursor, "id": each.article_id, "kind": each.kind, "at": each.at.isoformat()}
                for each in found
            ],
            "cursor": found[-1].cursor if found else since,
            "more": len(found) == MAX_CHANGES,
        }
        return json_answer(page)
