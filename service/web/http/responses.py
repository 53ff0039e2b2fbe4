"""What HTTP makes of a document: which encoding, whether the client has it already, or what has changed since.

Everything that does not depend on the request is made once, and handlers and the warm path answer from the same object.
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
# A response as WSGI wants it: status line, headers, body; and what it counts as, if it is a feed's.
Reply = tuple[str, Headers, bytes, Poll | None]

OK = "200 OK"
IM_USED = "226 IM Used"
NOT_MODIFIED = "304 Not Modified"
REMEMBERED = 200  # characters of an Accept-Encoding header that is worth being remembered
FOR_CACHES = ("Cache-Control", "Surrogate-Control", "Surrogate-Key", "CDN-Cache-Control", "Cache-Tag")
_UNNAMED = 0.0001  # the identity is acceptable without being named (RFC 9110 §12.5.3), after all that is named


class Answer:
    """Every answer with one document. `headers` go with all of them; the document is not kept alive.

    `polls` are what they count as, if it is a feed's.
    """

    def __init__(
        self, document: Document, headers: Mapping[str, str], deltas: Deltas, polls: DocumentPolls | None = None
    ) -> None:
        self._document = weakref.ref(document)
        self._polls = polls
        self._deltas = deltas
        self._media_type = document.media_type
        # A date in the future is not sent (RFC 9110 §8.8.2.1): these answers are good until it comes.
        modified = document.last_modified.timestamp()
        self._until = modified if modified > time.time() else math.inf
        self._last_modified = http_date(document.last_modified) if self._until == math.inf else None
        self._common = [*headers.items()]
        self._made: dict[str, _Ready] = {}
        self._chosen: dict[tuple[str, ...], _Ready] = {}  # by the codings that a client likes best

    def is_for(self, document: Document) -> bool:
        """Whether these are the answers that would be made with the document now."""
        return self._document() is document and (self._until is math.inf or time.time() < self._until)

    def reply(self, environ: Mapping[str, Any], document: Document) -> Reply:
        """The answer to a GET or HEAD, conditions in the order of RFC 9110 §13.2.2.

        Raises NotAcceptable, PreconditionFailed.
        """
        accept = environ.get("HTTP_ACCEPT_ENCODING", "")
        liked = _remembered_codings(accept) if len(accept) <= REMEMBERED else _liked_codings(accept)
        ready = self._chosen.get(liked) or self._choose(liked, document)
        coding, etag = ready.coding, ready.etag
        if "HTTP_IF_MATCH" in environ or "HTTP_IF_UNMODIFIED_SINCE" in environ:
            _must_match(environ, document, etag)
        known = environ.get("HTTP_IF_NONE_MATCH")
        if known is None:
            since = environ.get("HTTP_IF_MODIFIED_SINCE")
            if since is None:
                return OK, ready.whole, document.within(coding), ready.unasked
            if since == self._last_modified or _is_since(document, since):
                return ready.unchanged
        elif known == etag:
            return ready.unchanged
        elif current := _current_tag(document, coding, known):
            return NOT_MODIFIED, [*self._common, ("ETag", current)], b"", ready.unchanged[3]
        elif "HTTP_A_IM" in environ and (delta := self._deltas.between(document, coding, environ["HTTP_A_IM"], known)):
            return self._part(coding, ready, *delta)
        return OK, ready.whole, document.within(coding), ready.news

    def _choose(self, liked: tuple[str, ...], document: Document) -> "_Ready":
        """Of the codings that a client likes best, the one in which the document has the fewest bytes."""
        coding = liked[0] if len(liked) == 1 else document.smallest(liked)
        self._chosen[liked] = ready = self._made.get(coding) or self._ready(coding, document)
        return ready

    def _ready(self, coding: str, document: Document) -> "_Ready":
        """Made for the first who wants the coding."""
        etag = document.etag(coding)
        unchanged = [*self._common, ("ETag", etag)]
        modified_at = [("Last-Modified", self._last_modified)] if self._last_modified else []
        length = len(document.within(coding))
        whole = [*unchanged, *modified_at, *_content(self._media_type, coding, length)]
        polls = self._polls.kinds(length) if self._polls else (None, None, None)
        self._made[coding] = _Ready(coding, etag, whole, (NOT_MODIFIED, unchanged, b"", polls[0]), *polls[1:])
        return self._made[coding]

    def _part(self, coding: str, ready: "_Ready", base: str, body: bytes) -> Reply:
        """What has changed since a document that the client has (RFC 3229 §10)."""
        headers = [pair for pair in ready.unchanged[1] if pair[0] not in FOR_CACHES]
        headers += [("Cache-Control", "no-store, im"), ("IM", "feed"), ("Delta-Base", base)]  # no part for the whole
        poll = self._polls.part(len(body), int(dict(ready.whole)["Content-Length"])) if self._polls else None
        return IM_USED, [*headers, *_content(self._media_type, coding, len(body))], body, poll


class _Ready(NamedTuple):
    """A representation: its coding and tag, the headers with which it is sent, and the reply that says that it is
    unchanged.

    It counts as `unasked` where the request had no condition, as `news` where it had.
    """

    coding: str
    etag: str
    whole: Headers
    unchanged: Reply
    unasked: Poll | None
    news: Poll | None


def _must_match(environ: Mapping[str, Any], document: Document, etag: str) -> None:
    wanted = environ.get("HTTP_IF_MATCH")
    if wanted is not None:
        if not parse_etags(wanted).contains(etag.strip('"')):
            raise PreconditionFailed("If-Match: the feed has changed, or is sent in another encoding")
    elif (date := _date(environ["HTTP_IF_UNMODIFIED_SINCE"])) and document.last_modified > date:
        raise PreconditionFailed("If-Unmodified-Since: the feed has changed since")


def _content(media_type: str, coding: str, length: int) -> Headers:
    encoding = [] if coding == IDENTITY else [("Content-Encoding", coding)]
    return [("Content-Type", media_type), *encoding, ("Content-Length", str(length))]


def _liked_codings(accept: str) -> tuple[str, ...]:
    """The content codings that the client likes best.

    Without the header, or where it names nothing that exists, that is the identity, unless it is ruled out. Raises
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
        raise NotAcceptable(f"no content coding that Accept-Encoding allows exists: {', '.join(sorted(CODINGS))}")
    return tuple(coding for coding in CODINGS if likes[coding] == best)


_remembered_codings = lru_cache(maxsize=1000)(_liked_codings)


def _current_tag(document: Document, coding: str, known: str) -> str | None:
    """The tag among those of the client that is, or was, the document's (weak comparison, RFC 9110 §8.8.3.2)."""
    tags = parse_etags(known)
    if tags.star_tag:
        return document.etag(coding)
    return next((f'"{tag}"' for tag in tags.as_set(include_weak=True) if document.is_tagged(tag, coding)), None)


def _is_since(document: Document, date: str) -> bool:
    since = _date(date)
    # A time that is still to come cannot vouch for what happens until then.
    return since is not None and document.last_modified <= min(since, datetime.now(UTC))


def _date(text: str) -> datetime | None:
    """An HTTP-date; None for anything else, which is no condition (RFC 9110 §13.1.3)."""
    try:
        return parse_date(text)
    except OverflowError:  # a year that no calendar has
        return None
