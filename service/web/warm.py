"""The warm path: a document that is held in memory and known to be current is answered before Flask is asked.

Handlers teach it: with each document they say where it is held, and how it is answered. What is not known, not current
or unusual goes to Flask, which gives the very same bytes.
"""

import weakref
from collections import Counter, deque
from collections.abc import Callable, Iterable
from typing import Any

from service.errors import WartaError
from service.memory import Held
from service.metrics import Metrics
from service.web.answer import Answer, Reply

Address = tuple[str, str]  # path and query
Environ = dict[str, Any]
StartResponse = Callable[..., Any]
Application = Callable[[Environ, StartResponse], Iterable[bytes]]

ADDRESSES = 2_000  # that are known; then all are forgotten, and learned again as they come
UNCOUNTED = 1_000_000  # answers between two counts, which come every half second
METHODS = ("GET", "HEAD")
_LESSON = "warta.known"


class Known:
    """What is known of an address: where its document is held, the answers with it, and whose they are.

    Nothing here keeps a document in memory: whoever is to be forgotten is.
    """

    def __init__(self, place: Held, answer: Answer, endpoint: str) -> None:
        self.place = weakref.ref(place)
        self.answer = answer
        self.endpoint = endpoint


def teach(environ: Environ, known: Known) -> None:
    """Called by a handler, for all requests to come at the address of this one."""
    environ[_LESSON] = known


class Warm:
    """A WSGI application in front of another; shared by a process's threads."""

    def __init__(
        self, app: Application, metrics: Metrics, beacon: Callable[[Environ], Reply | None], addresses: int = ADDRESSES
    ) -> None:
        self._app = app
        self._beacon = beacon
        self._metrics = metrics
        self._addresses = addresses
        self._known: dict[Address, Known] = {}
        self._answered: deque[tuple[str, str, str]] = deque(maxlen=UNCOUNTED)

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        method = environ["REQUEST_METHOD"]
        if method == "POST" and (reply := self._beacon(environ)):
            self._answered.append(("PageViews_beacon", method, reply.status))
            start_response(reply.status, reply.headers)
            return [b""]
        if method not in METHODS:
            return self._app(environ, start_response)
        address = environ["PATH_INFO"], environ["QUERY_STRING"]
        known = self._known.get(address)
        if known is not None and (reply := _ready(known, environ)):
            self._answered.append((known.endpoint, method, reply.status))
            start_response(reply.status, reply.headers)
            return [reply.body] if method == "GET" else [b""]
        body = self._app(environ, start_response)
        if lesson := environ.get(_LESSON):
            self._learn(address, lesson)
        return body

    def _learn(self, address: Address, known: Known) -> None:
        if len(self._known) >= self._addresses:
            self._known.clear()
        self._known[address] = known

    def count(self) -> None:
        """Tell the metrics what was answered here since the last time."""
        answered = [self._answered.popleft() for _ in range(len(self._answered))]
        for (endpoint, method, status), times in Counter(answered).items():
            self._metrics.requests.labels(endpoint, method, status[:3]).inc(times)
            if method != "POST":
                self._metrics.documents.labels("held").inc(times)


def _ready(known: Known, environ: Environ) -> Reply | None:
    """The answer, if it needs nobody else: the copy is current, and it is not time to look whether it still is."""
    place = known.place()
    copy = place.current() if place else None
    if place is None or copy is None or place.due():
        return None
    document = copy.kept.document
    if not known.answer.is_for(document):
        return None
    try:
        return known.answer.reply(environ, document)
    except WartaError:  # Flask knows how to say it
        return None
