"""The fast path: answers requests for known URLs in front of Flask, from memory while the document there is current.

Handlers teach it: with each document they give the functions that find the document and answer with it. Requests for
unknown URLs and unusual requests go to Flask, which answers with the same bytes.
"""

import itertools
import threading
import time
import weakref
from collections.abc import Callable, Iterable
from typing import Any

from service.core.errors import NotYet
from service.core.metrics import Metrics
from service.documents.builder import Served
from service.documents.memory_cache import Held
from service.readers.polls import Polls
from service.web.http.responses import Answer, Reply

Address = tuple[str, str]  # path and query
Environ = dict[str, Any]
StartResponse = Callable[..., Any]
Application = Callable[[Environ, StartResponse], Iterable[bytes]]

# Known URLs without a query, at most, and an eighth as many with one. Then a new URL replaces the one that was learned
# first, which is learned again at its next request.
ADDRESSES = 2_000
METHODS = ("GET", "HEAD")
FAILED = "warta.failed"  # key of an error that happened before Flask: Flask answers it
_LESSON = "warta.known"


class Known:
    """The knowledge about one URL: how to find its document and answer with it, and its endpoint for the metrics.

    It has only weak references to documents, so that the memory cache can drop them.
    """

    def __init__(self, look: Callable[[], tuple[Served, Answer]], endpoint: str) -> None:
        self._look = look
        self.endpoint = endpoint
        self._place: Callable[[], Held | None] = _nowhere
        self._answer: Answer | None = None

    def look(self, environ: Environ) -> Reply:
        """Find the current document, wherever it is, and answer with it. Raises the errors of both steps."""
        served, answer = self._look()
        if served.place:
            self._place, self._answer = weakref.ref(served.place), answer
        return answer.reply(environ, served.document)

    def ready(self, environ: Environ) -> Reply | None:
        """Answer from this process's memory alone; None if that is not possible.

        It is possible if the copy is current, and it is not yet time to check that again. Raises the errors of
        `Answer.reply`.
        """
        place, answer = self._place(), self._answer
        copy = place.ready() if place else None
        if copy is None or answer is None or not answer.is_for(document := copy.kept.document):
            return None
        return answer.reply(environ, document)


def _nowhere() -> None:
    """Return None, as the place of a document that is not held in memory."""


def teach(environ: Environ, known: Known) -> None:
    """Teach the fast path the URL of this request, for later requests. Handlers call it."""
    environ[_LESSON] = known


class Warm:
    """The fast path as a WSGI application in front of another one. Shared by a process's threads."""

    def __init__(
        self,
        app: Application,
        metrics: Metrics,
        beacon: Callable[[Environ], Reply | None],
        polls: Polls | None = None,
        addresses: int = ADDRESSES,
    ) -> None:
        self._app = app
        self._beacon = beacon
        self._metrics = metrics
        self._polls = polls
        self._addresses = addresses
        # URLs with a query are kept apart: each feed accepts a hundred limits, which would displace the other URLs.
        self._known: dict[Address, Known] = {}
        self._asked: dict[Address, Known] = {}
        self._learning = threading.Lock()
        self._answered: dict[tuple[str, str, str], _Times] = {}  # by endpoint, method, status

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        method = environ["REQUEST_METHOD"]
        if method == "POST" and (reply := self._viewed(environ)):
            return self._send(method, environ, reply, start_response)
        if method not in METHODS:
            return self._app(environ, start_response)
        address = environ["PATH_INFO"], environ["QUERY_STRING"]
        known = self._asked.get(address) if address[1] else self._known.get(address)
        if known is not None and (reply := self._reply(known, method, environ)):
            return self._send(method, environ, reply, start_response)
        body = self._app(environ, start_response)
        if lesson := environ.get(_LESSON):
            self._learn(address, lesson)
        return body

    def _viewed(self, environ: Environ) -> Reply | None:
        """Answer a beacon. None for any other request, and after an error: Flask answers these."""
        try:
            reply = self._beacon(environ)
        except Exception as error:
            environ[FAILED] = error
            return None
        if reply:
            self._count("PageViews_beacon", "POST", reply)
        return reply

    def _reply(self, known: Known, method: str, environ: Environ) -> Reply | None:
        """Answer from memory, or else look the document up as the handler does. None if Flask must answer."""
        try:
            if reply := known.ready(environ):
                self._count(known.endpoint, method, reply)
                return reply
            started = time.perf_counter()
            reply = known.look(environ)
        except NotYet:  # the handler redirects to the feed
            return None
        except Exception as error:
            environ[FAILED] = error
            return None
        self._metrics.request_seconds.labels(known.endpoint).observe(time.perf_counter() - started)
        self._metrics.requests.labels(known.endpoint, method, reply[0][:3]).inc()
        return reply

    def _count(self, endpoint: str, method: str, reply: Reply) -> None:
        kind = endpoint, method, reply[0]
        (self._answered.get(kind) or self._answered.setdefault(kind, _Times())).add()

    def _send(self, method: str, environ: Environ, reply: Reply, start_response: StartResponse) -> Iterable[bytes]:
        status, headers, body, poll = reply
        if method == "HEAD":
            body, poll = b"", poll and poll.bodiless
        if poll is not None and self._polls is not None:
            self._polls.record(poll, environ)
        start_response(status, headers)
        return [body]

    def _learn(self, address: Address, known: Known) -> None:
        known_here = self._asked if address[1] else self._known
        with self._learning:
            known_here.pop(address, None)
            while len(known_here) >= (self._addresses // 8 if address[1] else self._addresses):
                del known_here[next(iter(known_here))]
            known_here[address] = known

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
        self._told = 0

    def since_last(self) -> int:
        now = next(self._count)
        new, self._told = now - self._told, now + 1  # reading the counter adds one, too
        return new
