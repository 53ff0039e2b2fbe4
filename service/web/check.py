"""A check for editors: the articles of a feed that its partners would refuse, and the reasons."""

from collections.abc import Sequence
from typing import Annotated

from flask import Response, request
from pydantic import Field
from typing_extensions import TypedDict

from service.articles.dates import utc_now
from service.bootstrap import Services
from service.core.errors import BadRequest
from service.documents.formats import PROFILES, Partner, RenderContext
from service.storage import Scope
from service.web.http.json_answers import json_answer
from service.web.openapi import examples
from service.web.openapi.operation import Body, Parameter, operation
from service.web.openapi.parameters import FEED
from service.web.problems import Reason


class LeftOut(TypedDict):
    """An article that the partner refuses."""

    id: str
    title: str
    reasons: list[Reason]


class ProfileCheck(TypedDict):
    """The feed of a partner. `feed` has the findings about the feed itself and its settings."""

    profile: str
    url: Annotated[str, Field(json_schema_extra={"format": "uri"})]
    articles: Annotated[int, Field(description="Articles that the partner accepts.")]
    articles_wanted: Annotated[
        int, Field(description="The smallest number of articles that the partner wants. 0 means no number.")
    ]
    feed: list[Reason]
    left_out: list[LeftOut]


class FeedCheck(TypedDict):
    feed: str
    profiles: list[ProfileCheck]


class Check:
    """The handler of the check. Its answer is not public, so it needs a token."""

    def __init__(self, services: Services) -> None:
        self._documents = services.documents

    @operation(
        "GET",
        "/api/check/{feed}",
        "The articles of a feed that its partners would refuse, with the reasons",
        {200: Body("The articles that are left out, by profile.", FeedCheck, "Check", example=examples.CHECK)},
        problems=(400, 404, 503),
        scope=Scope.ARTICLES_WRITE,
        path_parameters=[FEED],
        parameters=[Parameter("profile", "The partner. Default: each aggregator.", {"enum": list(PROFILES)})],
    )
    def feed(self, path: str) -> Response:
        """List the feed's articles that break a rule of the partners in `?profile=`; of all partners without it."""
        partners = _partners()
        name = self._documents.catalogue.parse(path)
        context = self._documents.context(name)
        profiles = [
            _report(partner, context, self._documents.catalogue.url(name, partner.extension)) for partner in partners
        ]
        checked: FeedCheck = {"feed": str(name), "profiles": profiles}
        return json_answer(checked)


def _partners() -> Sequence[Partner]:
    for name in request.args:
        if name != "profile":
            raise BadRequest(f"{name}: there is no such parameter, only profile")
    names = request.args.getlist("profile")
    for name in names:
        if name not in PROFILES:
            raise BadRequest(f"profile: there is no {name!r}, only {', '.join(PROFILES)}")
    return [PROFILES[name] for name in names] or [partner for partner in PROFILES.values() if partner.by_default]


def _report(partner: Partner, context: RenderContext, url: str) -> ProfileCheck:
    accepted, refusals = partner.review(context, utc_now())
    return {
        "profile": partner.name,
        "url": url,
        "articles": len(accepted.entries),
        "articles_wanted": partner.min_articles,
        "feed": [{"field": finding.field, "reason": finding.reason} for finding in partner.check_feed(accepted)],
        "left_out": [
            {
                "id": refusal.article.id,
                "title": refusal.article.title,
                "reasons": [{"field": reason.field, "reason": reason.reason} for reason in refusal.reasons],
            }
            for refusal in refusals
        ],
    }
