"""Sends purges to the edge: the tags in the queue are sent repeatedly until the edge confirms them."""

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

TIMEOUT = 2.0  # seconds to connect, and for each part of the response
FIRST_REST, LONGEST_REST = 0.5, 10.0  # seconds without an attempt after a failure; each further one doubles it
ANSWER = 64 * 1024  # bytes of a response body that are read
HEADER = 4_000  # bytes of tags in one request; Varnish accepts a header of 8 kB
_TRIAL = "warta-doctor"  # a tag that no response carries


class Purger:
    """Purges one cache, in turns with other processes. `address` is the URL of the cache, or of its API."""

    def __init__(self, edge: Edge, address: str, link: RedisLink, metrics: Metrics) -> None:
        self.address = address
        self._edge = edge
        self._kind: Kind = KINDS[edge.kind]
        self.queue = Queue(link, address, self._kind.again)
        self._link = link
        self._metrics = metrics
        self._rest = 0.0
        self._rest_until = 0.0
        self._failure = ""

    def order(self, list_names: Iterable[str]) -> None:
        """Order a purge of all responses that show these lists. Raises RedisUnavailable.

        The order is stored in Redis, so that the purge follows even if this process dies now. Call this only when Warta
        no longer serves the old documents, since the edge fetches them again at once.
        """
        order(self._link, [self.queue], map(tag, list_names))

    def deliver(self) -> None:
        """Purge the tags that are due.

        Raises EdgeUnavailable if the cache does not confirm. Until it is time for the next attempt, further calls raise
        the same error without an attempt. Raises RedisUnavailable.
        """
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
        """Purge a tag that no response carries, to test the connection and the token. Raises EdgeUnavailable."""
        self.purge([_TRIAL])

    def _pause(self, error: EdgeUnavailable) -> None:
        self._metrics.edge_purges.labels("failed").inc()
        self._failure = str(error)
        self._rest = min(self._rest * 2, LONGEST_REST) if self._rest else FIRST_REST
        self._rest_until = time.monotonic() + self._rest


class Purges:
    """The purges of all caches of the edge. Without an edge in the settings, the methods do nothing."""

    def __init__(self, edge: Edge, link: RedisLink, metrics: Metrics) -> None:
        kind = KINDS.get(edge.kind)
        addresses = edge.addresses or (kind.api,) if kind else ()
        self.purgers = [Purger(edge, address.rstrip("/"), link, metrics) for address in addresses]
        self._link = link
        self._renewed = not self.purgers

    def order(self, list_names: Iterable[str]) -> None:
        """Order a purge of all responses that show these lists, at all caches. Raises RedisUnavailable."""
        if self.purgers:
            order(self._link, [purger.queue for purger in self.purgers], map(tag, list_names))

    def renew(self) -> None:
        """Order a purge of everything, once per process: it may have other settings or be another release.

        Raises RedisUnavailable.
        """
        if not self._renewed:
            self.order([EVERYTHING])
            self._renewed = True


def _portions(tags: Sequence[str]) -> Iterator[list[str]]:
    """Split the tags, in their order, into portions that fit into one header."""
    portion: list[str] = []
    for each in tags:
        if portion and sum(map(len, portion)) + len(portion) + len(each) > HEADER:
            yield portion
            portion = []
        portion.append(each)
    if portion:
        yield portion


def _send(address: str, call: Call, confirms: Callable[[bytes], bool]) -> None:
    """Send one request to the cache at the URL `address`. Raises EdgeUnavailable if the cache does not confirm it.

    The operator has configured this URL, so it may lead to a private network. URLs from strangers may not
    (core/http_client.py).
    """
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
    # The error does not quote the text of the response: that could repeat anything, secrets included.
    if not 200 <= status < 300:
        hint = "; is edge.token right?" if status in (401, 403) else ""
        raise EdgeUnavailable(f"{address} answers {status}{hint}")
    if not confirms(body):
        raise EdgeUnavailable(f"{address} does not confirm a purge")


@cache
def _tls() -> ssl.SSLContext:
    return ssl.create_default_context()
