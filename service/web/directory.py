"""The directory for machines: `/feeds.opml`, `/feeds.json`, `/.well-known/feed-menu.json`, the sitemap, robots.txt."""

import re
from collections.abc import Callable, Sequence
from urllib.parse import urlsplit

from flask import Response, request

from service.bootstrap import Services
from service.core.errors import BadRequest, NotFound
from service.core.settings.model import Settings
from service.documents.formats.directory import FEED_LIST, FEED_MENU, OPML, DirectoryFormat, FeedList, FeedMenu
from service.documents.memory_cache import Slot
from service.feeds.names import DIRECTORY
from service.web.find import KIND, QUERY, FeedFinder
from service.web.http.caching import DIRECTORY_CACHING, SITEMAP_CACHING, Caching, FixedCaching
from service.web.http.documents import DocumentResponder
from service.web.openapi import examples
from service.web.openapi.operation import Body, Handler, Parameter, operation
from service.web.openapi.parameters import NOT_MODIFIED

_NUMBER = Parameter(
    "number",
    "Part of the sitemap.",
    {"type": "integer", "minimum": 1},
    converter="<int(min=1, max=1000):number>",
    example=1,
)
_ALL = Parameter(
    "all",
    "All feeds, also those of tags and authors, in parts: `?all` is the first part, `?all=2` the second.",
    {"type": "string", "pattern": "^([2-9]|[1-9][0-9]{1,4})?$"},
    example="",
)
_ROBOTS_CACHING = FixedCaching("max-age=3600")
_SITEMAP = Body("The sitemap.", media_types=["application/xml"], example=examples.SITEMAP)


def _listing(
    path: str,
    summary: str,
    body: Body,
    *problems: int,
    caching: Caching = DIRECTORY_CACHING,
    path_parameters: Sequence[Parameter] = (),
    parameters: Sequence[Parameter] = (),
) -> Callable[[Handler], Handler]:
    return operation(
        "GET",
        path,
        summary,
        {200: body, 304: NOT_MODIFIED},
        problems=(*problems, 400, 406, 412, 503),
        path_parameters=path_parameters,
        parameters=parameters,
        shared=True,
        caching=caching,
    )


class Directories:
    """Handlers of the lists of feeds, the sitemap and robots.txt (GET and HEAD).

    The sitemap takes no parameter, and the lists take only `all`: they raise BadRequest for any other query.
    """

    def __init__(self, services: Services, responder: DocumentResponder, finder: FeedFinder) -> None:
        self._finder = finder
        self._responder = responder
        self._documents = services.documents
        self._robots = robots(services.settings)

    @_listing(
        "/feeds.opml",
        "The main feeds as OPML 2.0: the newest, the popular, the categories. With ?all, all feeds in parts",
        Body("The list.", media_types=["text/x-opml"], example=examples.OPML),
        404,
        parameters=[_ALL],
    )
    def opml(self) -> Response:
        """Return the feeds as a subscription list (OPML)."""
        return self._list(OPML)

    @_listing(
        "/feeds.json",
        "The feeds of the site and of the categories. With ?all, all feeds in parts. With ?q, feeds found by name",
        Body("The list.", FeedList, "Directory", example=examples.FEED_LIST),
        404,
        parameters=[_ALL, QUERY, KIND],
    )
    def feeds(self) -> Response:
        """Return the feeds with all their properties, as JSON. With `q`, those that are found."""
        if "q" in request.args or "kind" in request.args:
            return self._finder.json()
        return self._list(FEED_LIST)

    @_listing(
        "/.well-known/feed-menu.json",
        "The feeds of the site and of the categories, as a feed menu",
        Body("The menu.", FeedMenu, "FeedMenu", example=examples.FEED_MENU),
    )
    def menu(self) -> Response:
        """Return the feeds as a menu, for readers and browsers that look for a feed menu."""
        return self._respond(lambda: self._documents.directory(FEED_MENU))

    @_listing(
        "/sitemap-news.xml",
        "The articles of the last 48 hours for Google News. If there are more than 1,000, an index of parts",
        _SITEMAP,
        caching=SITEMAP_CACHING,
    )
    def sitemap(self) -> Response:
        """Return the sitemap with the news of the last two days, or the index of its parts."""
        return self._respond(self._documents.sitemap, SITEMAP_CACHING)

    @_listing(
        "/sitemap-news/{number}.xml",
        "A part of the sitemap",
        _SITEMAP,
        404,
        caching=SITEMAP_CACHING,
        path_parameters=[_NUMBER],
    )
    def sitemap_part(self, number: int) -> Response:
        """Return a part of the sitemap. Raises NotFound for a number that is written with leading zeros."""
        if not request.path.endswith(f"/{number}.xml"):
            raise NotFound("the number of a part has no leading zeros")
        return self._respond(lambda: self._documents.sitemap(number), SITEMAP_CACHING)

    @operation(
        "GET",
        "/robots.txt",
        "The rules for robots (RFC 9309)",
        {200: Body("The rules.", media_types=["text/plain"], example=examples.ROBOTS), 304: NOT_MODIFIED},
        caching=_ROBOTS_CACHING,
    )
    def robots(self) -> Response:
        """Return the rules for robots.

        Needs neither the store nor Redis: without the rules, robots would stay away, or read everything.
        """
        response = Response(self._robots, content_type="text/plain; charset=utf-8")
        response.headers["Cache-Control"] = _ROBOTS_CACHING.directives
        response.add_etag()
        tags = request.headers.get("If-None-Match", "")  # no other condition: it has no Last-Modified
        response.make_conditional({"REQUEST_METHOD": request.method, "HTTP_IF_NONE_MATCH": tags})
        return response

    def _list(self, format_: DirectoryFormat) -> Response:
        part = _part()
        return self._answer(lambda: self._documents.directory(format_, part))

    def _respond(self, look: Callable[[], Slot], caching: Caching = DIRECTORY_CACHING) -> Response:
        if request.query_string:
            raise BadRequest(f"{next(iter(request.args), '?')}: this URL has no parameters")
        return self._answer(look, caching)

    def _answer(self, look: Callable[[], Slot], caching: Caching = DIRECTORY_CACHING) -> Response:
        cors = {"Access-Control-Allow-Origin": "*", "Access-Control-Expose-Headers": "ETag"}
        return self._responder.respond(request, look, [DIRECTORY], cors, caching)


def _part() -> int | None:
    """Read `?all` or `?all=N`: the part of the list of all feeds. None without a query.

    Raises BadRequest for any other query, so that each part has one URL.
    """
    query = request.query_string.decode("latin-1")
    if not query:
        return None
    if query == "all":
        return 1
    if match := re.fullmatch(r"all=([2-9]|[1-9][0-9]{1,4})", query):
        return int(match[1])
    name = next(iter(request.args), "?")
    raise BadRequest(f"{name}: a list of feeds takes only ?all, and ?all=2, ?all=3, … for its further parts")


def robots(settings: Settings) -> str:
    """Return the rules for robots (RFC 9309). They allow everything but the API and the counting of views."""
    path = urlsplit(settings.base_url).path
    return "\n".join(
        [
            "User-agent: *",
            f"Disallow: {path}/api/",
            f"Disallow: {path}/articles/*/views$",
            f"Disallow: {path}/articles/*/views.gif$",
            f"Disallow: {path}/search?",
            f"Allow: {path}/",
            "",
            f"Sitemap: {settings.base_url}/sitemap-news.xml",
            "",
        ]
    )
