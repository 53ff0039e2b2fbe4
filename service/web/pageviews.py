"""Page views: the beacon and the pixel. The header Warta-View says whether a view counts."""

import base64
from collections.abc import Mapping
from typing import Any

from flask import Response, request

from service.articles.validation import MAX_ID_CHARACTERS
from service.bootstrap import Services
from service.core.errors import NotFound
from service.core.visitors import Ignored, address, ignored
from service.views import Fate
from service.web.http.responses import Headers, Reply

# The smallest possible transparent GIF.
PIXEL = base64.b64decode("R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw==")
_BEACON = ("/articles/", "/views")


class PageViews:
    """Handlers that take page views without the store. The fast path and Flask take them in the same way."""

    def __init__(self, services: Services) -> None:
        self._counter = services.counter
        self._visitors = services.visitors
        self._trusted = services.settings.trusted_proxies
        self._metrics = services.metrics
        self._beacons = {fate: ("204 No Content", _headers(fate), b"", None) for fate in (*Fate, *Ignored)}

    def warm(self, environ: Mapping[str, Any]) -> Reply | None:
        """Answer the beacon of a known article on the fast path. None for any other POST, which Flask answers."""
        path: str = environ["PATH_INFO"]
        if not (path.startswith(_BEACON[0]) and path.endswith(_BEACON[1])):
            return None
        article_id = path[len(_BEACON[0]) : -len(_BEACON[1])].encode("latin-1").decode(errors="replace")
        fate = self._take(environ, article_id)
        return None if fate is Fate.UNKNOWN else self._beacons[fate]

    def beacon(self, article_id: str) -> Response:
        """Take one view from a script (`navigator.sendBeacon`). 204; 404 for an unknown article."""
        return self._answer(Response(status=204), self._known(article_id))

    def pixel(self, article_id: str) -> Response:
        """Take one view from an `<img>` on a page without scripts. 404 for an unknown article. HEAD takes no view."""
        counts = request.method != "HEAD" or not self._is_known(article_id)
        return self._answer(Response(PIXEL, content_type="image/gif"), self._known(article_id) if counts else None)

    def _known(self, article_id: str) -> Fate | Ignored:
        fate = self._take(request.environ, article_id)
        if fate is Fate.UNKNOWN:
            self._metrics.views.labels(fate.value).inc()  # only here: the fast path leaves these to Flask
            raise NotFound(f"there is no article {article_id!r}")
        return fate

    def _is_known(self, article_id: str) -> bool:
        return len(article_id) <= MAX_ID_CHARACTERS and self._counter.knows(article_id)

    def _take(self, environ: Mapping[str, Any], article_id: str) -> Fate | Ignored:
        if not self._is_known(article_id):
            return Fate.UNKNOWN
        if reason := ignored(environ):
            self._metrics.views.labels(reason.value).inc()
            return reason
        visitor = self._visitors.of(address(environ, self._trusted), environ["HTTP_USER_AGENT"])
        return self._counter.take(article_id, visitor)

    def _answer(self, response: Response, fate: Fate | Ignored | None) -> Response:
        for name, value in _headers(fate):
            response.headers[name] = value
        return response


def _headers(fate: Fate | Ignored | None) -> Headers:
    common = [
        ("Cache-Control", "no-store"),
        ("Access-Control-Allow-Origin", "*"),
        ("X-Content-Type-Options", "nosniff"),
    ]
    if fate is None:
        return common
    return [*common, ("Warta-View", fate.value if isinstance(fate, Fate) else f"ignored; {fate.value}")]
