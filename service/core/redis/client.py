"""The client of Redis (one server, Sentinel or Cluster), and its behaviour while Redis is away.

A feed must not wait for a cache that is down. So time-outs are 0.2 seconds, and after a failure this process makes no
attempt for a second.
"""

import logging
import math
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import Any
from urllib.parse import unquote, urlsplit
from weakref import WeakSet

from redis import Redis, RedisCluster, RedisError, Sentinel
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import RedisClusterException, ResponseError
from redis.retry import Retry

from service.core.credentials import check_credentials
from service.core.errors import RedisUnavailable, SettingsError
from service.core.metrics import Metrics

TIMEOUT_SECONDS = 0.2  # seconds, to connect and for each answer
PAUSE_SECONDS = 1.0  # seconds without an attempt after a failure
SUSPECT_SECONDS = 10.0  # seconds after a failure in which Redis may not yet have the changes made during the outage
SENTINEL_PORT = 26379
KEY_LOG_SECONDS = 60.0  # between two log lines about keys with a wrong value
_KEY_ERRORS = ("WRONGTYPE", "value is not an integer", "value is not a valid float")  # of one key, not of the server

log = logging.getLogger(__name__)


def connect(url: str) -> Any:
    """A client for `redis://`, `rediss://`, `unix://`, `redis+sentinel://` or `redis+cluster://`.

    It connects at its first use. Raises SettingsError for an invalid URL. The type is `Any`, since redis-py's own types
    mix the return values of its blocking and its asyncio clients.
    """
    check_credentials("redis_url", url, reserved="/?#")
    try:
        return _client(url)
    except ValueError:  # its message shows the text in place of the host or port, which may be a password
        raise SettingsError(
            "redis_url: cannot be read; write redis://USER:PASSWORD@HOST:PORT/NUMBER, unix://PATH, "
            "redis+sentinel://HOST:PORT,HOST:PORT/SERVICE or redis+cluster://HOST:PORT"
        ) from None


def _client(url: str) -> Any:
    # If the server has closed an idle connection (a restart, a failover), a second attempt at once succeeds. There is
    # none after a time-out: the server may still execute the first command, and a view would count twice.
    options: dict[str, Any] = {
        "socket_timeout": TIMEOUT_SECONDS,
        "socket_connect_timeout": TIMEOUT_SECONDS,
        "retry": Retry(NoBackoff(), 1, supported_errors=(RedisConnectionError,)),
    }
    parts = urlsplit(url)
    if parts.scheme == "redis+cluster":
        plain = url.replace("redis+cluster", "redis", 1)
        _ = parts.port  # raises ValueError for a wrong port now, not at the first use
        return _LazyClient(lambda: RedisCluster.from_url(plain, **options))
    if parts.scheme == "redis+sentinel":
        hosts = [urlsplit(f"//{host}") for host in parts.netloc.rpartition("@")[2].split(",")]
        service, _, db = parts.path.strip("/").partition("/")
        if not service or not all(host.hostname for host in hosts):
            raise ValueError("no service, or a host without a name")
        addresses = [(host.hostname, host.port or SENTINEL_PORT) for host in hosts]
        sentinel = Sentinel(addresses, sentinel_kwargs=options, **options)
        password = unquote(parts.password) if parts.password else None
        return sentinel.master_for(service, password=password, db=int(db or 0), **options)
    if parts.scheme == "unix":
        options.pop("socket_connect_timeout")
    with closing(Redis.from_url(url, **options)):  # raises ValueError for a wrong URL now
        return _ClientPerThread(lambda: Redis.from_url(url, single_connection_client=True, **options))


class _LazyClient:
    """Makes a client at its first use, since a client of a cluster connects when it is made. Threads may share it."""

    def __init__(self, make: Callable[[], Any]) -> None:
        self._make = make
        self._client: Any = None
        self._lock = threading.Lock()

    def __getattr__(self, name: str) -> Any:
        with self._lock:
            if self._client is None:
                self._client = self._make()
        return getattr(self._client, name)

    def close(self) -> None:
        if self._client is not None:
            self._client.disconnect_connection_pools()  # its `close` leaves the nodes' connections open
            self._client.close()


class _ClientPerThread:
    """Makes a client for each thread that uses it. Each client keeps its own connection.

    To take a connection from a pool and to return it would cost half as much as a command.
    """

    def __init__(self, make: Callable[[], Redis]) -> None:
        self._make = make
        self._mine = threading.local()
        self._made: WeakSet[Redis] = WeakSet()  # weak, so that the client of a thread ends with the thread
        self._lock = threading.Lock()

    def __getattr__(self, name: str) -> Any:
        client = getattr(self._mine, "client", None)
        if client is None:
            self._mine.client = client = self._make()
            with self._lock:
                self._made.add(client)
        return getattr(client, name)

    def close(self) -> None:
        with self._lock:
            for client in self._made:
                client.close()


class RedisLink:
    """A client behind a circuit breaker: for PAUSE_SECONDS after a failure `use` raises RedisUnavailable.

    A key that another program has overwritten is no such failure: only the uses of that key raise RedisUnavailable.
    """

    def __init__(self, client: Any, metrics: Metrics) -> None:
        self._client = client
        self._metrics = metrics
        self._failed_at = -math.inf
        self._away = False
        self._key_logged_at = -math.inf

    @contextmanager
    def use(self) -> Iterator[Any]:
        """The client, for a few commands in a `with` block. A failure of Redis in the block raises RedisUnavailable."""
        if time.monotonic() < self._failed_at + PAUSE_SECONDS:
            raise RedisUnavailable("Redis is away")
        try:
            yield self._client
        except (RedisError, RedisClusterException, OSError) as error:
            if _is_about_a_key(error):
                self._report_key(error)
            else:
                self._open_circuit(error)
            raise RedisUnavailable(f"Redis cannot be used: {error}") from error
        if self._away:
            self._away = False
            log.warning("redis is back")

    @property
    def is_suspect(self) -> bool:
        """Whether Redis is away, or was in the last SUSPECT_SECONDS. Then it may not yet have the latest changes."""
        return time.monotonic() < self._failed_at + SUSPECT_SECONDS

    def _open_circuit(self, error: Exception) -> None:
        self._metrics.redis_failures.inc()
        self._failed_at = time.monotonic()
        if not self._away:
            self._away = True
            log.warning("redis is away; feeds come from the store, and page views wait: %s", error)

    def _report_key(self, error: Exception) -> None:
        self._metrics.redis_failures.inc()
        if time.monotonic() >= self._key_logged_at + KEY_LOG_SECONDS:
            self._key_logged_at = time.monotonic()
            log.warning("redis has a key with a wrong value, as from another program; delete it: %s", error)

    def close(self) -> None:
        self._client.close()


def _is_about_a_key(error: Exception) -> bool:
    return isinstance(error, ResponseError) and any(text in str(error) for text in _KEY_ERRORS)
