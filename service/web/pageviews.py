"""Page views: the beacon and the pixel. The header Warta-View says whether a view counts."""

import base64
from collections.abc import Mapping
from typing import Any

from flask import Response, request

from service.articles.validation import MAX_ID_CHARACTERS, nfc
from service.bootstrap import Services
from service.core.errors import NotFound
from service.core.visitors import IgnoredView, ignored_reason
from service.views import Fate
from service.web.http.responses import Headers, WsgiResponse
from service.web.openapi.operation import Body, Header, operation
from service.web.openapi.parameters import ID

# The smallest possible transparent GIF.
PIXEL = base64.b64decode("R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw==")
_BEACON = ("/articles/", "/views")
VIEW = Header("Warta-View", "The result for the view: `taken`, `ignored; bot` and others.")


class PageViews:
    """Handlers that take page views without the store. The fast path and Flask take them in the same way."""

    def __init__(self, services: Services) -> None:
        self._counter = services.counter
        self._visitors = services.visitors
        self._clients = services.clients
        self._metrics = services.metrics
        self._respected = services.settings.views.respect
        self._beacons = {fate: ("204 No Content", _headers(fate), b"", None) for fate in (*Fate, *IgnoredView)}

    def fast_beacon(self, environ: Mapping[str, Any]) -> WsgiResponse | None:
        """Answer the beacon of a known article on the fast path. None for any other POST, which Flask answers."""
        path: str = environ["PATH_INFO"]
        if not (path.startswith(_BEACON[0]) and path.endswith(_BEACON[1])):
            return None
        article_id = nfc(path[len(_BEACON[0]) : -len(_BEACON[1])].encode("latin-1").decode(errors="replace"))
        fate = self._count(environ, article_id)
        return None if fate is Fate.UNKNOWN else self._beacons[fate]

    @operation(
        "POST",
        "/articles/{id}/views",
        "Count a page view (beacon)",
        {204: Body("Taken.", media_types=(), headers=[VIEW])},
        problems=(404,),
        path_parameters=[ID],
        shared=True,
    )
    def beacon(self, article_id: str) -> Response:
        """Take one view from a script (`navigator.sendBeacon`). 204; 404 for an unknown article."""
        return self._answer(Response(status=204), self._count_known(article_id))

    @operation(
        "GET",
        "/articles/{id}/views.gif",
        "Count a page view (pixel)",
        {200: Body("A pixel.", media_types=["image/gif"], headers=[VIEW])},
        problems=(404,),
        path_parameters=[ID],
    )
    def pixel(self, article_id: str) -> Response:
        """Take one view from an `<img>` on a page without scripts. 404 for an unknown article. HEAD takes no view."""
        counts = request.method != "HEAD" or not self._is_known(article_id)
        fate = self._count_known(article_id) if counts else None
        return self._answer(Response(PIXEL, content_type="image/gif"), fate)

    def _count_known(self, article_id: str) -> Fate | IgnoredView:
        fate = self._count(request.environ, article_id)
        if fate is Fate.UNKNOWN:
            self._metrics.views.labels(fate.value).inc()  # only here: the fast path leaves these to Flask
            raise NotFound(f"there is no article {article_id!r}")
        return fate

    def _is_known(self, article_id: str) -> bool:
        return len(article_id) <= MAX_ID_CHARACTERS and self._counter.registered.knows(article_id)

    def _count(self, environ: Mapping[str, Any], article_id: str) -> Fate | IgnoredView:
        if not self._is_known(article_id):
            return Fate.UNKNOWN
        if reason := ignored_reason(environ, self._respected):
            self._metrics.views.labels(reason.value).inc()
            return reason
        visitor = self._visitors.visitor(self._clients.ip_address(environ), environ["HTTP_USER_AGENT"])
        return self._counter.take(article_id, visitor)

    def _answer(self, response: Response, fate: Fate | IgnoredView | None) -> Response:
        for name, value in _headers(fate):
            response.headers[name] = value
        return response


def _headers(fate: Fate | IgnoredView | None) -> Headers:
    common = [
        ("Cache-Control", "no-store"),
        ("Access-Control-Allow-Origin", "*"),
        ("Cross-Origin-Resource-Policy", "cross-origin"),  # for pages with Cross-Origin-Embedder-Policy
        ("X-Content-Type-Options", "nosniff"),
    ]
    if fate is None:
        return common
    return [*common, ("Warta-View", fate.value if isinstance(fate, Fate) else f"ignored; {fate.value}")]
