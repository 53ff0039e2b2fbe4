"""Finds feeds by the beginnings of the words of their names: a page at `/feeds`, and `/feeds.json?q=` while typing."""

from flask import Response

from service.articles.slugs import slug
from service.bootstrap import Services
from service.core.errors import BadRequest
from service.documents.formats.directory import Directory, feed_list
from service.feeds.names import LIST_KINDS, ArticleList
from service.web.http.caching import PAGE_CACHING
from service.web.http.json_requests import parameters
from service.web.openapi.operation import Parameter, operation
from service.web.openapi.parameters import PAGE
from service.web.pages.boxes import labelled
from service.web.pages.handlers import Pages

MAX_FOUND = 20
MIN_CHARACTERS, MAX_CHARACTERS = 2, 100

QUERY = Parameter(
    "q",
    "The beginning of a word in the name of a category, topic or author.",
    {"type": "string", "minLength": MIN_CHARACTERS, "maxLength": MAX_CHARACTERS},
    example="asean",
)
KIND = Parameter("kind", "Only with `q`: feeds of this kind.", {"enum": list(LIST_KINDS)})


class FeedFinder:
    """Finds feeds, and answers with a page or with JSON. The answers are not kept: names may be invented."""

    def __init__(self, services: Services, pages: Pages) -> None:
        self._settings = services.settings
        self._store = services.store
        self._catalogue = services.documents.catalogue
        self._pages = pages

    @operation(
        "GET", "/feeds", "Find categories, topics and authors by name: a page for people", {200: PAGE},
        problems=(400, 503), parameters=[QUERY, KIND], caching=PAGE_CACHING,
    )  # fmt: skip
    def page(self) -> Response:
        """Return the page with the form, and with the feeds that were found. Raises BadRequest, StoreUnavailable."""
        given = parameters("q", "kind")
        found = self._find(given["q"], given.get("kind", "")) if given.get("q") else []
        response = Response(
            self._pages.found(given.get("q", ""), labelled(found, self._catalogue)),
            content_type="text/html; charset=utf-8",
        )
        response.headers.update(self._pages.headers)
        response.headers["Cache-Control"] = PAGE_CACHING.cache_control(self._settings)
        return response

    def json(self) -> Response:
        """Return the found feeds in the form of `/feeds.json`. Raises BadRequest, StoreUnavailable."""
        given = parameters("q", "kind")
        if "q" not in given:
            raise BadRequest("q: is required with kind")
        found = self._find(given["q"], given.get("kind", ""))
        directory = Directory.found(found, self._catalogue, self._settings)
        response = Response(feed_list(directory), content_type="application/json")
        response.headers["Cache-Control"] = PAGE_CACHING.cache_control(self._settings)
        response.headers["Access-Control-Allow-Origin"] = "*"
        return response

    def _find(self, text: str, kind: str) -> list[ArticleList]:
        if not MIN_CHARACTERS <= len(text) <= MAX_CHARACTERS:
            raise BadRequest(f"q: must have {MIN_CHARACTERS} to {MAX_CHARACTERS} characters")
        if kind and kind not in LIST_KINDS:
            raise BadRequest(f"kind: there is no {kind!r}, only {', '.join(LIST_KINDS)}")
        words = slug(text)
        found = self._store.find_lists([kind] if kind else LIST_KINDS, words, MAX_FOUND) if words else []
        return [article_list for article_list in found if self._catalogue.is_listed(article_list)]
