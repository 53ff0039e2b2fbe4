"""The script `/embed.js`, which news pages embed, and a demo page with the script."""

from flask import Response, request
from markupsafe import Markup

from service.articles.article import page_url
from service.articles.dates import utc_now
from service.bootstrap import Services
from service.core.errors import NotFound
from service.core.settings.model import Settings
from service.documents.formats.context import EntryValues
from service.feeds.names import LATEST, FeedName
from service.push.edge import edge_headers
from service.web.http.caching import PAGE_CACHING, FixedCaching
from service.web.http.delta import Deltas
from service.web.http.documents import response_of
from service.web.http.responses import Responses
from service.web.http.static_files import FOLDER, file_document
from service.web.openapi.operation import Body, operation
from service.web.openapi.parameters import PAGE
from service.web.pages import SECURITY_POLICY, Pages

SCRIPT_FILE = FOLDER / "embed.js"
# Every news page uses the script, so browsers keep it for an hour. After that they look for a new release's script.
CACHING = FixedCaching("max-age=3600, stale-while-revalidate=86400, stale-if-error=604800")
MAX_DEMO_CANDIDATES = 10  # newest articles; the demo page shows the first one with a photo


class Embed:
    """Handlers of the script and the demo page.

    The script is the same for every newsroom: it takes the URL of Warta from its own URL.
    """

    def __init__(self, services: Services, pages: Pages) -> None:
        self._settings = services.settings
        self._store = services.store
        self._pages = pages
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

    @operation(
        "GET",
        "/embed/demo",
        "A news page with that script and its boxes, if article pages are on",
        {200: PAGE},
        problems=(404, 503),
        caching=PAGE_CACHING,
    )
    def demo(self) -> Response:
        """Return a news page with the script's boxes. Raises NotFound if article pages are off or no article exists."""
        if not self._settings.article_pages:
            raise NotFound("article pages are off")
        newest = self._store.newest(LATEST, MAX_DEMO_CANDIDATES, utc_now()).entries
        if not newest:
            raise NotFound("there is no article to show yet")
        article = next((each for each in newest if each.image and each.image.url), newest[0])
        return self._pages.page(
            "demo.html",
            policy=_policy(self._settings.base_url),
            entry=EntryValues(article, self._settings),
            body=Markup(article.content_html),  # noqa: S704 - sanitized when it came in
            pixel=f"{page_url(self._settings.base_url, article.id)}/views.gif",
            discover=[FeedName(LATEST)],
        )


def _headers(settings: Settings) -> dict[str, str]:
    return {
        "Cache-Control": CACHING.directives,
        "Access-Control-Allow-Origin": "*",
        "Cross-Origin-Resource-Policy": "cross-origin",
        "X-Content-Type-Options": "nosniff",
        "Vary": "Accept-Encoding",
        **edge_headers(settings.edge, []),
    }


def _policy(base_url: str) -> str:
    """Return POLICY with the additions to a Content-Security-Policy that docs/embed.md asks of a news page."""
    return f"{SECURITY_POLICY}; script-src {base_url}/embed.js; connect-src {base_url}/"
