"""Answering with a document: which encoding, and whether the client has it already (RFC 9110 §12.5.3, §13)."""

from datetime import UTC, datetime

from flask import Request, Response
from werkzeug.http import http_date

from service.document import IDENTITY, Document
from service.errors import NotAcceptable
from service.press import Served
from service.settings import Http

_UNNAMED = 0.0001  # the identity is acceptable without being named (RFC 9110 §12.5.3), after all that is named


def choose_coding(request: Request, document: Document) -> str:
    """The content coding that the client likes best; among equals, the smallest. Raises NotAcceptable.

    Without the header, or where it names nothing that exists, the identity is sent, unless that is ruled out.
    """
    accepted = request.accept_encodings
    if not accepted:
        return IDENTITY
    named = {coding.lower() for coding, _ in accepted}
    likes = {coding: accepted.quality(coding) for coding in document.bodies}
    if not named & {IDENTITY, "*"}:
        likes[IDENTITY] = _UNNAMED
    best = max(likes.values())
    if best <= 0:
        raise NotAcceptable(f"no content coding that Accept-Encoding allows exists: {', '.join(document.bodies)}")
    return min((coding for coding in likes if likes[coding] == best), key=lambda coding: len(document.bodies[coding]))


def is_current(request: Request, etag: str, last_modified: datetime) -> bool:
    """Whether the client's copy is the one that would be sent. If-None-Match rules alone where it is given."""
    if request.headers.get("If-None-Match") is not None:
        return request.if_none_match.contains_weak(etag.strip('"'))
    since = request.if_modified_since
    # A time that is still to come cannot vouch for what happens until then.
    return since is not None and last_modified <= since and last_modified <= datetime.now(UTC)


def freshness(http: Http, served: Served, max_age: int) -> dict[str, str]:
    """How long the document may be used (RFC 9111, RFC 5861), and whether it is the last good copy (RFC 9211)."""
    headers = {"Cache-Control": cache_control(http, max_age)}
    if served.how == "stale":
        headers["Cache-Status"] = 'warta; hit; detail="the store is away; this is the last good copy"'
    return headers


def cache_control(http: Http, max_age: int) -> str:
    """The Cache-Control of whatever may be used for `max_age` seconds without asking."""
    return (
        f"max-age={max_age}, stale-while-revalidate={http.stale_while_revalidate}, stale-if-error={http.stale_if_error}"
    )


def respond(request: Request, document: Document, headers: dict[str, str]) -> Response:
    """The document in its best encoding, or 304. `headers` go with both."""
    coding = choose_coding(request, document)
    etag = document.etag(coding)
    response = Response(headers={**headers, "ETag": etag})
    response.headers.add("Vary", "Accept-Encoding")
    if document.last_modified <= datetime.now(UTC):
        response.headers["Last-Modified"] = http_date(document.last_modified)
    if is_current(request, etag, document.last_modified):
        response.status_code = 304
        response.headers.pop("Content-Type", None)
        return response
    response.content_type = document.media_type
    if coding != IDENTITY:
        response.headers["Content-Encoding"] = coding
    response.set_data(document.bodies[coding])
    return response
