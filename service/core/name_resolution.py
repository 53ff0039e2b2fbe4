"""Resolves host names with a time limit, and remembers the last good answers.

getaddrinfo has no time limit: a resolver whose servers do not answer may hold a thread for half a minute.
"""

import socket
import threading
from collections.abc import Sequence
from concurrent.futures import Future
from ipaddress import ip_address

from service.core.lru import LruCache

MAX_REMEMBERED_NAMES = 1_000
# Errors of the resolver itself. Others say that the name does not exist, and then an older answer is not used.
_TEMPORARY = (socket.EAI_AGAIN, socket.EAI_FAIL, socket.EAI_SYSTEM)


class NameResolver:
    """Looks names up in threads of their own, for all threads of a process. One look-up of a name runs at a time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._running: dict[str, Future[Sequence[str]]] = {}
        self._last_good: LruCache[str, Sequence[str]] = LruCache(MAX_REMEMBERED_NAMES)

    def ip_addresses(self, host: str, seconds: float) -> Sequence[str]:
        """The IP addresses of the host in the resolver's order, at least one. An IP address is its own answer.

        Without an answer in `seconds`, this returns the last good answer. Raises TimeoutError if there is none,
        and OSError (socket.gaierror) or ValueError (UnicodeError) if the name cannot be resolved.
        """
        if _is_ip_address(host):
            return [host]
        try:
            return self._look_up(host).result(timeout=seconds)
        except (TimeoutError, socket.gaierror) as error:
            known = self._last_good.get(host)
            if known and (isinstance(error, TimeoutError) or error.errno in _TEMPORARY):
                return known
            if isinstance(error, TimeoutError):
                raise TimeoutError(f"the name {host} could not be resolved within {seconds:g} seconds") from None
            raise

    def _look_up(self, host: str) -> Future[Sequence[str]]:
        """The running look-up of the name, or a new one."""
        with self._lock:
            if running := self._running.get(host):
                return running
            found: Future[Sequence[str]] = Future()
            self._running[host] = found
        try:
            threading.Thread(target=self._run, args=(host, found), name="name-look-up", daemon=True).start()
        except RuntimeError as error:  # no memory for a thread
            self._end(host)
            found.set_exception(OSError(str(error)))
        return found

    def _run(self, host: str, found: Future[Sequence[str]]) -> None:
        try:
            rows = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
        except (OSError, ValueError) as error:
            self._end(host)
            found.set_exception(error)
        else:
            answer = list(dict.fromkeys(str(row[4][0]) for row in rows))
            self._last_good.put(host, answer)
            self._end(host)
            found.set_result(answer)

    def _end(self, host: str) -> None:
        with self._lock:
            del self._running[host]


RESOLVER = NameResolver()  # of this process


def _is_ip_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
