"""Carrying purges to the edge: what waits in the queue is sent, again and again until the edge says yes."""

import http.client
import ssl
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from urllib.parse import urlsplit

from service.core.errors import EdgeUnavailable
from service.core.metrics import Metrics
from service.core.redis import RedisLink
from service.core.settings.model import Edge
from service.push.edge.kinds import KINDS, Call, Kind
from service.push.edge.queue import Queue, order
from service.push.edge.tags import EVERYTHING, tag

TIMEOUT = 2.0  # seconds, to connect and for each part of the answer
FIRST_REST, LONGEST_REST = 0.5, 10.0  # seconds without an attempt after a failure; twice as long after each
ANSWER = 64 * 1024  # bytes of an answer that are looked at
HEADER = 4_000  # bytes of tags in one call; Varnish takes a header of 8 kB
_TRIAL = "warta-doctor"  # a tag that nothing has


class Purger:
    """Purges one cache, in turns with other processes."""

    def __init__(self, edge: Edge, address: str, link: RedisLink, metrics: Metrics) -> None:
        self.address = address
        self._edge = edge
        self._kind: Kind = KINDS[edge.kind]
        self.queue = Queue(link, address, self._kind.again)
        self._metrics = metrics
        self._rest = 0.0
        self._rest_until = 0.0
        self._failure = ""

    def deliver(self) -> None:
        """Purge what is due. Raises RedisUnavailable; EdgeUnavailable when the cache does not confirm, and then again,
        without an attempt, until it is time for the next."""
        if time.monotonic() < self._rest_until:
            raise EdgeUnavailable(self._failure)
        while (taken := self.queue.take(self._kind.most)).members:
            try:
                self.purge(taken.tags)
            except EdgeUnavailable as error:
                self._pause(error)
                self.queue.leave(taken)
                raise
            self._rest = 0.0
            self._metrics.edge_purges.labels("confirmed").inc()
            self.queue.purged(taken)

    def purge(self, tags: Sequence[str]) -> None:
        """Purge the tags now. Raises EdgeUnavailable."""
        for some in _portions([EVERYTHING] if EVERYTHING in tags else tags):
            _send(self.address, self._kind.purge(self._edge, some), self._kind.confirms)

    def try_out(self) -> None:
        """Purge what nothing is tagged with: the cache answers, and the token is right. Raises EdgeUnavailable."""
        self.purge([_TRIAL])

    def _pause(self, error: EdgeUnavailable) -> None:
        self._metrics.edge_purges.labels("failed").inc()
        self._failure = str(error)
        self._rest = min(self._rest * 2, LONGEST_REST) if self._rest else FIRST_REST
        self._rest_until = time.monotonic() + self._rest


class Purges:
    """The purges of every cache of the edge; without an edge there is nothing to do."""

    def __init__(self, edge: Edge, link: RedisLink, metrics: Metrics) -> None:
        kind = KINDS.get(edge.kind)
        addresses = edge.addresses or (kind.api,) if kind else ()
        self.purgers = [Purger(edge, address.rstrip("/"), link, metrics) for address in addresses]
        self._link = link
        self._renewed = not self.purgers

    def order(self, shelves: Iterable[str]) -> None:
        """What shows these shelves is to be purged: soon, and even if this process dies now. Raises RedisUnavailable.

        To be called when nobody can get the old documents from Warta any more: the edge asks again at once.
        """
        if self.purgers:
            order(self._link, [purger.queue for purger in self.purgers], map(tag, shelves))

    def renew(self) -> None:
        """Once in the life of a process: order everything, since it may come with other settings, or be another
        release. Raises RedisUnavailable."""
        if not self._renewed:
            self.order([EVERYTHING])
            self._renewed = True


def _portions(tags: Sequence[str]) -> Iterator[list[str]]:
    """The tags in order, as many at once as fit into a header."""
    portion: list[str] = []
    for each in tags:
        if portion and sum(map(len, portion)) + len(portion) + len(each) > HEADER:
            yield portion
            portion = []
        portion.append(each)
    if portion:
        yield portion


def _send(address: str, call: Call, confirms: Callable[[bytes], bool]) -> None:
    """The operator has named the address: other than a stranger's it may be private (core/http_client.py)."""
    parts = urlsplit(address)
    host = parts.hostname or ""
    connection = (
        http.client.HTTPSConnection(host, parts.port, timeout=TIMEOUT, context=_tls())
        if parts.scheme == "https"
        else http.client.HTTPConnection(host, parts.port, timeout=TIMEOUT)
    )
    try:
        connection.request(call.method, f"{parts.path}{call.path}", call.body, {"User-Agent": "Warta", **call.headers})
        with connection.getresponse() as answer:
            status, body = answer.status, answer.read(ANSWER)
    except (OSError, UnicodeError, http.client.HTTPException) as error:
        raise EdgeUnavailable(f"{address} does not answer: {str(error) or type(error).__name__}") from error
    finally:
        connection.close()
    # What an answer says in words is not passed on: who knows what it repeats.
    if not 200 <= status < 300:
        hint = "; is edge.token right?" if status in (401, 403) else ""
        raise EdgeUnavailable(f"{address} answers {status}{hint}")
    if not confirms(body):
        raise EdgeUnavailable(f"{address} does not confirm a purge")


@cache
def _tls() -> ssl.SSLContext:
    return ssl.create_default_context()
