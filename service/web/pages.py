"""Pages for people: the directory, a page per feed, a page per article. No script is needed for any of them."""

import re
from datetime import datetime

from flask import Response, render_template
from markupsafe import Markup

from service.articles.article import page_url
from service.articles.dates import utc_now
from service.articles.ui_language import ui_language
from service.bootstrap import Services
from service.core.errors import NotFound
from service.core.lru import LruCache
from service.documents.formats import FORMATS
from service.documents.formats.context import EntryValues
from service.feeds.names import DIRECTORY, LATEST, ArticleList, FeedName
from service.push.edge import edge_headers
from service.sample import photos
from service.web.http.caching import PAGE_CACHING, FixedCaching
from service.web.http.shared_urls import moved
from service.web.localization import localization
from service.web.openapi.operation import Body, Parameter, operation
from service.web.openapi.parameters import ID, PAGE

# Pages run no script and load nothing but images. Article bodies are sanitized; this is the second protection.
SECURITY_POLICY = (
    "default-src 'none'; img-src http: https: data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
)
_photos: LruCache[str, bytes] = LruCache(4 * 2**20)  # drawn photos by name; one takes 20 KB
MAX_LISTED_NAMES = 300  # tags or authors on the directory page, at most; the others have feeds, too


_PHOTO_CACHING = FixedCaching("max-age=604800, immutable")
_PHOTO = Parameter(
    "name",
    "Id of an article of the sample newsroom.",
    {"type": "string", "pattern": "^demo-"},
    converter="<path:name>",
    example="demo-1",
)


class Pages:
    """Handlers that answer with HTML in the site's language."""

    def __init__(self, services: Services) -> None:
        self._settings = services.settings
        self._documents = services.documents
        self._store = services.store
        self._texts = localization(ui_language(services.settings.site.language))

    @operation("GET", "/", "The directory of feeds, for people", {200: PAGE}, problems=(503,), caching=PAGE_CACHING)
    def directory(self) -> Response:
        """Return the directory of all listed feeds, with autodiscovery."""
        catalogue = self._documents.catalogue
        article_lists = [article_list for article_list in self._store.all_lists() if catalogue.is_listed(article_list)]
        kinds: dict[str, list[ArticleList]] = {
            "latest": [],
            "feed": [],
            "entered": [],
            "category": [],
            "tag": [],
            "author": [],
        }
        for article_list in article_lists:
            kinds[article_list.kind].append(article_list)
        site_feeds = [
            (name, catalogue.label(name, article_list))
            for article_list in (*kinds["latest"], *kinds["entered"], *kinds["feed"])
            for name in catalogue.names(article_list)
        ]
        return self.page(
            "directory.html", shows=DIRECTORY, site_feeds=site_feeds,
            discover=[name for name, _ in site_feeds[:2]], kinds=kinds, listed=MAX_LISTED_NAMES,
        )  # fmt: skip

    def feed(self, name: FeedName, limit: int | None) -> Response:
        """Return a feed as a page, with the most read or the newest articles first."""
        context = self._documents.context(name, limit)
        entries = [EntryValues(article, self._settings) for article in context.entries]
        return self.page(
            "feed.html", shows=name.list_name, vary=True, context=context, entries=entries, discover=[name.feed]
        )

    @operation(
        "GET",
        "/articles/{id}",
        "The article's page, if article pages are on",
        {200: PAGE},
        problems=(404, 410, 503),
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
        try:
            article = self._store.visible_article(article_id, utc_now())
        except NotFound:
            if (known := self._store.id_of(article_id)) and known != article_id:
                return moved(self._settings, f"/articles/{known}")
            if not article_id.endswith("/"):
                raise
            return moved(self._settings, f"/articles/{article_id.rstrip('/')}")
        pixel = f"{page_url(self._settings.base_url, article_id)}/views.gif"
        return self.page(
            "article.html", shows=LATEST, entry=EntryValues(article, self._settings), body=Markup(article.content_html),  # noqa: S704
            pixel=pixel, discover=[FeedName(LATEST)], list_name=self._store.list_name,
        )  # fmt: skip

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

    def error(self, status: int, detail: str) -> str:
        """Return the HTML of an error page."""
        gettext = self._texts.gettext
        titles = {404: gettext("Not here"), 410: gettext("This story was withdrawn")}
        title = titles.get(status, gettext("Something is wrong"))
        return self._html("error.html", title=title, status=status, detail=detail, discover=[FeedName(LATEST)])

    def page(
        self, template: str, shows: str = "", vary: bool = False, policy: str = SECURITY_POLICY, **context: object
    ) -> Response:
        """Render the template as a page with the headers of all pages.

        `shows` is the list on the page: a change of this list purges the page at the edge. `vary` adds
        `Vary: Accept`.
        """
        response = Response(self._html(template, **context), content_type="text/html; charset=utf-8")
        http = self._settings.http
        response.headers["Cache-Control"] = PAGE_CACHING.cache_control(self._settings)
        response.headers["Content-Security-Policy"] = policy
        response.headers["Referrer-Policy"] = "strict-origin-when-cross-origin"
        response.headers["X-Content-Type-Options"] = "nosniff"
        if shows:
            response.headers.update(edge_headers(self._settings.edge, [shows], http.max_age))
        if vary:
            response.headers["Vary"] = "Accept"
        return response

    def _html(self, template: str, **context: object) -> str:
        return render_template(
            template,
            site=self._settings.site,
            home=self._settings.home,
            base=self._settings.base_url,
            language=self._texts.language,
            _=self._texts.gettext,
            pgettext=self._texts.pgettext,
            ngettext=self._texts.ngettext,
            formats=list(FORMATS.values()),
            long_date=self._long_date,
            **context,
        )

    def _long_date(self, when: datetime) -> str:
        return self._texts.date_and_time(when.astimezone(self._settings.site.zone))
