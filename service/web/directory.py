"""The directory for machines: `/feeds.opml`, `/feeds.json`, `/.well-known/feed-menu.json`, the sitemap, robots.txt."""

from collections.abc import Callable
from urllib.parse import urlsplit

from flask import Response, request

from service.bootstrap import Services
from service.core.errors import BadRequest, NotFound
from service.core.settings.model import Settings
from service.documents.builder import Served
from service.documents.formats.directory import FEED_LIST, FEED_MENU, OPML
from service.feeds.names import DIRECTORY
from service.web.http.documents import Documents

EACH_MINUTE = 60  # seconds after which time alone may have changed a sitemap


class Directories:
    """GET and HEAD of what lists feeds and news. None of them takes a parameter."""

    def __init__(self, services: Services, documents: Documents) -> None:
        self._documents = documents
        self._publisher = services.publisher
        self._robots = robots(services.settings)

    def opml(self) -> Response:
        """The feeds as a subscription list."""
        return self._respond(lambda: self._publisher.directory(OPML))

    def feeds(self) -> Response:
        """The feeds with all that is known of them, as JSON."""
        return self._respond(lambda: self._publisher.directory(FEED_LIST))

    def menu(self) -> Response:
        """The feeds as a menu, for readers and browsers that look for one."""
        return self._respond(lambda: self._publisher.directory(FEED_MENU))

    def sitemap(self) -> Response:
        """The news of the last two days, or the index of the parts that list them."""
        return self._respond(self._publisher.sitemap, EACH_MINUTE)

    def sitemap_part(self, number: int) -> Response:
        """A part of the sitemap."""
        if not request.path.endswith(f"/{number}.xml"):
            raise NotFound("a part's number is written without zeros in front")
        return self._respond(lambda: self._publisher.sitemap(number), EACH_MINUTE)

    def robots(self) -> Response:
        """What robots may read. It needs neither store nor Redis: without it they would leave, or read everything."""
        response = Response(self._robots, content_type="text/plain; charset=utf-8")
        response.headers["Cache-Control"] = "max-age=3600"
        response.add_etag()
        tags = request.headers.get("If-None-Match", "")  # the only condition that it can meet
        response.make_conditional({"REQUEST_METHOD": request.method, "HTTP_IF_NONE_MATCH": tags})
        return response

    def _respond(self, look: Callable[[], Served], edge_max_age: int | None = None) -> Response:
        if request.query_string:
            raise BadRequest(f"{next(iter(request.args), '?')}: nothing here takes a parameter")
        cors = {"Access-Control-Allow-Origin": "*", "Access-Control-Expose-Headers": "ETag"}
        return self._documents.respond(request, look, DIRECTORY, cors, edge_max_age=edge_max_age)


def robots(settings: Settings) -> str:
    """The rules for robots (RFC 9309): everything but the API and the counting of views."""
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
