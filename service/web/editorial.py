"""The API for editors: pins, exclusions and boosts in popular and trending lists, and the audit of these decisions."""

from collections.abc import Mapping

from flask import Response, request

from service.articles.validation import ValidationContext
from service.bootstrap import Services
from service.core.errors import BadRequest
from service.feeds.editorial import Decision, category_slug, read_note
from service.storage import Scope
from service.web.access.bearer import authorize
from service.web.http.json_answers import json_answer
from service.web.http.json_requests import body, cursor, parameters

LINES = 1000  # lines on one page of the audit
LONGEST = 10_000  # bytes of a decision in a request, at most
_STATUS = {"decided": 201, "changed": 200}


class CurationApi:
    """Handlers of the curation API. All need a bearer token with the scope `articles:write`; the audit has its name."""

    def __init__(self, services: Services) -> None:
        self._context = ValidationContext.of(services.settings)
        self._curation = services.curation
        self._tokens = services.tokens

    def in_force(self) -> Response:
        """Return the decisions in force: first those for all lists, then those by category. Pins are in their order."""
        self._authorize()
        parameters()
        return json_answer({"decisions": [ruling.fields() for ruling in self._curation.in_force()]})

    def put(self, article_id: str) -> Response:
        """Decide about an article (201), or replace the decision about it for the same lists (200)."""
        name = self._authorize()
        parameters()
        sent = body(LONGEST, f"the decision is longer than {LONGEST} bytes", "decision")
        line = self._curation.decide(article_id, Decision.read(sent, self._context), name)
        return json_answer(line.ruling.fields(), _STATUS[line.action])

    def delete(self, article_id: str) -> Response:
        """End the decision about an article for all lists, or for those of `?category=`. `?note=` gives the reason."""
        name = self._authorize()
        given = parameters("category", "note")
        self._curation.release(article_id, _category(given), name, read_note(given.get("note", "")))
        return Response(status=204)

    def audit(self) -> Response:
        """Return the audit lines after the cursor `since`, oldest first. At most LINES."""
        self._authorize()
        since = cursor()
        found = self._curation.audit(since, LINES)
        return json_answer(
            {
                "audit": [line.fields() for line in found],
                "cursor": str(found[-1].key if found else since),
                "more": len(found) == LINES,
            }
        )

    def _authorize(self) -> str:
        return authorize(request, self._tokens, Scope.ARTICLES_WRITE)


def _category(given: Mapping[str, str]) -> str:
    name = given.get("category")
    try:
        return category_slug(name) if name is not None else ""
    except ValueError as error:
        raise BadRequest(f"category: {error}") from None
