"""Responses with a document: the encoding, and 200, 226 (a delta) or 304 by the client's conditions.

A person who opens a feed in a browser is redirected to the feed's page: a feed is for programs.

Everything that does not depend on the request is made once. Handlers and the fast path answer from the same object.
"""

import math
import time
import weakref
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, NamedTuple

from werkzeug.datastructures import Accept
from werkzeug.http import http_date, parse_accept_header, parse_date, parse_etags

from service.core.errors import NotAcceptable, PreconditionFailed
from service.documents.document import Document
from service.documents.encodings import CODINGS, IDENTITY
from service.readers.polls import DocumentPolls, Poll
from service.web.http.delta import Deltas

Headers = list[tuple[str, str]]
# Status line, headers and body, and the poll that the response counts as, if the document is a feed.
WsgiResponse = tuple[str, Headers, bytes, Poll | None]

OK = "200 OK"
IM_USED = "226 IM Used"
NOT_MODIFIED = "304 Not Modified"
SEE_OTHER = "303 See Other"
MAX_REMEMBERED_HEADER = 200  # characters of an Accept-Encoding header whose codings are remembered
FOR_CACHES = ("Cache-Control", "Surrogate-Control", "Surrogate-Key", "CDN-Cache-Control", "Cache-Tag")
_UNNAMED = 0.0001  # quality of the identity if it is not named: acceptable (RFC 9110 §12.5.3), but last


class Responses:
    """All responses with one document. All have these `headers`. The object has only a weak reference to the document.

    `polls` are the polls that the responses count as, if the document is a feed. `page` is the URL of the page that
    shows the same to people, if there is one. `media_type` is sent in place of the document's own. If the document is
    `outdated`, there may be a newer one that was built in the same second.
    """

    def __init__(
        self,
        document: Document,
        headers: Mapping[str, str],
        deltas: Deltas,
        polls: DocumentPolls | None = None,
        page: str | None = None,
        media_type: str | None = None,
        outdated: bool = False,
    ) -> None:
        self._document = weakref.ref(document)
        self._polls = polls
        self._deltas = deltas
        self._media_type = media_type or document.media_type
        # A Last-Modified in the future must not be sent (RFC 9110 §8.8.2.1). Until that time, it is the time of the
        # build, which identifies no document.
        now = datetime.now(UTC)
        self._is_dated = document.date <= now and not (outdated and document.date < document.last_modified)
        self._until = math.inf if document.date <= now else document.date.timestamp()
        self._last_modified = http_date(document.date if self._is_dated else min(document.built_at, document.date, now))
        self._common = [*headers.items()]
        self._to_page = _see_other(page, headers) if page else None
        self._made: dict[str, _Representation] = {}
        self._chosen: dict[tuple[str, ...], _Representation] = {}  # by the codings that a client prefers

    def is_for(self, document: Document) -> bool:
        """True if these responses belong to the document, and are still valid."""
        return self._document() is document and (self._until is math.inf or time.time() < self._until)

    def respond(self, environ: Mapping[str, Any], document: Document) -> WsgiResponse:
        """The response to a GET or HEAD. Checks the conditions in the order of RFC 9110 §13.2.2.

        A browser that opens the URL gets a redirect to the page, whatever its conditions (RFC 9110 §13.2.1).
        Raises NotAcceptable, PreconditionFailed.
        """
        if self._to_page and is_navigation(environ):
            return self._to_page
        accept = environ.get("HTTP_ACCEPT_ENCODING", "")
        liked = _remembered_codings(accept) if len(accept) <= MAX_REMEMBERED_HEADER else _liked_codings(accept)
        chosen = self._chosen.get(liked) or self._choose(liked, document)
        coding, etag = chosen.coding, chosen.etag
        if "HTTP_IF_MATCH" in environ or "HTTP_IF_UNMODIFIED_SINCE" in environ:
            _must_match(environ, document, etag)
        known = environ.get("HTTP_IF_NONE_MATCH")
        if known is None:
            since = environ.get("HTTP_IF_MODIFIED_SINCE")
            if since is None:
                return OK, chosen.whole, document.within(coding), chosen.unasked
            if self._is_dated and (since == self._last_modified or _is_since(document, since)):
                return chosen.unchanged
        elif known == etag:
            return chosen.unchanged
        elif current := _current_tag(document, coding, known):
            return NOT_MODIFIED, [*self._common, ("ETag", current)], b"", chosen.unchanged[3]
        elif delta := self._deltas.between(document, coding, environ):
            return self._part(coding, chosen, *delta)
        return OK, chosen.whole, document.within(coding), chosen.news

    def _choose(self, liked: tuple[str, ...], document: Document) -> "_Representation":
        """Choose and remember the coding with the fewest bytes among the codings that a client prefers."""
        coding = liked[0] if len(liked) == 1 else document.smallest(liked)
        self._chosen[liked] = chosen = self._made.get(coding) or self._represent(coding, document)
        return chosen

    def _represent(self, coding: str, document: Document) -> "_Representation":
        """Make the representation in this coding, for the first client that gets it."""
        etag = document.etag(coding)
        unchanged = [*self._common, ("ETag", etag)]
        length = len(document.within(coding))
        whole = [*unchanged, ("Last-Modified", self._last_modified), *_content(self._media_type, coding, length)]
        polls = self._polls.of_representation(length) if self._polls else (None, None, None)
        self._made[coding] = _Representation(coding, etag, whole, (NOT_MODIFIED, unchanged, b"", polls[0]), *polls[1:])
        return self._made[coding]

    def _part(self, coding: str, chosen: "_Representation", base: str, body: bytes) -> WsgiResponse:
        """Answer 226 with the delta since a document that the client has (RFC 3229 §10)."""
        headers = [pair for pair in chosen.unchanged[1] if pair[0] not in FOR_CACHES]
        # A cache without RFC 3229 must not store the delta: it would pass for the whole document.
        headers += [("Cache-Control", "no-store, im"), ("IM", "feed"), ("Delta-Base", base)]
        poll = self._polls.of_delta(len(body), int(dict(chosen.whole)["Content-Length"])) if self._polls else None
        return IM_USED, [*headers, *_content(self._media_type, coding, len(body))], body, poll


