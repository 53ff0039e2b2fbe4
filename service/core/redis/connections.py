"""Connections to Redis that resolve names with a time limit, and that report late answers."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Protocol

from redis.connection import Connection, SSLConnection, UnixDomainSocketConnection
from redis.exceptions import TimeoutError as RedisTimeoutError
from redis.sentinel import SentinelManagedConnection

from service.core.name_resolution import RESOLVER

TIMEOUT_SECONDS = 0.2  # seconds, to resolve a name, to connect and for each answer
LATE_SECONDS = 0.08  # seconds after which an answer is late. A feed needs up to three answers.


class AnswersWatch(Protocol):
    """The observer of all answers in a block: it hears of late ones, and says whether further commands may be sent."""

    def suspect(self) -> None: ...

    def may_send(self) -> bool: ...


class CommandRefused(RedisTimeoutError):
    """The command was not sent, since the answers to the commands before it were late."""


_watch: ContextVar[AnswersWatch | None] = ContextVar("redis_watch", default=None)


@contextmanager
def answers_watched(watch: AnswersWatch) -> Iterator[None]:
    """In the block, the watch hears of late answers, and commands that it does not permit raise CommandRefused."""
    token = _watch.set(watch)
    try:
        yield
    finally:
        _watch.reset(token)


class _Watched:
    """Part of a connection: tells the watch of the running block about late answers."""

    def send_packed_command(self, *args: Any, **options: Any) -> Any:
        watch = _watch.get()
        if watch and not watch.may_send():
            raise CommandRefused("Redis answers slowly")
        return super().send_packed_command(*args, **options)  # type: ignore[misc]

    def read_response(self, *args: Any, **options: Any) -> Any:
        watch = _watch.get()
        # The kernel measures the time: a thread that waits for its turn in this process makes no answer late. If the
        # server is gone, `can_read` disconnects and raises ConnectionError; then nothing can be read.
        if watch and not self.can_read(LATE_SECONDS):  # type: ignore[attr-defined]
            watch.suspect()
        return super().read_response(*args, **options)  # type: ignore[misc]


class _Resolved(Connection):
    """A TCP connection that resolves the name of the host with a time limit. TLS above it still has the name."""

    def _connect(self) -> Any:
        host, failure = self.host, OSError("the host has no IP address")
        for ip_address in RESOLVER.ip_addresses(host, TIMEOUT_SECONDS):
            self.host = ip_address
            try:
                return super()._connect()
            except OSError as error:
                failure = error
            finally:
                self.host = host
        raise failure


class TcpConnection(_Watched, _Resolved):
    """A connection for `redis://`, to a Sentinel, or to a node of a Cluster."""


class TlsConnection(_Watched, SSLConnection, _Resolved):
    """A connection for `rediss://`."""


class UnixConnection(_Watched, UnixDomainSocketConnection):
    """A connection for `unix://`."""


class MasterConnection(_Watched, SentinelManagedConnection, _Resolved):
    """A connection to the master that a Sentinel names."""
