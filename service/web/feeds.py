"""Feeds: `/latest.rss`, `/category/SLUG/popular/24h.json`, and the same paths without extension."""

import re
from collections.abc import Mapping
from functools import lru_cache

from flask import Request, Response, request

from service.bootstrap import Services
from service.core.errors import BadRequest, FeedMoved, NotFound, NotYet
from service.documents.formats import ALL_FORMATS, DEFAULT_FORMAT, FORMATS, HEADLINES, POLLED_FORMATS, FeedFormat
from service.feeds.names import FeedName
from service.readers.polls import PolledUrl
from service.web.http.documents import DocumentResponder
from service.web.openapi.feeds import feed_as_text, feed_caching, feed_documents, negotiated_feeds
from service.web.openapi.operation import declare
from service.web.pages.handlers import Pages

HTML = "text/html"
TEXT = "text/plain; charset=utf-8"
MAX_REMEMBERED_LINKS = 1_000  # Link headers of a process, each of about a kilobyte
_EXTENSIONS = [*ALL_FORMATS, *(f"{extension}.txt" for extension in FORMATS)]
_DOCUMENT = re.compile(rf"(.+?)(\.(?:{'|'.join(map(re.escape, _EXTENSIONS))}))", re.IGNORECASE)


class Feeds:
    """Handlers of every feed (GET and HEAD)."""

    def __init__(self, services: Services, responder: DocumentResponder, pages: Pages) -> None:
        self._settings = services.settings
        self._documents = services.documents
        self._responder = responder
        self._pages = pages
        self._links = lru_cache(MAX_REMEMBERED_LINKS)(self._link_header)

    @declare(*feed_documents())
    def document(self, path: str, extension: str) -> Response:
        """Return a feed in the format of the extension.

        A browser that opens a feed in a public format is redirected to the feed's page. The other formats are for
        single programs, whose engineers want to see the document.
        """
        name, format_ = self._documents.catalogue.parse(path), ALL_FORMATS[extension]
        limit = _limit(request, name)
        page = self._documents.catalogue.url(name, "", limit) if extension in FORMATS else None
        polled = PolledUrl.of_feed(name, extension, limit) if extension in POLLED_FORMATS else None
        return self._respond(name, format_, page=page, polled=polled)

    @declare(feed_as_text())
    def text(self, path: str, extension: str) -> Response:
        """Return a feed as plain text, which every browser shows."""
        return self._respond(self._documents.catalogue.parse(path), FORMATS[extension], media_type=TEXT)

    @declare(*negotiated_feeds())
    def negotiated(self, path: str) -> Response:
        """Return a feed in the format that Accept asks for: HTML for a browser, RSS if the client has no preference."""
        name = self._documents.catalogue.parse(path)
        limit, best = _limit(request, name), _negotiate(request)
        if best is not None:
            polled = PolledUrl.of_feed(name, best.extension, limit)
            return self._respond(name, best, {"Vary": "Accept"}, polled=polled)
        try:
            return self._pages.feed(name, limit)
        except NotYet:
            return self._to_the_feed(name, "")

    def canonical_path(self, path: str) -> str:
        """Return the one path of a feed's URL: the slug in place of a name, lower case, and no slash at the end.

        A path of no feed stays, but for a slash at its end and an extension in capitals.
        """
        document = _DOCUMENT.fullmatch(path.rstrip("/"))
        stem, extension = document.groups() if document else (path.rstrip("/"), "")
        try:
            self._documents.catalogue.parse(stem.removeprefix("/"))
        except FeedMoved as feed:
            stem = f"/{feed.name}"
        except NotFound:
            pass
        return f"{stem}{extension.lower()}"

    def _respond(
        self,
        name: FeedName,
        format_: FeedFormat,
        headers: Mapping[str, str] | None = None,
        *,
        page: str | None = None,
        media_type: str | None = None,
        polled: PolledUrl | None = None,
    ) -> Response:
        limit = _limit(request, name)
        try:
            return self._responder.respond(
                request,
                lambda: self._documents.feed(name, format_, limit),
                [name.list_name],
                {**self._headers(name, format_, limit), **(headers or {})},
                feed_caching(name),
                page=page,
                media_type=media_type,
                polled=polled,
            )
        except NotYet:
            return self._to_the_feed(name, format_.extension)

    def _to_the_feed(self, page: FeedName, extension: str) -> Response:
        """Redirect from an archive page that is not full yet to its feed, which still has the page's entries."""
        feed = self._documents.catalogue.url(page.feed, extension)
        return Response(status=307, headers={"Location": feed, "Cache-Control": "no-store"})

    def _headers(self, name: FeedName, format_: FeedFormat, limit: int | None) -> dict[str, str]:
        headers = {
            "Link": self._links(name, format_, limit),
            "Access-Control-Allow-Origin": "*",
            "Access-Control-Expose-Headers": "ETag, Link",
        }
        return {**headers, "Cross-Origin-Resource-Policy": "cross-origin"} if format_ is HEADLINES else headers

    def _link_header(self, name: FeedName, format_: FeedFormat, limit: int | None) -> str:
        others = [other for other in FORMATS.values() if other != format_]
        extensions = [format_.extension, *[other.extension for other in others]]
        url, *alternates = self._documents.catalogue.urls(name, extensions, limit)
        links = [f'<{url}>; rel="self"']
        hubs = self._settings.named_hubs if name.page is None else ()  # a page of an archive is no topic
        links += [f'<{hub}>; rel="hub"' for hub in hubs]
        links += [
            f'<{alternate}>; rel="alternate"; type="{other.media_type}"'
            for alternate, other in zip(alternates, others, strict=True)
        ]
        return ", ".join(links)


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
            raise BadRequest(f"{name}: there is no such parameter, only limit")
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
