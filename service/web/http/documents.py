"""Responses of the handlers with documents. The fast path learns their URLs."""

from collections.abc import Callable, Mapping, Sequence

from flask import Request, Response

from service.bootstrap import Services
from service.documents.encodings import Level
from service.documents.memory_cache import Slot
from service.push.edge import OUTDATED_MAX_AGE, edge_headers
from service.readers.polls import PolledUrl
from service.web.http.caching import Caching
from service.web.http.delta import Deltas
from service.web.http.fast_path import CachedRoute, register
from service.web.http.responses import Responses, WsgiResponse

QUICK_EDGE_MAX_AGE = 10  # seconds that the edge may keep a document that may soon have smaller encodings


class DocumentResponder:
    """Answers GET and HEAD with documents from the document builder."""

    def __init__(self, services: Services) -> None:
        self._settings = services.settings
        self._edge = services.settings.edge
        self._deltas = Deltas(services.settings.http.delta_agents)
        self._polls = services.readership.polls

    def respond(
        self,
        request: Request,
        look: Callable[[], Slot],
        list_names: Sequence[str],
        headers: Mapping[str, str],
        caching: Caching,
        *,
        polled: PolledUrl | None = None,
        page: str | None = None,
        media_type: str | None = None,
        is_known: bool = True,
    ) -> Response:
        """Answer with the document that `look` returns, in its best encoding, as the client's conditions require.

        A change of one of the lists purges the document at the edge. `polled` names the feed, if the document is one.
        `page` is the URL to which a browser is redirected that opens the document. `media_type` is sent in place of the
        document's own. The fast path does not learn a URL that is not `is_known`: anybody may invent such URLs.

        The fast path calls `look` again after this request is over, so `look` must not use the request. Raises the
        errors of `look`, NotAcceptable, PreconditionFailed.
        """

        def look_up() -> tuple[Slot, Responses]:
            slot = look()
            document = slot.document
            common = {
                "Cache-Control": fresh,
                **_status(slot),
                **headers,
                **edge_headers(self._edge, list_names, _edge_max_age(slot, changing)),
                "X-Content-Type-Options": "nosniff",
                "Vary": ", ".join([*chosen_by, "Accept-Encoding", *(["Sec-Fetch-Dest"] if page else [])]),
            }
            polls = self._polls.of_document(polled, document) if polled else None
            is_outdated = slot.how in ("previous", "stale")
            responses = Responses(
                document, common, self._deltas, polls, page=page, media_type=media_type, outdated=is_outdated
            )
            return slot, responses

        fresh = caching.cache_control(self._settings)
        changing = caching.edge_max_age(self._settings) if caching.edge_max_age else None
        chosen_by = [headers["Vary"]] if "Vary" in headers else []
        route = CachedRoute(look_up, request.endpoint or "", by_accept=bool(chosen_by))
        response = route.respond(request.environ)
        if is_known:
            register(request.environ, route)
        if poll := response[3]:
            self._polls.record(poll.bodiless if request.method == "HEAD" else poll, request.environ)
        return response_of(response)


def response_of(response: WsgiResponse) -> Response:
    """Return the response in the form of a handler's."""
    status, headers, body, _ = response
    returned = Response(body, status, headers)
    if returned.status_code in (303, 304):
        returned.headers.pop("Content-Type", None)
    return returned


def _edge_max_age(slot: Slot, changing: int | None) -> int | None:
    """Return the seconds that the edge may keep the document; None for until it is purged."""
    if slot.how in ("previous", "stale"):
        return OUTDATED_MAX_AGE
    if slot.document.level is Level.QUICK:  # it may soon have smaller encodings
        return min(changing or QUICK_EDGE_MAX_AGE, QUICK_EDGE_MAX_AGE)
    return changing


def _status(slot: Slot) -> dict[str, str]:
    """Return Cache-Status for the last good copy of a document (RFC 9211); empty for a current one."""
    if slot.how != "stale":
        return {}
    return {"Cache-Status": 'warta; hit; detail="the store is away; this is the last good copy"'}
