"""The directory for machines: `/feeds.opml`, `/feeds.json`, `/.well-known/feed-menu.json`, the sitemap, robots.txt."""

from collections.abc import Callable, Sequence
from urllib.parse import urlsplit

from flask import Response, request

from service.bootstrap import Services
from service.core.errors import BadRequest, NotFound
from service.core.settings.model import Settings
from service.documents.formats.directory import FEED_LIST, FEED_MENU, OPML, FeedList, FeedMenu
from service.documents.memory_cache import Slot
from service.feeds.names import DIRECTORY
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
_ROBOTS_CACHING = FixedCaching("max-age=3600")
_SITEMAP = Body("The sitemap.", media_types=["application/xml"], example=examples.SITEMAP)


def _listing(
    path: str,
    summary: str,
    body: Body,
    *problems: int,
    caching: Caching = DIRECTORY_CACHING,
    path_parameters: Sequence[Parameter] = (),
) -> Callable[[Handler], Handler]:
    return operation(
        "GET",
        path,
        summary,
        {200: body, 304: NOT_MODIFIED},
        problems=(*problems, 400, 406, 412, 503),
        path_parameters=path_parameters,
        shared=True,
        caching=caching,
    )


class Directories:
    """Handlers of the lists of feeds, the sitemap and robots.txt (GET and HEAD).

    The lists and the sitemap take no parameter: they raise BadRequest for any query.
    """

    def __init__(self, services: Services, responder: DocumentResponder) -> None:
        self._responder = responder
        self._documents = services.documents
        self._robots = robots(services.settings)

    @_listing(
        "/feeds.opml",
        "Every listed feed, as OPML 2.0",
        Body("The list.", media_types=["text/x-opml"], example=examples.OPML),
    )
    def opml(self) -> Response:
        """Return the feeds as a subscription list (OPML)."""
        return self._respond(lambda: self._documents.directory(OPML))

    @_listing("/feeds.json", "Every listed feed", Body("The list.", FeedList, "Directory", example=examples.FEED_LIST))
    def feeds(self) -> Response:
        """Return the feeds with all their properties, as JSON."""
        return self._respond(lambda: self._documents.directory(FEED_LIST))

    @_listing(
        "/.well-known/feed-menu.json",
        "Every listed feed, as a feed menu",
        Body("The menu.", FeedMenu, "FeedMenu", example=examples.FEED_MENU),
    )
    def menu(self) -> Response:
        """Return the feeds as a menu, for readers and browsers that look for a feed menu."""
        return self._respond(lambda: self._documents.directory(FEED_MENU))

    @_listing(
        "/sitemap-news.xml",
        "The articles of the last 48 hours for Google News; beyond 1,000 an index of parts",
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

    def _respond(self, look: Callable[[], Slot], caching: Caching = DIRECTORY_CACHING) -> Response:
        if request.query_string:
            raise BadRequest(f"{next(iter(request.args), '?')}: nothing here takes a parameter")
        cors = {"Access-Control-Allow-Origin": "*", "Access-Control-Expose-Headers": "ETag"}
        return self._responder.respond(request, look, DIRECTORY, cors, caching)


def robots(settings: Settings) -> str:
    """Return the rules for robots (RFC 9309). They allow everything but the API and the counting of views."""
    path = urlsplit(settings.base_url).path
    return "\n".join(
        [
            "User-agent: *",
            f"Disallow: {path}/api/",
            f"Disallow: {path}/articles/*/views$",
            f"Disallow: {path}/articles/*/views.gif$",
            f"Allow: {path}/",
            "",
            f"Sitemap: {settings.base_url}/sitemap-news.xml",
            "",
        ]
    )