class _Representation(NamedTuple):
    """A representation: its coding and ETag, the headers of a 200, and the whole response 304.

    A 200 counts as the poll `unasked` if the request had no condition, and as `news` if it had one.
    """

    coding: str
    etag: str
    whole: Headers
    unchanged: WsgiResponse
    unasked: Poll | None
    news: Poll | None


def is_navigation(environ: Mapping[str, Any]) -> bool:
    """True if a browser opens the URL in a window (Fetch Metadata). Programs, scripts and downloads do not say so."""
    return environ.get("HTTP_SEC_FETCH_DEST") == "document"


def _see_other(page: str, headers: Mapping[str, str]) -> WsgiResponse:
    """Return the redirect to the page. No cache may keep it: without `Vary`, it would pass for the document."""
    kept = ("Access-Control-Allow-Origin", "X-Content-Type-Options", "Vary")
    common = [(name, headers[name]) for name in kept if name in headers]
    return SEE_OTHER, [("Location", page), ("Cache-Control", "no-store"), *common, ("Content-Length", "0")], b"", None


def _must_match(environ: Mapping[str, Any], document: Document, etag: str) -> None:
    wanted = environ.get("HTTP_IF_MATCH")
    if wanted is not None:
        if not parse_etags(wanted).contains(etag.strip('"')):
            raise PreconditionFailed("If-Match: the feed has changed, or is sent in another encoding")
    elif _date(since := environ["HTTP_IF_UNMODIFIED_SINCE"]) and not _is_since(document, since):
        raise PreconditionFailed("If-Unmodified-Since: the feed has changed since")


def _content(media_type: str, coding: str, length: int) -> Headers:
    encoding = [] if coding == IDENTITY else [("Content-Encoding", coding)]
    return [("Content-Type", media_type), *encoding, ("Content-Length", str(length))]


def _liked_codings(accept: str) -> tuple[str, ...]:
    """Return the content codings that the client prefers.

    Without the header, or if it names no coding of ours, that is the identity, unless the header excludes it. Raises
    NotAcceptable.
    """
    accepted = parse_accept_header(accept, Accept)
    if not accepted:
        return (IDENTITY,)
    named = {coding.lower() for coding, _ in accepted}
    likes = {coding: accepted.quality(coding) for coding in CODINGS}
    if not named & {IDENTITY, "*"}:
        likes[IDENTITY] = _UNNAMED
    best = max(likes.values())
    if best <= 0:
        raise NotAcceptable(f"Accept-Encoding allows none of the content codings: {', '.join(sorted(CODINGS))}")
    return tuple(coding for coding in CODINGS if likes[coding] == best)


_remembered_codings = lru_cache(maxsize=1000)(_liked_codings)


def _current_tag(document: Document, coding: str, known: str) -> str | None:
    """Return the client's tag that is, or was, the document's ETag in this coding; None without one.

    Weak comparison (RFC 9110 §8.8.3.2). A document gets another ETag when its encodings are made smaller.
    """
    tags = parse_etags(known)
    if tags.star_tag:
        return document.etag(coding)
    return next((f'"{tag}"' for tag in tags.as_set(include_weak=True) if document.is_tagged(tag, coding)), None)


def _is_since(document: Document, date: str) -> bool:
    since = _date(date)
    return since is not None and document.is_unchanged_since(since, datetime.now(UTC))


def _date(text: str) -> datetime | None:
    """Parse an HTTP-date. None for any other text, which is no condition (RFC 9110 §13.1.3)."""
    try:
        return parse_date(text)
    except OverflowError:  # the year is out of range
        return None
