"""Page views: the beacon and the pixel."""

import base64

from flask import Response, request

from service.counter import Fate
from service.errors import NotFound
from service.services import Services

# The smallest transparent GIF there is.
PIXEL = base64.b64decode("R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw==")


class PageViews:
    """Counts without touching the store."""

    def __init__(self, services: Services) -> None:
        self._counter = services.counter

    def beacon(self, article_id: str) -> Response:
        """One view, from a script (`navigator.sendBeacon`). 204; 404 for an unknown article."""
        return self._answer(Response(status=204), self._count(article_id))

    def pixel(self, article_id: str) -> Response:
        """One view, from an `<img>` on a page without scripts. 404 for an unknown article."""
        fate = None if request.method == "HEAD" else self._count(article_id)
        return self._answer(Response(PIXEL, content_type="image/gif"), fate)

    def _count(self, article_id: str) -> Fate:
        fate = self._counter.add(article_id)
        if fate is Fate.UNKNOWN:
            raise NotFound(f"there is no article {article_id!r}")
        return fate

    def _answer(self, response: Response, fate: Fate | None) -> Response:
        response.headers["Cache-Control"] = "no-store"
        response.headers["Access-Control-Allow-Origin"] = "*"
        if fate:
            response.headers["Warta-View"] = fate.value
        return response
