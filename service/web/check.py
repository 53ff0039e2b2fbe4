"""A check for editors: the articles of a feed that its partners would refuse, and the reasons."""

from collections.abc import Sequence
from typing import Any

from flask import Response, request

from service.articles.dates import utc_now
from service.bootstrap import Services
from service.core.errors import BadRequest
from service.documents.formats import PROFILES, Edition, Partner
from service.storage import Scope
from service.web.access.bearer import authorize
from service.web.http.json_answers import json_answer


class Check:
    """The handler of the check. Needs a token with the scope `articles:write`, because its answer is not public."""

    def __init__(self, services: Services) -> None:
        self._publisher = services.publisher
        self._tokens = services.tokens

    def feed(self, path: str) -> Response:
        """List the feed's articles that break a rule of the partners in `?profile=`; of all partners without it."""
        authorize(request, self._tokens, Scope.ARTICLES_WRITE)
        partners = _partners()
        name = self._publisher.catalogue.parse(path)
        edition = self._publisher.edition(name)
        profiles = [
            {
                "profile": partner.name,
                "url": self._publisher.catalogue.url(name, partner.extension),
                **_report(partner, edition),
            }
            for partner in partners
        ]
        return json_answer({"feed": str(name), "profiles": profiles})


def _partners() -> Sequence[Partner]:
    for name in request.args:
        if name != "profile":
            raise BadRequest(f"{name}: there is no such parameter, only profile")
    names = request.args.getlist("profile")
    for name in names:
        if name not in PROFILES:
            raise BadRequest(f"profile: there is no {name!r}, only {', '.join(PROFILES)}")
    return [PROFILES[name] for name in names or PROFILES]


def _report(partner: Partner, edition: Edition) -> dict[str, Any]:
    admitted, refusals = partner.review(edition, utc_now())
    return {
        "articles": len(admitted.entries),
        "articles_wanted": partner.least,
        "left_out": [
            {
                "id": refusal.article.id,
                "title": refusal.article.title,
                "reasons": [{"field": reason.field, "reason": reason.reason} for reason in refusal.reasons],
            }
            for refusal in refusals
        ],
    }
