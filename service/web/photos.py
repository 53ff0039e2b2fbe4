"""Photos of the sample newsroom, drawn on request."""

import re

from flask import Response

from service.bootstrap import Services
from service.core.errors import NotFound
from service.core.lru import LruCache
from service.sample import photos
from service.web.http.caching import FixedCaching
from service.web.openapi.operation import Body, Parameter, operation

_photos: LruCache[str, bytes] = LruCache(4 * 2**20)  # drawn photos by name; one takes 20 KB
_PHOTO_CACHING = FixedCaching("max-age=604800, immutable")
_PHOTO = Parameter(
    "name",
    "Id of an article of the sample newsroom.",
    {"type": "string", "pattern": "^demo-"},
    converter="<path:name>",
    example="demo-1",
)


class Photos:
    """Handlers of the photos of the sample newsroom."""

    def __init__(self, services: Services) -> None:
        self._store = services.store

    @operation(
        "GET",
        "/photos/{name}.png",
        "A photo of the sample newsroom",
        {200: Body("The photo.", media_types=["image/png"])},
        problems=(404, 503),
        path_parameters=[_PHOTO],
        caching=_PHOTO_CACHING,
    )
    def photo(self, name: str) -> Response:
        """Return the photo of an article of the sample newsroom, drawn on request. Raises NotFound."""
        if not re.fullmatch(r"demo-[a-z0-9-]{1,60}", name):
            raise NotFound(f"there is no photo {name!r}")
        # A drawing takes about 50 milliseconds. So `_draw` refuses the names that a stranger invents.
        drawn = _photos.get(name) or self._draw(name)
        response = Response(drawn, content_type="image/png")
        response.headers["Cache-Control"] = _PHOTO_CACHING.directives
        return response

    def _draw(self, name: str) -> bytes:
        """Draw the photo and keep it. Raises NotFound if there is no such article."""
        self._store.article(name)
        drawn = photos.draw(name)
        _photos.put(name, drawn, len(drawn))
        return drawn
