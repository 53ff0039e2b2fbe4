"""Connections to PostgreSQL on which no wait is without an end.

A server that hangs (frozen, cut off without a reset, a disk that stands still) refuses nothing and answers nothing. No
time-out of the server helps then, so each thread has a deadline of its own for all answers.
"""

import os
import socket
import threading
import time
from collections.abc import Generator, Mapping
from concurrent.futures import Future
from typing import Any

import psycopg

from service.core.name_resolution import RESOLVER
from service.storage.deadline import CHECK_SECONDS, AnswerDeadline, running_deadline

MAX_CONNECT_SECONDS = 1.0  # seconds that a thread with a deadline waits for a new connection, beside those for answers
RESOLVE_SECONDS = 0.5  # seconds to resolve the name of a host
LIBPQ_CONNECT_SECONDS = 2  # seconds to connect to one host; libpq takes no fewer
# Milliseconds that a statement waits for a lock. PostgreSQL reports that before the deadline of a writer has passed.
LOCK_TIMEOUT_MILLISECONDS = 4_000
# Milliseconds. A host that is cut off in a transaction may hold the writer lock, so PostgreSQL ends the transaction.
IDLE_TIMEOUT_MILLISECONDS = 10_000
STATEMENT_TIMEOUT_MILLISECONDS = 30_000

_SESSION = {
    "statement_timeout": STATEMENT_TIMEOUT_MILLISECONDS,
    "lock_timeout": LOCK_TIMEOUT_MILLISECONDS,
    "idle_in_transaction_session_timeout": IDLE_TIMEOUT_MILLISECONDS,
    # PostgreSQL looks for a host that is cut off, which may hold locks: after 10 + 3 * 5 seconds it ends the session.
    "tcp_keepalives_idle": 10,
    "tcp_keepalives_interval": 5,
    "tcp_keepalives_count": 3,
    "timezone": "UTC",
}


class NoAnswer(psycopg.OperationalError):
    """PostgreSQL has not answered before the deadline."""


class BoundedConnection(psycopg.Connection[Any]):
    """A connection that is closed when the deadline of the running block has passed during a wait."""

    def wait(self, gen: Any, interval: float = CHECK_SECONDS, timeout: float | None = None) -> Any:
        deadline = running_deadline()
        return super().wait(self._bounded(gen, deadline) if deadline else gen, min(interval, CHECK_SECONDS), timeout)

    def _bounded(self, gen: Any, deadline: AnswerDeadline) -> Generator[Any, Any, Any]:
        """The steps of psycopg's generator. psycopg sends 0 instead of a state of the socket after each interval."""
        late_at = time.monotonic() + deadline.patience
        try:
            wanted = next(gen)
            while True:
                ready = yield wanted
                if not ready and deadline.has_passed:
                    self.pgconn.finish()  # an answer that comes later must not pass for that of the next statement
                    raise NoAnswer("it does not answer in time")
                if not ready and deadline.watch and time.monotonic() >= late_at:
                    deadline.watch.suspect()
                    late_at = deadline.at
                wanted = gen.send(ready)
        except StopIteration as end:
            return end.value


def arguments() -> dict[str, Any]:
    """The arguments of a connection: time-outs of the client and of the session."""
    return {
        "connect_timeout": LIBPQ_CONNECT_SECONDS,
        "tcp_user_timeout": 5_000,  # milliseconds that sent data may remain without an acknowledgement
        "keepalives_idle": 10,  # seconds; a connection whose server is gone ends after 10 + 3 * 5 seconds
        "keepalives_interval": 5,
        "keepalives_count": 3,
        "application_name": f"warta {os.getpid()}",  # names the process in pg_stat_activity
        "options": " ".join(f"-c {name}={value}" for name, value in _SESSION.items()),
    }


def connect(*positional: Any, **named: Any) -> BoundedConnection:
    """Connect in MAX_CONNECT_SECONDS, if the running block has a deadline. Raises NoAnswer, and the errors of psycopg.

    libpq may need longer: it tries each host and each of its IP addresses. So a thread of its own connects, and a
    connection that comes too late is closed.
    """
    deadline = running_deadline()
    if deadline and deadline.has_passed:
        raise NoAnswer("it does not answer in time")
    connecting: Future[BoundedConnection] = Future()
    started = time.monotonic()
    threading.Thread(
        target=_connect_in_thread, args=(connecting, positional, named), name="store-connect", daemon=True
    ).start()
    try:
        if not deadline:
            return connecting.result()
        connection = _connection_before(deadline, connecting)
    except TimeoutError:
        connecting.add_done_callback(_close)
        raise NoAnswer("no connection in time") from None
    except psycopg.errors.ConnectionTimeout as error:
        raise NoAnswer(str(error)) from error
    deadline.at += time.monotonic() - started
    return connection


def _connection_before(deadline: AnswerDeadline, connecting: Future[BoundedConnection]) -> BoundedConnection:
    """The new connection. Raises TimeoutError after MAX_CONNECT_SECONDS, and when the watch says that none comes."""
    until = time.monotonic() + MAX_CONNECT_SECONDS
    late_at = time.monotonic() + deadline.patience
    while True:
        try:
            return connecting.result(CHECK_SECONDS)
        except TimeoutError:
            now = time.monotonic()
            if connecting.done():
                continue
            if now >= until or (deadline.watch and deadline.watch.is_open()):
                raise
            if deadline.watch and now >= late_at:
                deadline.watch.suspect()


def _connect_in_thread(connecting: Future[BoundedConnection], positional: Any, named: Mapping[str, Any]) -> None:
    try:
        connecting.set_result(BoundedConnection.connect(*positional, **_resolved(named)))
    except TimeoutError as error:
        connecting.set_exception(NoAnswer(str(error)))
    except Exception as error:
        connecting.set_exception(error)


def _resolved(named: Mapping[str, Any]) -> Mapping[str, Any]:
    """The arguments of a connection, with the IP addresses of the hosts: libpq resolves names without a time limit.

    An unknown name stays as it is: libpq reports it. Raises TimeoutError.
    """
    hosts = str(named.get("host") or "").split(",")
    if "hostaddr" in named or not all(host and not host.startswith(("/", "@")) for host in hosts):  # unix sockets
        return named
    ports = str(named.get("port") or "").split(",")
    ports = ports * len(hosts) if len(ports) == 1 else ports
    found = []
    for host, port in zip(hosts, ports, strict=True):
        try:
            found += [(host, address, port) for address in RESOLVER.ip_addresses(host, RESOLVE_SECONDS)]
        except (socket.gaierror, UnicodeError):
            return named
    names, addresses, their_ports = (",".join(part) for part in zip(*found, strict=True))
    return {**named, "host": names, "hostaddr": addresses, **({"port": their_ports} if named.get("port") else {})}


def _close(connecting: Future[BoundedConnection]) -> None:
    if not connecting.exception():
        connecting.result().close()
