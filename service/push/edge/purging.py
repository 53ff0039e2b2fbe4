"""Sends purges to the edge: the tags in the queue are sent repeatedly until the edge confirms them."""

import time
from collections.abc import Iterable, Iterator, Sequence

from service.core.errors import EdgeUnavailable
from service.core.http_client import ANY_NETWORK, OutgoingError, send
from service.core.metrics import Metrics
from service.core.redis import RedisLink
from service.core.settings.serving import Edge
from service.push.edge.kinds import EDGE_KINDS
from service.push.edge.queue import PurgeQueue, add_tags
from service.push.edge.tags import COMMON_TAG, edge_tag

PURGE_TIMEOUT_SECONDS = 4.0  # for one purge request, from the look-up of the name to the end of the response
FIRST_PAUSE_SECONDS = (
    0.5  # without an attempt after a failure; each further failure doubles it, up to EdgeKind.max_pause
)
MAX_RESPONSE_BYTES = 64 * 1024  # of a response body that are read
MAX_TAGS_HEADER_BYTES = 4_000  # of tags in one request; Varnish accepts a header of 8 kB
_TEST_TAG = "warta-doctor"  # a tag that no response carries


class Purger:
    """Purges one cache, in turns with other processes. `url` is the URL of the cache, or of its API."""

    def __init__(self, edge: Edge, url: str, link: RedisLink, metrics: Metrics) -> None:
        self.url = url
        self._edge = edge
        self._kind = EDGE_KINDS[edge.kind]
        self.queue = PurgeQueue(link, url, self._kind.repeat_delays)
        self._link = link
        self._metrics = metrics
        self._pause_seconds = 0.0
        self._pause_end = 0.0
        self._failure = ""

    def order(self, list_names: Iterable[str]) -> None:
        """Order a purge of all responses that show these lists. Raises RedisUnavailable.

        The order is stored in Redis, so that the purge follows even if this process dies now. Call this only when Warta
        no longer serves the old documents, since the edge fetches them again at once.
        """
        add_tags(self._link, [self.queue], map(edge_tag, list_names))

    def deliver(self) -> None:
        """Purge the tags that are due.

        Raises EdgeUnavailable if the cache does not confirm. Until it is time for the next attempt, further calls raise
        the same error without an attempt. Raises RedisUnavailable.
        """
        if time.monotonic() < self._pause_end:
            raise EdgeUnavailable(self._failure)
        while (due := self.queue.take_due(self._kind.max_purge_tags)).members:
            try:
                self.purge(due.tags)
            except EdgeUnavailable as error:
                self._pause(error)
                self.queue.release()
                raise
            self._pause_seconds = 0.0
            self._metrics.edge_purges.labels("confirmed").inc()
            if (ordered_at := due.first_ordered_at) is not None:
                self._metrics.edge_delay_seconds.observe(max(time.time() - ordered_at, 0.0))
            self.queue.confirm(due)

    def purge(self, tags: Sequence[str]) -> None:
        """Purge the tags now. Raises EdgeUnavailable."""
        for portion in _portions([COMMON_TAG] if COMMON_TAG in tags else tags):
            self._send(portion)

    def try_out(self) -> None:
        """Purge a tag that no response carries, to test the connection and the token. Raises EdgeUnavailable."""
        self.purge([_TEST_TAG])

    def _send(self, tags: Sequence[str]) -> None:
        """Send one purge request. Raises EdgeUnavailable if the cache does not confirm it."""
        request = self._kind.purge_request(self._edge, tags)
        try:
            response = send(
                request.method,
                f"{self.url}{request.path}",
                headers=request.headers,
                body=request.body,
                allow=ANY_NETWORK,  # the operator has set this URL
                limit_bytes=MAX_RESPONSE_BYTES,
                timeout=PURGE_TIMEOUT_SECONDS,
            )
        except OutgoingError as error:
            raise EdgeUnavailable(f"{self.url} does not answer: {error.reason}") from error
        # The errors do not quote the text of the response: that could repeat anything, secrets included.
        if not 200 <= response.status < 300:
            hint = "; is edge.token right?" if response.status in (401, 403) else ""
            raise EdgeUnavailable(f"{self.url} answers {response.status}{hint}")
        if not self._kind.confirms(response.body):
            raise EdgeUnavailable(f"{self.url} does not confirm a purge")

    def _pause(self, error: EdgeUnavailable) -> None:
        self._metrics.edge_purges.labels("failed").inc()
        self._failure = str(error)
        self._pause_seconds = min(self._pause_seconds * 2, self._kind.max_pause) or FIRST_PAUSE_SECONDS
        self._pause_end = time.monotonic() + self._pause_seconds


class Purges:
    """The purges of all caches of the edge. Without an edge in the settings, the methods do nothing."""

    def __init__(self, edge: Edge, link: RedisLink, metrics: Metrics) -> None:
        kind = EDGE_KINDS.get(edge.kind)
        urls = edge.addresses or (kind.api_url,) if kind else ()
        self.purgers = [Purger(edge, url.rstrip("/"), link, metrics) for url in urls]
        self._link = link
        self._renewed = not self.purgers

    def order(self, list_names: Iterable[str]) -> None:
        """Order a purge of all responses that show these lists, at all caches. Raises RedisUnavailable."""
        if self.purgers:
            add_tags(self._link, [purger.queue for purger in self.purgers], map(edge_tag, list_names))

    def renew(self) -> None:
        """Order a purge of everything, once per process: it may have other settings or be another release.

        Raises RedisUnavailable.
        """
        if not self._renewed:
            self.order([COMMON_TAG])
            self._renewed = True


def _portions(tags: Sequence[str]) -> Iterator[list[str]]:
    """Split the tags, in their order, into portions that fit into one header."""
    portion: list[str] = []
    for tag in tags:
        if portion and sum(map(len, portion)) + len(portion) + len(tag) > MAX_TAGS_HEADER_BYTES:
            yield portion
            portion = []
        portion.append(tag)
    if portion:
        yield portion
