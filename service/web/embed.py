"""The script `/embed.js`, which news pages embed. Its demo page is in `pages/`."""

from flask import Response, request

from service.bootstrap import Services
from service.core.settings.model import Settings
from service.push.edge import edge_headers
from service.web.http.caching import FixedCaching
from service.web.http.delta import Deltas
from service.web.http.documents import response_of
from service.web.http.responses import Responses
from service.web.http.static_files import FOLDER, file_document
from service.web.openapi.operation import Body, operation

SCRIPT_FILE = FOLDER / "embed.js"
# Every news page uses the script, so browsers keep it for an hour. After that they look for a new release's script.
CACHING = FixedCaching("max-age=3600, stale-while-revalidate=86400, stale-if-error=604800")


class Embed:
    """Handler of the script.

    The script is the same for every newsroom: it takes the URL of Warta from its own URL.
    """

    def __init__(self, services: Services) -> None:
        self._document = file_document(SCRIPT_FILE)
        self._responses = Responses(self._document, _headers(services.settings), Deltas())

    @operation(
        "GET",
        "/embed.js",
        "The script of a news page: sends the beacon, and fills the Populer and UPDATE boxes",
        {200: Body("The script.", media_types=["text/javascript"]), 304: "The client's copy is current."},
        problems=(406, 412),
        caching=CACHING,
    )
    def script(self) -> Response:
        """Return the script, for pages of any site."""
        return response_of(self._responses.respond(request.environ, self._document))


def _headers(settings: Settings) -> dict[str, str]:
    return {
        "Cache-Control": CACHING.directives,
        "Access-Control-Allow-Origin": "*",
        "Cross-Origin-Resource-Policy": "cross-origin",
        "X-Content-Type-Options": "nosniff",
        "Vary": "Accept-Encoding",
        **edge_headers(settings.edge, []),
    }
