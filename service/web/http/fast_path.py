"""The fast path: answers requests for known URLs in front of Flask, from memory while the document there is current.

Handlers register routes: with each document they give the functions that find the document and answer with it. Requests
for unknown URLs and unusual requests go to Flask, which answers with the same bytes.
"""

import itertools
import threading
import time
import weakref
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from service.core.errors import NotYet
from service.core.metrics import Metrics
from service.documents.memory_cache import Slot
from service.readers.polls import Polls
from service.web.http.responses import Responses, WsgiResponse

Target = tuple[str, str]  # path and query
NegotiatedTarget = tuple[str, str, str]  # path, query and Accept
K = TypeVar("K")
Environ = dict[str, Any]
StartResponse = Callable[..., Any]
Application = Callable[[Environ, StartResponse], Iterable[bytes]]

# Known URLs without a query, and an eighth as many with one. Then a new URL replaces the one that was registered first,
# which is registered again at its next request. This is no LRU cache, because each hit would need a lock.
MAX_ROUTES = 2_000
MAX_ACCEPT = 300  # characters of an Accept header in a remembered route; those of browsers have 140 at most
METHODS = ("GET", "HEAD")
FAILED = "warta.failed"  # key of an error that happened before Flask: Flask answers it
_ROUTE = "warta.route"


class CachedRoute:
    """The knowledge about one URL: how to find its document and answer with it, and its endpoint for the metrics.

    The route is for one value of the Accept header if the document was chosen `by_accept`. It has only a weak reference
    to the document's slot, so that the memory cache can drop it.
    """

    def __init__(self, look: Callable[[], tuple[Slot, Responses]], endpoint: str, *, by_accept: bool = False) -> None:
        self._look = look
        self.endpoint = endpoint
        self.by_accept = by_accept
        self._known: tuple[Callable[[], Slot | None], Responses] | None = None

    def respond(self, environ: Environ) -> WsgiResponse:
        """Find the current document, wherever it is, and answer with it. Raises the errors of both steps."""
        slot, responses = self._look()
        self._known = weakref.ref(slot), responses
        return responses.respond(environ, slot.document)

    def respond_fresh(self, environ: Environ) -> WsgiResponse | None:
        """Answer from this process's memory alone; None if that is not possible.

        It is possible if the document is current, and it is not yet time to check that again. Raises the errors of
        `Responses.respond`.
        """
        if self._known is None:
            return None
        reference, responses = self._known
        slot = reference()
        if slot is None or not slot.fresh() or not responses.is_for(document := slot.document):
            return None
        return responses.respond(environ, document)


def register(environ: Environ, route: CachedRoute) -> None:
    """Register the route of this request for later requests. Handlers call it."""
    environ[_ROUTE] = route


class FastPath:
    """The fast path as a WSGI application in front of another one. Shared by a process's threads."""

    def __init__(
        self,
        app: Application,
        metrics: Metrics,
        beacon: Callable[[Environ], WsgiResponse | None],
        polls: Polls | None = None,
        max_routes: int = MAX_ROUTES,
    ) -> None:
        self._app = app
        self._beacon = beacon
        self._metrics = metrics
        self._polls = polls
        self._max_routes = max_routes
        # URLs with a query are kept apart: each feed accepts a hundred limits, which would displace the others. URLs
        # whose document depends on Accept are kept apart, too: clients may send any number of values.
        self._routes: dict[Target, CachedRoute] = {}
        self._query_routes: dict[Target, CachedRoute] = {}
        self._accept_routes: dict[NegotiatedTarget, CachedRoute] = {}
        self._registering = threading.Lock()
        self._answered: dict[tuple[str, str, str], _Times] = {}  # by endpoint, method, status

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        method = environ["REQUEST_METHOD"]
        if method == "POST" and (response := self._viewed(environ)):
            return self._send(method, environ, response, start_response)
        if method not in METHODS:
            return self._app(environ, start_response)
        target = environ["PATH_INFO"], environ["QUERY_STRING"]
        route = (self._query_routes if target[1] else self._routes).get(target)
        if route is None:
            route = self._accept_routes.get((*target, environ.get("HTTP_ACCEPT", "")))
        if route is not None and (response := self._respond(route, method, environ)):
            return self._send(method, environ, response, start_response)
        body = self._app(environ, start_response)
        if registered := environ.get(_ROUTE):
            self._remember(target, registered, environ.get("HTTP_ACCEPT", ""))
        return body

    def _viewed(self, environ: Environ) -> WsgiResponse | None:
        """Answer a beacon. None for any other request, and after an error: Flask answers these."""
        try:
            response = self._beacon(environ)
        except Exception as error:
            environ[FAILED] = error
            return None
        if response:
            self._count("PageViews_beacon", "POST", response)
        return response

    def _respond(self, route: CachedRoute, method: str, environ: Environ) -> WsgiResponse | None:
        """Answer from memory, or else look the document up as the handler does. None if Flask must answer."""
        try:
            if response := route.respond_fresh(environ):
                self._count(route.endpoint, method, response)
                return response
            started = time.perf_counter()
            response = route.respond(environ)
        except NotYet:  # the handler redirects to the feed
            return None
        except Exception as error:
            environ[FAILED] = error
            return None
        self._metrics.request_seconds.labels(route.endpoint).observe(time.perf_counter() - started)
        self._metrics.requests.labels(route.endpoint, method, response[0][:3]).inc()
        return response

    def _count(self, endpoint: str, method: str, response: WsgiResponse) -> None:
        kind = endpoint, method, response[0]
        (self._answered.get(kind) or self._answered.setdefault(kind, _Times())).add()

    def _send(
        self, method: str, environ: Environ, response: WsgiResponse, start_response: StartResponse
    ) -> Iterable[bytes]:
        status, headers, body, poll = response
        if method == "HEAD":
            body, poll = b"", poll and poll.bodiless
        if poll is not None and self._polls is not None:
            self._polls.record(poll, environ)
        start_response(status, headers)
        return [body]

    def _remember(self, target: Target, route: CachedRoute, accept: str) -> None:
        if not route.by_accept:
            routes, limit = (
                (self._query_routes, self._max_routes // 8) if target[1] else (self._routes, self._max_routes)
            )
            self._put(routes, target, route, limit)
        elif len(accept) <= MAX_ACCEPT:
            self._put(self._accept_routes, (*target, accept), route, self._max_routes // 2)

    def _put(self, routes: dict[K, CachedRoute], target: K, route: CachedRoute, limit: int) -> None:
        with self._registering:
            routes.pop(target, None)
            while len(routes) >= limit:
                del routes[next(iter(routes))]
            routes[target] = route

    def count(self) -> None:
        """Add the answers since the last call to the metrics."""
        for (endpoint, method, status), times in list(self._answered.items()):
            new = times.since_last()
            self._metrics.requests.labels(endpoint, method, status[:3]).inc(new)
            if method != "POST":
                self._metrics.documents.labels("held").inc(new)


class _Times:
    """A counter without a lock. `add` is one call into C, which no other thread interrupts."""

    def __init__(self) -> None:
        self._count = itertools.count()
        self.add: Callable[[], int] = self._count.__next__
        self._reported = 0

    def since_last(self) -> int:
        now = next(self._count)
        new, self._reported = now - self._reported, now + 1  # reading the counter adds one, too
        return new
