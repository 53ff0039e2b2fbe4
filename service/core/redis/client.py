"""The client of Redis: one server, Sentinel or Cluster. It fails fast, since a feed must not wait for a cache."""

import threading
from collections.abc import Callable
from contextlib import closing
from typing import Any
from urllib.parse import SplitResult, unquote, urlsplit
from weakref import WeakSet

from redis import ConnectionPool, Redis, RedisCluster, Sentinel
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.retry import Retry

from service.core.credentials import check_credentials
from service.core.errors import SettingsError
from service.core.redis.connections import (
    TIMEOUT_SECONDS,
    MasterConnection,
    TcpConnection,
    TlsConnection,
    UnixConnection,
)

SENTINEL_PORT = 26379
_CONNECTIONS = {"redis": TcpConnection, "rediss": TlsConnection, "unix": UnixConnection}


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
        return _ClusterClient(lambda: RedisCluster.from_url(plain, connection_class=TcpConnection, **options))
    if parts.scheme == "redis+sentinel":
        return _master_client(parts, options)
    if parts.scheme == "unix":
        options.pop("socket_connect_timeout")
    options["connection_class"] = _CONNECTIONS.get(parts.scheme, TcpConnection)
    with closing(Redis.from_url(url, **options)):  # raises ValueError for a wrong URL now
        return _ClientPerThread(lambda: Redis.from_url(url, single_connection_client=True, **options))


def _master_client(parts: SplitResult, options: dict[str, Any]) -> Any:
    """A client of the master that one of the Sentinels names."""
    hosts = [urlsplit(f"//{host}") for host in parts.netloc.rpartition("@")[2].split(",")]
    service, _, db = parts.path.strip("/").partition("/")
    if not service or not all(host.hostname for host in hosts):
        raise ValueError("no service, or a host without a name")
    sentinel = Sentinel([], **options)
    sentinel.sentinels = [
        Redis.from_pool(ConnectionPool(TcpConnection, host=host.hostname, port=host.port or SENTINEL_PORT, **options))
        for host in hosts
    ]
    password = unquote(parts.password) if parts.password else None
    return sentinel.master_for(
        service, connection_class=MasterConnection, password=password, db=int(db or 0), **options
    )


class _ClusterClient:
    """Makes a client of a Cluster at its first use, since that connects when it is made. Threads may share it."""

    def __init__(self, make: Callable[[], RedisCluster]) -> None:
        self._make = make
        self._client: Any = None
        self._lock = threading.Lock()

    def __getattr__(self, name: str) -> Any:
        with self._lock:
            if self._client is None:
                self._client = self._make()
        return getattr(self._client, name)

    def ping(self) -> None:
        """Ping each master: the Cluster is as quick as its slowest one."""
        self.execute_command("PING", target_nodes=RedisCluster.PRIMARIES)

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
