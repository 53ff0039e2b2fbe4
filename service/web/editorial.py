"""The API for editors: pins, exclusions and boosts in popular and trending lists, and the audit of these decisions."""

from collections.abc import Mapping
from datetime import datetime

from flask import Response, g
from pydantic import Field
from typing_extensions import TypedDict

from service.articles.validation import ValidationContext
from service.bootstrap import Services
from service.core.errors import BadRequest
from service.feeds.editorial import MAX_NOTE_LENGTH, Action, EditorialOverride, category_slug, read_note
from service.storage import Scope
from service.web.http.json_answers import json_answer
from service.web.http.json_requests import body, cursor, parameters
from service.web.openapi.operation import Body, Parameter, operation
from service.web.openapi.parameters import ID, SINCE

MAX_AUDIT_LINES = 1000  # lines on one page of the audit
MAX_BODY_BYTES = 10_000  # bytes of a decision in a request, at most
_STATUS = {"decided": 201, "changed": 200}


_EXAMPLE = {
    "id": "123",
    "kind": "boost",
    "factor": 2.0,
    "note": "Liputan khusus",
    "by": "cms",
    "at": "2026-03-12T02:33:00+00:00",
}
_AUDIT = {"audit": [{"cursor": "7", "action": "decided", **_EXAMPLE}], "cursor": "7", "more": False}


class DecisionFields(EditorialOverride, title="DecisionFields"):  # the name of the schema in OpenAPI
    """A decision about an article, as the API sends it. Empty fields are left out."""

    id: str = Field(description="Id of the article.")
    by: str = Field(description="Name of the token, or of the user of the command line.")
    at: datetime


class AuditFields(DecisionFields, title="AuditFields"):
    """A line of the audit."""

    cursor: str
    action: Action = Field(description="`ended`: the time of the decision had come.")


class DecisionsPage(TypedDict):
    decisions: list[DecisionFields]


class AuditPage(TypedDict):
    """Lines of the audit after a cursor. `more` is true if there are later ones."""

    audit: list[AuditFields]
    cursor: str
    more: bool


class OverrideApi:
    """Handlers of the curation API. The audit has the name of the token (`g.token_name`)."""

    def __init__(self, services: Services) -> None:
        self._context = ValidationContext.of(services.settings)
        self._overrides = services.overrides

    @operation(
        "GET",
        "/api/curation",
        "The decisions in force in popular and trending lists",
        {200: Body("Decisions.", DecisionsPage, example={"decisions": [_EXAMPLE]})},
        problems=(400, 503),
        scope=Scope.ARTICLES_WRITE,
    )
    def in_force(self) -> Response:
        """Return the decisions in force: first those for all lists, then those by category. Pins are in their order."""
        parameters()
        return json_answer({"decisions": [record.fields() for record in self._overrides.in_force()]})

    @operation(
        "PUT",
        "/api/curation/articles/{id}",
        "Pin, exclude or boost an article. Replaces the decision about it for the same lists",
        {
            200: Body("Replaced.", DecisionFields, "Ruling", example=_EXAMPLE),
            201: Body("Decided.", DecisionFields, "Ruling", example=_EXAMPLE),
        },
        problems=(400, 404, 408, 409, 413, 422, 503),
        scope=Scope.ARTICLES_WRITE,
        path_parameters=[ID],
        body=Body(
            "The decision.",
            EditorialOverride,
            "Decision",
            example={"kind": "boost", "factor": 2, "note": "Liputan khusus"},
        ),
    )
    def put(self, article_id: str) -> Response:
        """Decide about an article (201), or replace the decision about it for the same lists (200)."""
        parameters()
        sent = body(MAX_BODY_BYTES, f"the decision is longer than {MAX_BODY_BYTES} bytes", "decision")
        line = self._overrides.put(article_id, EditorialOverride.read(sent, self._context), g.token_name)
        return json_answer(line.record.fields(), _STATUS[line.action])

    @operation(
        "DELETE",
        "/api/curation/articles/{id}",
        "Release an article",
        {204: "Released."},
        problems=(400, 404, 503),
        scope=Scope.ARTICLES_WRITE,
        path_parameters=[ID],
        parameters=[
            Parameter("category", "Only in the lists of this category. Default: in all lists.", example="dinamika"),
            Parameter(
                "note", "The reason, plain text.", {"type": "string", "maxLength": MAX_NOTE_LENGTH}, example="Selesai"
            ),
        ],
    )
    def delete(self, article_id: str) -> Response:
        """End the decision about an article for all lists, or for those of `?category=`. `?note=` gives the reason."""
        given = parameters("category", "note")
        self._overrides.release(article_id, _category(given), g.token_name, read_note(given.get("note", "")))
        return Response(status=204)

    @operation(
        "GET",
        "/api/curation/audit",
        f"The decisions with editor, time and reason, oldest first, up to {MAX_AUDIT_LINES:,} in an answer",
        {200: Body("Lines after the cursor, and the cursor for the next request.", AuditPage, example=_AUDIT)},
        problems=(400, 410, 503),
        scope=Scope.ARTICLES_WRITE,
        parameters=[SINCE],
    )
    def audit(self) -> Response:
        """Return the audit lines after the cursor `since`, oldest first. At most MAX_AUDIT_LINES."""
        since = self._overrides.audit_key(cursor())
        found = self._overrides.audit(since, MAX_AUDIT_LINES)
        return json_answer(
            {
                "audit": [line.fields() for line in found],
                "cursor": str(found[-1].key if found else since),
                "more": len(found) == MAX_AUDIT_LINES,
            }
        )


def _category(given: Mapping[str, str]) -> str:
    name = given.get("category")
    try:
        return category_slug(name) if name is not None else ""
    except ValueError as error:
        raise BadRequest(f"category: {error}") from None
