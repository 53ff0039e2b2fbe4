"""Handlers that answer with HTML in the site's language. No script is needed for any page."""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

from flask import Response, request

from service.bootstrap import Services
from service.core.errors import NotFound, OtherName, StoreUnavailable
from service.documents.memory_cache import Slot
from service.feeds.names import DIRECTORY, LATEST, FeedName
from service.feeds.searches import SearchName
from service.publishing.searches import Searches
from service.web.http.caching import PAGE_CACHING
from service.web.http.documents import DocumentResponder
from service.web.http.shared_urls import moved
from service.web.openapi.operation import Body, operation
from service.web.openapi.parameters import ID, NOT_MODIFIED, PAGE
from service.web.pages.article import ArticlePage, DemoPage, KnownArticles
from service.web.pages.feed import FeedPage
from service.web.pages.home import HomePage
from service.web.pages.page import HTML, PageBuilder
from service.web.pages.passing import PassingPages
from service.web.pages.policy import PagePolicy
from service.web.pages.search import SearchPage
from service.web.pages.templates import PageTemplates

NO_HEADERS: Mapping[str, str] = MappingProxyType({})
_ANSWERS: Mapping[int, Body | str] = {200: PAGE, 304: NOT_MODIFIED}


class Pages:
    """Handlers of the pages. The page of a feed has no URL of its own: `web/feeds.py` calls `feed`."""

    def __init__(self, services: Services, responder: DocumentResponder, templates: PageTemplates) -> None:
        self._settings = services.settings
        self._responder = responder
        self._feeds = services.documents
        self._builder = PageBuilder(services, templates)
        self._known = KnownArticles(self._builder)
        self._policy = PagePolicy(services.settings, templates.style)
        self._headers = self._policy.headers()
        self._demo_headers = self._policy.headers(scripts=["embed.js"], connections=[""])
        self._passing = PassingPages(self._builder)
        self._search_page = SearchPage(self._builder, self._passing)

    @operation(
        "GET", "/", "The front page: headlines and the directory of feeds", _ANSWERS, problems=(406, 412, 503),
        caching=PAGE_CACHING,
    )  # fmt: skip
    def directory(self) -> Response:
        """Return the front page, with autodiscovery of the main feeds."""
        return self._respond(lambda: self._builder.document(HomePage(self._builder)), [DIRECTORY])

    def feed(self, name: FeedName, limit: int | None) -> Response:
        """Return a feed as a page, with the most read or the newest articles first.

        Raises NotFound for a feed that has never existed, NotYet, FeedUnavailable.
        """

        def look() -> Slot:
            self._feeds.require_feed(name)
            return self._builder.document(FeedPage(self._builder, name, limit))

        return self._respond(look, [*{name.list_name, LATEST}], {"Vary": "Accept"})

    @operation(
        "GET",
        "/articles/{id}",
        "The article's page, if article pages are on",
        _ANSWERS,
        problems=(404, 406, 410, 412, 503),
        path_parameters=[ID],
        caching=PAGE_CACHING,
    )
    def article(self, article_id: str) -> Response:
        """Return the article's own page. Raises NotFound, or Gone if the article was public and is withdrawn.

        Another id or URL of an imported article redirects to its page. The URL of an unknown article with a slash at
        the end redirects to the URL without it.
        """
        if not self._settings.article_pages:
            raise NotFound("article pages are off")

        def look() -> Slot:
            try:
                self._known.require(article_id)
            except StoreUnavailable:
                self._builder.require_version(LATEST)  # Redis may have a copy
            return self._builder.document(ArticlePage(self._builder, article_id, self._known))

        try:
            return self._respond(look, [LATEST])
        except OtherName as other:
            return moved(self._settings, f"/articles/{other.article_id}")
        except NotFound:
            if not article_id.endswith("/"):
                raise
            return moved(self._settings, f"/articles/{article_id.rstrip('/')}")

    @operation(
        "GET",
        "/embed/demo",
        "A news page with that script and its boxes, if article pages are on",
        _ANSWERS,
        problems=(404, 406, 412, 503),
        caching=PAGE_CACHING,
    )
    def demo(self) -> Response:
        """Return a news page with the script's boxes. Raises NotFound if article pages are off or no article exists."""
        if not self._settings.article_pages:
            raise NotFound("article pages are off")
        return self._respond(lambda: self._builder.document(DemoPage(self._builder)), [LATEST], self._demo_headers)

    def found(self, text: str, feeds: Sequence[tuple[str, str]]) -> str:
        """Return the HTML of the page with the feeds, each with URL and label, that the text has found."""
        return self._passing.render_page("found.html", text=text, found=feeds)

    def search(self, name: SearchName, searches: Searches) -> Slot:
        """Return the page of a search. Raises BadRequest, FeedUnavailable."""
        return searches.document(name, "", HTML, lambda results: self._search_page.render(results, searches.analyser))

    def error(self, status: int, detail: str) -> str:
        """Return the HTML of an error page."""
        return self._passing.error(status, detail)

    @property
    def headers(self) -> dict[str, str]:
        """The headers of every page, the policy among them."""
        return self._headers

    def _respond(
        self, look: Callable[[], Slot], list_names: Sequence[str], headers: Mapping[str, str] = NO_HEADERS
    ) -> Response:
        return self._responder.respond(request, look, list_names, {**self._headers, **headers}, PAGE_CACHING)
