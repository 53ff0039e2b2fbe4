"""Handlers of the icons, of the picture for shared pages, and of the web app manifest."""

import hashlib
import json
import threading
from collections.abc import Callable
from functools import cached_property

from flask import Response, request
from PIL import Image

from service.articles.direction import is_right_to_left
from service.articles.ui_language import ui_language
from service.bootstrap import Services
from service.core.errors import NotFound
from service.core.settings.model import Settings
from service.web.http.caching import FixedCaching
from service.web.icons import drawing
from service.web.icons.drawing import ICO_SIZES, Look
from service.web.icons.logo import SiteLogo
from service.web.openapi.operation import Body, Parameter, operation
from service.web.openapi.parameters import NOT_MODIFIED
from service.web.pages.colours import readable
from service.web.pages.templates import BRAND, PAPERS

CACHING = FixedCaching("max-age=86400, stale-while-revalidate=604800")
MEANWHILE = "max-age=60"  # while the logo is fetched, and after a failed fetch
SIZES = (48, 96, 144, 192, 512)  # pixels of the icons by name; 144 is the largest width in RSS 2.0
TOUCH_SIZE = 180  # pixels; the largest size that iOS asks for
MASKABLE, CARD = "maskable", "card"
_SHORT_NAME = 12  # characters of the manifest's short_name that launchers show
_EXAMPLE = {"name": "Warta", "start_url": "https://feeds.example.com/"}
_NAMES = [*map(str, SIZES), MASKABLE, CARD]
_ICON = Parameter(
    "name",
    "The size in pixels, `maskable` (512 pixels, for launchers) or `card` (1200 × 630 pixels, for shared pages).",
    {"enum": _NAMES},
    converter="<name>",
    example="192",
)


class Icons:
    """Handlers of the icons. They are made at their first request, and stay in memory."""

    def __init__(self, services: Services) -> None:
        self._settings = services.settings
        self._logo = SiteLogo(services.settings)
        self._made: dict[tuple[str, bool], bytes] = {}
        self._making = threading.Lock()

    @operation(
        "GET", "/icons/{name}.png", "An icon of the site, or its picture for shared pages",
        {200: Body("The picture.", media_types=["image/png"]), 304: NOT_MODIFIED},
        problems=(404,), path_parameters=[_ICON], caching=CACHING,
    )  # fmt: skip
    def icon(self, name: str) -> Response:
        """Return an icon. Raises NotFound for an unknown name."""
        if name not in _NAMES:
            raise NotFound(f"there is no icon {name!r}, only {', '.join(_NAMES)}")
        return self._respond(name, "image/png", lambda: drawing.png(self._drawn(name)))

    @operation(
        "GET", "/apple-touch-icon.png", "The icon for the home screen of a telephone",
        {200: Body("The picture.", media_types=["image/png"]), 304: NOT_MODIFIED}, caching=CACHING,
    )  # fmt: skip
    def touch_icon(self) -> Response:
        """Return the touch icon. It has no transparent pixels, which iOS would make black."""
        return self._respond(
            "touch",
            "image/png",
            lambda: drawing.png(drawing.icon(self._logo.picture(), self._look, TOUCH_SIZE, full=True)),
        )

    @operation(
        "GET", "/favicon.ico", "The icon of browsers' tabs",
        {200: Body("The picture.", media_types=["image/vnd.microsoft.icon"]), 304: NOT_MODIFIED}, caching=CACHING,
    )  # fmt: skip
    def favicon(self) -> Response:
        """Return the favicon in several sizes."""
        return self._respond(
            "favicon",
            "image/vnd.microsoft.icon",
            lambda: drawing.ico([drawing.icon(self._logo.picture(), self._look, size) for size in ICO_SIZES]),
        )

    @operation(
        "GET", "/manifest.webmanifest", "The web app manifest: name, colours and icons of the site",
        {200: Body("The manifest.", media_types=["application/manifest+json"], example=_EXAMPLE), 304: NOT_MODIFIED},
        caching=CACHING,
    )  # fmt: skip
    def manifest(self) -> Response:
        """Return the manifest (W3C Web Application Manifest)."""
        body = json.dumps(manifest_of(self._settings), ensure_ascii=False).encode()
        return _conditional(body, "application/manifest+json", CACHING.directives)

    @cached_property
    def _look(self) -> Look:
        site = self._settings.site
        return Look(site.title, site.description, readable(site.accent_color or BRAND, PAPERS["light"]))

    def _drawn(self, name: str) -> Image.Image:
        picture = self._logo.picture()
        if name == CARD:
            return drawing.card(picture, self._look)
        if name == MASKABLE:
            return drawing.icon(picture, self._look, max(SIZES), full=True, share=drawing.SAFE_SHARE)
        return drawing.icon(picture, self._look, int(name))

    def _respond(self, name: str, media_type: str, make: Callable[[], bytes]) -> Response:
        self._logo.picture()  # outside the lock: a fetch takes seconds
        is_final = self._logo.is_final
        with self._making:  # a drawing takes some 20 milliseconds
            if (name, is_final) not in self._made:
                self._made[name, is_final] = make()
            body = self._made[name, is_final]
        return _conditional(body, media_type, CACHING.directives if is_final else MEANWHILE)


def manifest_of(settings: Settings) -> dict[str, object]:
    """The members of the web app manifest."""
    site, base = settings.site, settings.base_url
    icons = [(str(size), "any") for size in SIZES if size >= 144] + [(MASKABLE, "maskable")]
    return {
        "id": f"{base}/",
        "name": site.title,
        "short_name": site.title if len(site.title) <= _SHORT_NAME else site.title.split()[0][:_SHORT_NAME],
        "description": site.description,
        "lang": ui_language(site.language),
        "dir": "rtl" if is_right_to_left(site.language) else "ltr",
        "start_url": f"{base}/",
        "scope": f"{base}/",
        "display": "minimal-ui",
        "theme_color": readable(site.accent_color or BRAND, PAPERS["light"]),
        "background_color": f"#{PAPERS['light']}",
        "icons": [
            {
                "src": settings.icon_url(name),
                "type": "image/png",
                "sizes": "x".join([name if name.isdecimal() else str(max(SIZES))] * 2),
                "purpose": purpose,
            }
            for name, purpose in icons
        ],
    }


def _conditional(body: bytes, media_type: str, cache_control: str) -> Response:
    """The answer with a strong ETag, or 304. Other sites may show the picture: readers and social networks do."""
    response = Response(body, content_type=media_type)
    response.headers["Cache-Control"] = cache_control
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.set_etag(hashlib.sha256(body).hexdigest()[:16])
    response.make_conditional(request)
    return response
