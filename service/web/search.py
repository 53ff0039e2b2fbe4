"""The search for articles: a page at `/search?q=`, and feeds at `/search.rss?q=`, `.atom` and `.json`."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from flask import Response, request

from service.articles.characters import one_line
from service.articles.slugs import slug
from service.articles.validation import nfc
from service.bootstrap import Services
from service.core.errors import BadRequest
from service.documents.formats import FORMATS
from service.feeds.searches import SEARCH, SearchName
from service.search import MAX_QUERY_CHARACTERS, parse
from service.web.http.caching import SEARCH_CACHING
from service.web.http.documents import DocumentResponder
from service.web.http.json_requests import parameters
from service.web.openapi.examples import FEEDS
from service.web.openapi.operation import Body, Operation, Parameter, declare, operation
from service.web.openapi.parameters import LIMIT, NOT_MODIFIED, PAGE
from service.web.pages.handlers import Pages

_DAY = {"type": "string", "format": "date"}
TEXT = Parameter(
    "q",
    'Words of an article, in any of their forms. A "phrase". `-word` leaves out articles with this word.',
    {"type": "string", "minLength": 1, "maxLength": MAX_QUERY_CHARACTERS},
    example="beras",
)
_LIMITS = (
    Parameter("category", "Only articles of the category with this slug.", example="dinamika"),
    Parameter(
        "from", "Only articles published on this day or later, in the site's time zone.", _DAY, example="2026-02-01"
    ),
    Parameter("to", "Only articles published on this day or earlier.", _DAY, example="2026-02-28"),
    LIMIT,
    Parameter(
        "before",
        "The page of older results, from the link `next` of the page before.",
        {"type": "string", "pattern": "^-?[0-9]{1,12}-[0-9]{1,18}$"},
        example="1771722000-7",
    ),
)
_PARAMETERS = (TEXT, *_LIMITS)
_REQUIRED = replace(TEXT, required=True)
_EXTENSION = Parameter(
    "extension", "The format.", {"enum": [*FORMATS]}, converter=f"<any({','.join(FORMATS)}):extension>"
)
_MEDIA_TYPES = [format_.media_type for format_ in FORMATS.values()]
_BEFORE = re.compile(r"(-?[0-9]{1,12})-[0-9]{1,18}", re.ASCII)
_EARLIEST, _LATEST = -9_000_000_000, 253_000_000_000  # seconds since the epoch: the years 1684 to 9987
_YEARS = range(1700, 9999)
_NO_ROBOTS = {"X-Robots-Tag": "noindex"}


class SearchHandlers:
    """Handlers of the search (GET and HEAD). Raise BadRequest for a parameter that cannot be understood."""

    def __init__(self, services: Services, responder: DocumentResponder, pages: Pages) -> None:
        self._settings = services.settings
        self._searches = services.searches
        self._responder = responder
        self._pages = pages

    @operation(
        "GET", "/search", "Search articles: a page for people", {200: PAGE, 304: NOT_MODIFIED},
        problems=(400, 406, 412, 503), parameters=_PARAMETERS, caching=SEARCH_CACHING,
    )  # fmt: skip
    def page(self) -> Response:
        """Return the page with the results, newest first; with the form alone, if there is no word to search for."""
        name = _name()
        return self._responder.respond(
            request,
            lambda: self._pages.search(name, self._searches),
            [SEARCH],
            {**self._pages.headers, **_NO_ROBOTS},
            SEARCH_CACHING,
            is_known=False,
        )

    @declare(
        Operation(
            "GET",
            "/search.{extension}",
            "The newest articles that a search finds, as a feed",
            {200: Body("The feed.", media_types=_MEDIA_TYPES, examples=FEEDS), 304: NOT_MODIFIED},
            problems=(400, 406, 412, 503),
            parameters=(_REQUIRED, *_LIMITS),
            path_parameters=[_EXTENSION],
            shared=True,
            caching=SEARCH_CACHING,
        )
    )
    def feed(self, extension: str) -> Response:
        """Return the results as a feed. A browser that opens it is redirected to the page of the search."""
        name = _name()
        if not parse(name.text, self._searches.analyser).wanted:
            raise BadRequest("q: must have a word to search for, as in ?q=beras")
        return self._responder.respond(
            request,
            lambda: self._searches.feed(name, FORMATS[extension]),
            [SEARCH],
            {
                "Link": self._links(name, extension),
                "Access-Control-Allow-Origin": "*",
                "Access-Control-Expose-Headers": "ETag, Link",
                **_NO_ROBOTS,
            },
            SEARCH_CACHING,
            page=name.url(self._settings),
            is_known=False,
        )

    def _links(self, name: SearchName, extension: str) -> str:
        links = [f'<{name.url(self._settings, extension)}>; rel="self"']
        links += [
            f'<{name.url(self._settings, other.extension)}>; rel="alternate"; type="{other.media_type}"'
            for other in FORMATS.values()
            if other.extension != extension
        ]
        return ", ".join(links)


def _name() -> SearchName:
    """Read the parameters of the request. Raises BadRequest, which names the wrong one."""
    given = parameters(*(parameter.name for parameter in _PARAMETERS))
    text = one_line(nfc(given.get("q", "")))
    if len(text) > MAX_QUERY_CHARACTERS:
        raise BadRequest(f"q: has more than {MAX_QUERY_CHARACTERS} characters")
    first, last = _day(given, "from"), _day(given, "to")
    if first and last and first > last:
        raise BadRequest("to: is before from")
    return SearchName(text, _category(given), first, last, _limit(given), _before(given))


def _category(given: Mapping[str, str]) -> str:
    category = given.get("category", "")
    if category and slug(category) == "":
        raise BadRequest("category: must be the slug of a category, as in ?category=dinamika")
    return slug(category)


def _day(given: Mapping[str, str], name: str) -> date | None:
    """Read a day. A form in a browser sends an empty value for none."""
    value = given.get(name, "")
    if not value:
        return None
    try:
        day = date.fromisoformat(value)
    except ValueError:
        day = date.min
    if day.isoformat() != value or day.year not in _YEARS:
        raise BadRequest(f"{name}: must be a day in the form YYYY-MM-DD, as in ?{name}=2026-02-01")
    return day


def _limit(given: Mapping[str, str]) -> int | None:
    value = given.get("limit")
    if value is None:
        return None
    if not re.fullmatch(r"[1-9][0-9]?|100", value, re.ASCII):
        raise BadRequest("limit: must be a number from 1 to 100, as in ?limit=20")
    return int(value)


def _before(given: Mapping[str, str]) -> str:
    value = given.get("before", "")
    match = _BEFORE.fullmatch(value)
    if value and not (match and _EARLIEST <= int(match[1]) <= _LATEST):
        raise BadRequest("before: must be from the link to older results")
    return value
