"""The IP addresses of the clients of this process's requests, and a report when proxies hide the clients.

Behind a proxy that is not in `trusted_proxies`, all visitors are one, and few of their views count. So the first such
request of an hour becomes a log line, and a key in Redis that `warta doctor` reads.
"""

import json
import logging
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any, NamedTuple

from service.core.errors import RedisUnavailable
from service.core.ip_addresses import ForwardingProblem, client_of, parse
from service.core.metrics import Metrics
from service.core.redis import RedisLink
from service.core.settings.types import Network

LOG_SECONDS = 3600.0  # seconds between two log lines of a process about one problem
REPORT_SECONDS = 24 * 3600  # seconds for which Redis keeps the last report of a problem
_KEY = "warta:forwarding:{}"  # by problem
_MESSAGES = {
    ForwardingProblem.UNTRUSTED: "%s sends forwarding headers (X-Forwarded-For, Forwarded or X-Real-IP), and is not in "
    "trusted_proxies: if it is your proxy, all visitors behind it count as one; add its network",
    ForwardingProblem.UNREADABLE: "%s is in trusted_proxies, and sends no IP address in X-Forwarded-For: all visitors "
    "behind it count as one; let it send X-Forwarded-For",
}
_STRANGER = "a peer with a public IP address"  # visitors' IP addresses are not logged

_log = logging.getLogger(__name__)


class ForwardingReport(NamedTuple):
    """The last report of a problem. `at` is in seconds since the epoch.

    `peer` is the IP address of the proxy if it is a private one, otherwise empty.
    """

    problem: ForwardingProblem
    at: float
    peer: str

    def __str__(self) -> str:
        return _MESSAGES[self.problem] % (self.peer or _STRANGER)


class Clients:
    """Finds the IP addresses of clients behind the `trusted` proxies. Threads share it."""

    def __init__(
        self,
        trusted: Sequence[Network],
        metrics: Metrics,
        link: RedisLink,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._trusted = trusted
        self._metrics = metrics
        self._link = link
        self._clock = clock
        self._log_at = dict.fromkeys(ForwardingProblem, 0.0)
        self._lock = threading.Lock()

    def ip_address(self, environ: Mapping[str, Any]) -> str:
        """The IP address of the client of a request, as `customer` returns it; empty if it is unknown."""
        others = "HTTP_FORWARDED" in environ or "HTTP_X_REAL_IP" in environ
        return self._found(environ.get("REMOTE_ADDR", ""), environ.get("HTTP_X_FORWARDED_FOR"), other_headers=others)

    def ip_address_behind(self, peer: str, forwarded: str | None) -> str:
        """The IP address of the client of a poll, from the peer of the connection and X-Forwarded-For."""
        return self._found(peer, forwarded)

    def _found(self, peer: str, forwarded: str | None, *, other_headers: bool = False) -> str:
        client = client_of(peer, forwarded, self._trusted, other_headers=other_headers)
        if client.problem:
            self._report(client.problem, peer)
        return client.ip_address

    def _report(self, problem: ForwardingProblem, peer: str) -> None:
        self._metrics.forwarding_problems.labels(problem.value).inc()
        now = self._clock()
        with self._lock:
            if now < self._log_at[problem]:
                return
            self._log_at[problem] = now + LOG_SECONDS
        found = parse(peer)
        report = ForwardingReport(problem, now, str(found) if found and found.is_private else "")
        _log.warning("%s", report)
        with suppress(RedisUnavailable), self._link.use() as redis:
            redis.set(_KEY.format(problem.value), json.dumps([report.at, report.peer]), ex=REPORT_SECONDS)


def last_reports(link: RedisLink) -> list[ForwardingReport]:
    """The last report of each problem, of all processes, in REPORT_SECONDS. Raises RedisUnavailable."""
    with link.use() as redis:
        found = {problem: redis.get(_KEY.format(problem.value)) for problem in ForwardingProblem}
    return [ForwardingReport(problem, *json.loads(value)) for problem, value in found.items() if value]
