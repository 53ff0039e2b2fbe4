"""Feeds: `/latest.rss`, `/category/SLUG/popular/24h.json`, and the same paths without extension."""

import re

from flask import Request, Response, request

from service.bootstrap import Services
from service.core.errors import BadRequest, FeedMoved, NotYet
from service.documents.formats import ALL_FORMATS, DEFAULT_FORMAT, FORMATS, POLLED_FORMATS, FeedFormat
from service.feeds.names import FeedName
from service.readers.polls import PolledUrl
from service.web.http.documents import DocumentResponder
from service.web.http.shared_urls import moved
from service.web.openapi.feeds import feed_caching, feed_documents, negotiated_feeds
from service.web.openapi.operation import declare
from service.web.pages.handlers import Pages

HTML = "text/html"
# The path of a document with an extension that is not in lower case: the route of documents takes all others.
_DOCUMENT = re.compile(rf"(?P<path>.+)\.(?P<extension>{'|'.join(map(re.escape, ALL_FORMATS))})", re.IGNORECASE)


class Feeds:
    """Handlers of every feed (GET and HEAD)."""

    def __init__(self, services: Services, responder: DocumentResponder, pages: Pages) -> None:
        self._settings = services.settings
        self._documents = services.documents
        self._responder = responder
        self._pages = pages

    @declare(*feed_documents())
    def document(self, path: str, extension: str) -> Response:
        """Return a feed in the format of the extension."""
        try:
            name = self._documents.catalogue.parse(path)
        except FeedMoved as feed:
            return self._moved(f"{feed.name}.{extension}")
        return self._respond(name, ALL_FORMATS[extension], {})

    @declare(*negotiated_feeds())
    def negotiated(self, path: str) -> Response:
        """Return a feed in the format that Accept asks for: HTML for a browser, RSS if the client has no preference.

        A path with a slash at the end redirects, and so does an extension in capitals.
        """
        if path.endswith("/"):
            return self._moved(path.rstrip("/"))
        if document := _DOCUMENT.fullmatch(path):
            return self._moved(f"{document['path']}.{document['extension'].lower()}")
        try:
            name = self._documents.catalogue.parse(path)
        except FeedMoved as feed:
            return self._moved(feed.name)
        best = _negotiate(request)
        if best is not None:
            return self._respond(name, best, {"Vary": "Accept"})
        try:
            return self._pages.feed(name, _limit(request, name))
        except NotYet:
            return self._to_the_feed(name, "")

    def _respond(self, name: FeedName, format_: FeedFormat, headers: dict[str, str]) -> Response:
        limit = _limit(request, name)
        try:
            return self._responder.respond(
                request,
                lambda: self._documents.feed(name, format_, limit),
                [name.list_name],
                {**self._headers(name, format_, limit), **headers},
                feed_caching(name),
                polled=PolledUrl.of_feed(name, format_.extension, limit)
                if format_.extension in POLLED_FORMATS
                else None,
            )
        except NotYet:
            return self._to_the_feed(name, format_.extension)

    def _moved(self, path: str) -> Response:
        """Redirect to another path, with the query of the request."""
        return moved(self._settings, f"/{path}", request.query_string.decode("latin-1"))

    def _to_the_feed(self, page: FeedName, extension: str) -> Response:
        """Redirect from an archive page that is not full yet to its feed, which still has the page's entries."""
        feed = self._documents.catalogue.url(page.feed, extension)
        return Response(status=307, headers={"Location": feed, "Cache-Control": "no-store"})

    def _headers(self, name: FeedName, format_: FeedFormat, limit: int | None) -> dict[str, str]:
        others = [other for other in FORMATS.values() if other != format_]
        extensions = [format_.extension, *[other.extension for other in others]]
        url, *alternates = self._documents.catalogue.urls(name, extensions, limit)
        links = [f'<{url}>; rel="self"']
        links += [f'<{hub}>; rel="hub"' for hub in self._settings.hubs]
        links += [
            f'<{alternate}>; rel="alternate"; type="{other.media_type}"'
            for alternate, other in zip(alternates, others, strict=True)
        ]
        return {
            "Link": ", ".join(links),
            "Access-Control-Allow-Origin": "*",
            "Access-Control-Expose-Headers": "ETag, Link",
        }


def _negotiate(request: Request) -> FeedFormat | None:
    """Return the format for the request's Accept header; None for HTML."""
    accepted = request.accept_mimetypes
    if not accepted:
        return DEFAULT_FORMAT
    offers = {DEFAULT_FORMAT.media_type: DEFAULT_FORMAT, HTML: None, **{f.media_type: f for f in FORMATS.values()}}
    aliases = {"application/json": FORMATS["json"], "application/xml": DEFAULT_FORMAT, "text/xml": DEFAULT_FORMAT}
    best = accepted.best_match([*offers, *aliases], default=DEFAULT_FORMAT.media_type)
    # A browser accepts XML, too, but with a lower quality than HTML. A client that sends only `*/*` is no browser.
    return {**aliases, **offers}[best]


def _limit(request: Request, feed: FeedName) -> int | None:
    """Read `?limit=N`, the only parameter of a feed. None without it.

    Raises BadRequest for any other query, so that URLs stay canonical.
    """
    for name in request.args:
        if name != "limit":
            raise BadRequest(f"{name}: a feed takes no such parameter, only limit")
    if not request.query_string:
        return None
    values = request.args.getlist("limit")
    if feed.page is not None:
        raise BadRequest("limit: a page of an archive has its own length")
    if len(values) > 1:
        raise BadRequest("limit: is given more than once")
    if not re.fullmatch(rb"limit=([1-9][0-9]?|100)", request.query_string):  # the raw query: one spelling, one URL
        raise BadRequest("limit: must be a number from 1 to 100, as in ?limit=20")
    return int(values[0])
