"""The warm path: a document that is held in memory and known to be current is answered before Flask is asked.

Handlers teach it: with each document they say where it is held, and how it is answered. What is not known, not current
or unusual goes to Flask, which gives the very same bytes.
"""

import itertools
import weakref
from collections.abc import Callable, Iterable
from typing import Any

from service.errors import WartaError
from service.memory import Held
from service.metrics import Metrics
from service.readership.polls import Polls
from service.web.answer import Answer, Reply

Address = tuple[str, str]  # path and query
Environ = dict[str, Any]
StartResponse = Callable[..., Any]
Application = Callable[[Environ, StartResponse], Iterable[bytes]]

ADDRESSES = 2_000  # that are known; then all are forgotten, and learned again as they come
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
        self._known: dict[Address, Known] = {}
        self._answered: dict[tuple[str, str, str], _Times] = {}  # by endpoint, method, status

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        method = environ["REQUEST_METHOD"]
        if method == "POST" and (reply := self._beacon(environ)):
            return self._answer("PageViews_beacon", environ, reply, start_response)
        if method not in METHODS:
            return self._app(environ, start_response)
        address = environ["PATH_INFO"], environ["QUERY_STRING"]
        known = self._known.get(address)
        if known is not None and (reply := _ready(known, environ)):
            return self._answer(known.endpoint, environ, reply, start_response)
        body = self._app(environ, start_response)
        if lesson := environ.get(_LESSON):
            self._learn(address, lesson)
        return body

    def _answer(self, endpoint: str, environ: Environ, reply: Reply, start_response: StartResponse) -> Iterable[bytes]:
        status, headers, body, poll = reply
        method = environ["REQUEST_METHOD"]
        if method == "HEAD":
            body, poll = b"", poll and poll.bodiless
        kind = endpoint, method, status
        (self._answered.get(kind) or self._answered.setdefault(kind, _Times())).add()
        if poll is not None and self._polls is not None:
            self._polls.take(poll, environ)
        start_response(status, headers)
        return [body]

    def _learn(self, address: Address, known: Known) -> None:
        if len(self._known) >= self._addresses:
            self._known.clear()
        self._known[address] = known

    def count(self) -> None:
        """Tell the metrics what was answered here since the last time."""
        for (endpoint, method, status), times in list(self._answered.items()):
            new = times.since_last()
            self._metrics.requests.labels(endpoint, method, status[:3]).inc(new)
            if method != "POST":
                self._metrics.documents.labels("held").inc(new)


class _Times:
    """A count without a lock: `add` is one call into C, which no other thread interrupts."""

    def __init__(self) -> None:
        self._count = itertools.count()
        self.add: Callable[[], int] = self._count.__next__
        self._told = 0

    def since_last(self) -> int:
        now = next(self._count)
        new, self._told = now - self._told, now + 1  # looking counts, too
        return new


def _ready(known: Known, environ: Environ) -> Reply | None:
    """The answer, if it needs nobody else: the copy is current, and it is not time to look whether it still is."""
    place = known.place()
    copy = place.ready() if place else None
    if copy is None:
        return None
    document = copy.kept.document
    if not known.answer.is_for(document):
        return None
    try:
        return known.answer.reply(environ, document)
    except WartaError:  # Flask knows how to say it
        return None
