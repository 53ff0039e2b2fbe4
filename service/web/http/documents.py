"""Handlers' answers with documents, and what they teach the warm path."""

from collections.abc import Callable, Mapping

from flask import Request, Response

from service.bootstrap import Services
from service.core.settings.model import Http
from service.documents.builder import Served
from service.documents.encodings import Level
from service.push.edge import UNSETTLED, edge_headers
from service.readers.polls import Polled
from service.web.http.delta import Deltas
from service.web.http.fast_path import Known, teach
from service.web.http.responses import Answer, Reply

A_DAY = 24 * 3600  # seconds
UNPOLISHED = 10  # seconds that the edge may keep what is still to be encoded in fewer bytes


class Documents:
    """Answers to GET and HEAD with what the press has served."""

    def __init__(self, services: Services) -> None:
        self._http = services.settings.http
        self._edge = services.settings.edge
        self._deltas = Deltas()
        self._polls = services.readership.polls

    def respond(
        self,
        request: Request,
        look: Callable[[], Served],
        shelf: str,
        headers: Mapping[str, str],
        *,
        max_age: int | None = None,
        edge_max_age: int | None = None,
        polled: Polled | None = None,
    ) -> Response:
        """The document that `look` serves in its best encoding, or what the client's conditions make of it.

        A change of the `shelf` purges it at the edge. `max_age` in seconds, if not that of the settings; `edge_max_age`
        for a document that changes in other ways, too. `polled` is the feed, if it is one. Raises what `look` does, for
        which the request may be over.
        """

        def looked_up() -> tuple[Served, Answer]:
            served = look()
            common = {
                **_freshness(self._http, served, max_age),
                **headers,
                **edge_headers(self._edge, [shelf], _edge_max_age(served, edge_max_age)),
                "X-Content-Type-Options": "nosniff",
                "Vary": ", ".join([*chosen_by, "Accept-Encoding"]),
            }
            polls = self._polls.of(polled, served.document) if polled else None
            return served, Answer(served.document, common, self._deltas, polls)

        chosen_by = [headers["Vary"]] if "Vary" in headers else []
        known = Known(looked_up, request.endpoint or "")
        reply = known.look(request.environ)
        if not chosen_by:  # the warm path knows addresses only
            teach(request.environ, known)
        if poll := reply[3]:
            self._polls.take(poll.bodiless if request.method == "HEAD" else poll, request.environ)
        return response_of(reply)


def response_of(reply: Reply) -> Response:
    """The reply as a handler returns it."""
    status, headers, body, _ = reply
    response = Response(body, status, headers)
    if response.status_code == 304:
        response.headers.pop("Content-Type", None)
    return response


def _edge_max_age(served: Served, changing: int | None) -> int | None:
    """How long the edge may keep it, in seconds; None for as long as no purge comes."""
    if served.how in ("previous", "stale"):
        return UNSETTLED
    if served.document.level is Level.QUICK:  # it will soon have fewer bytes
        return min(changing or UNPOLISHED, UNPOLISHED)
    return changing


def _freshness(http: Http, served: Served, max_age: int | None) -> dict[str, str]:
    """How long the document may be used (RFC 9111, RFC 5861), and whether it is the last good copy (RFC 9211)."""
    headers = {"Cache-Control": cache_control(http, http.max_age if max_age is None else max_age)}
    if served.how == "stale":
        headers["Cache-Status"] = 'warta; hit; detail="the store is away; this is the last good copy"'
    return headers


def preflight(**_: object) -> Response:
    """What browsers ask before a script of another site may send conditions (Fetch standard, CORS-preflight fetch)."""
    headers = {
        "Allow": "GET, HEAD, OPTIONS",
        "Access-Control-Allow-Origin": "*",
        "Access-Control-Allow-Methods": "GET, HEAD",
        "Access-Control-Allow-Headers": "A-IM, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since",
        "Access-Control-Max-Age": str(A_DAY),
    }
    return Response(status=204, headers=headers)


def cache_control(http: Http, max_age: int) -> str:
    """The Cache-Control of whatever may be used for `max_age` seconds without asking."""
    return (
        f"max-age={max_age}, stale-while-revalidate={http.stale_while_revalidate}, stale-if-error={http.stale_if_error}"
    )
