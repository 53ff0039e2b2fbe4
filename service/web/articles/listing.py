"""The API that lists all articles, drafts and embargoes included, so that a CMS can compare them with its own."""

import re
from datetime import UTC, datetime
from typing import Annotated, NotRequired
from urllib.parse import urlencode

from flask import Response
from pydantic import Field
from typing_extensions import TypedDict

from service.articles import dates
from service.bootstrap import Services
from service.core.errors import BadRequest
from service.storage import ListedArticle, ListingPosition, ListingQuery, Scope
from service.storage.article_listing import STATUSES
from service.web.articles.examples import LISTING
from service.web.http.json_answers import json_answer
from service.web.http.json_requests import parameters
from service.web.openapi.operation import Body, Header, Parameter, operation

DEFAULT_LISTED, MAX_LISTED = 100, 500  # articles on one page of the listing
_CURSOR = re.compile(r"(-?[0-9]{1,12})\.([0-9]{1,18})", re.ASCII)
_TIME = "such as 2026-02-12T02:33:00+07:00. A time without an offset is in the site's time zone"
_CURSOR_SCHEMA = {"type": "string", "pattern": f"^{_CURSOR.pattern}$"}
_NEXT = Header("Link", "The URL of the next page, as rel=next.", required=False)

Time = Annotated[str, Field(json_schema_extra={"format": "date-time"})]


class ListedFields(TypedDict):
    """An article without its texts. Empty fields are left out. Times are in UTC."""

    id: str
    status: Annotated[str, Field(json_schema_extra={"enum": list(STATUSES)})]
    title: str
    url: NotRequired[str]
    section: NotRequired[str]
    categories: NotRequired[list[str]]
    published_at: NotRequired[Time]
    updated_at: Time
    expires_at: NotRequired[Time]


class ArticlesPage(TypedDict):
    """Articles, newest first. `cursor` leads to the next page. The last page has none."""

    articles: list[ListedFields]
    cursor: NotRequired[str]


class ListingApi:
    """The handler of the listing."""

    def __init__(self, services: Services) -> None:
        self._settings = services.settings
        self._store = services.store

    @operation(
        "GET",
        "/api/articles",
        "All articles by time of publication, newest first, also drafts, embargoed and withdrawn ones",
        {200: Body("A page of articles.", ArticlesPage, example=LISTING, headers=[_NEXT])},
        problems=(400, 410, 503),
        scope=Scope.ARTICLES_WRITE,
        parameters=[
            Parameter("status", "Only articles with this status.", {"enum": list(STATUSES)}),
            Parameter("category", "Only articles of this category, by its name or slug.", example="dinamika"),
            Parameter("published_since", f"Only articles of this time or later, {_TIME}.", example="2026-02-12"),
            Parameter("published_before", f"Only articles of an earlier time, {_TIME}.", example="2026-02-13"),
            Parameter(
                "limit",
                "Number of articles on a page. With a category, a page may have fewer, and the next page more.",
                {"type": "integer", "minimum": 1, "maximum": MAX_LISTED, "default": DEFAULT_LISTED},
            ),
            Parameter("cursor", "The cursor of the page before.", _CURSOR_SCHEMA, example="1773282780.7"),
        ],
    )
    def articles(self) -> Response:
        """Return a page of articles without their texts, and the cursor of the next page."""
        given = parameters("status", "category", "published_since", "published_before", "limit", "cursor")
        query = ListingQuery(
            _status(given.get("status")),
            given.get("category"),
            self._time(given, "published_since"),
            self._time(given, "published_before"),
        )
        found = self._store.listing(query, _position(given.get("cursor")), _limit(given.get("limit")))
        page: ArticlesPage = {"articles": [_fields(article) for article in found.articles]}
        headers = {}
        if found.end:
            page["cursor"] = f"{found.end.published_at.timestamp():.0f}.{found.end.key}"
            following = urlencode({**given, "cursor": page["cursor"]})
            headers["Link"] = f'<{self._settings.base_url}/api/articles?{following}>; rel="next"'
        return json_answer(page, headers=headers)

    def _time(self, given: dict[str, str], name: str) -> datetime | None:
        if name not in given:
            return None
        try:
            return dates.parse(given[name], self._settings.site.zone).astimezone(UTC)
        except (ValueError, OverflowError) as error:
            raise BadRequest(f"{name}: {error}") from None


def _status(status: str | None) -> str | None:
    if status is not None and status not in STATUSES:
        raise BadRequest(f"status: must be {', '.join(STATUSES[:-1])} or {STATUSES[-1]}")
    return status


def _limit(limit: str | None) -> int:
    if limit is None:
        return DEFAULT_LISTED
    if not re.fullmatch(r"[0-9]{1,3}", limit, re.ASCII) or not 1 <= int(limit) <= MAX_LISTED:
        raise BadRequest(f"limit: must be a number from 1 to {MAX_LISTED}")
    return int(limit)


def _position(cursor: str | None) -> ListingPosition | None:
    if cursor is None:
        return None
    try:
        seconds, key = _CURSOR.fullmatch(cursor).groups()  # type: ignore[union-attr]
        return ListingPosition(datetime.fromtimestamp(int(seconds), UTC), int(key))
    except (AttributeError, OverflowError, OSError, ValueError):
        raise BadRequest("cursor: must be the cursor of an earlier answer") from None


def _fields(article: ListedArticle) -> ListedFields:
    return {  # type: ignore[return-value]
        name: value.isoformat().replace("+00:00", "Z") if isinstance(value, datetime) else value
        for name, value in vars(article).items()
        if value not in (None, "", ())
    }
