"""What keeps a store that hangs from taking every thread: a circuit breaker, and a limit of threads in the store."""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from service.core.errors import StoreUnavailable

PROBE_PAUSE_SECONDS = 0.5  # seconds between two probes of a store that hangs

log = logging.getLogger(__name__)


class CircuitBreaker:
    """Refuses all uses of a store that hangs. A thread of its own probes it, so that no request waits for an attempt.

    `probe` returns whether the store answers; it has a time limit. A late answer may also be that of a slow query. So
    it is only a suspicion, and the first probe decides: a store that works answers it in a few milliseconds.
    """

    def __init__(self, probe: Callable[[], bool]) -> None:
        self._probe = probe
        self._lock = threading.Lock()
        self._trusted = threading.Event()
        self._trusted.set()
        self._suspected_at = 0.0
        self._ended = threading.Event()
        self._is_hopeless = False
        self._probing: threading.Thread | None = None

    def check(self, patience: float) -> None:
        """Raise StoreUnavailable if the store hangs.

        While that is not known, wait for the first probe until `patience` seconds after the suspicion.
        """
        if self._trusted.is_set():
            return
        remaining = self._suspected_at + patience - time.monotonic()
        if self._is_hopeless or not self._trusted.wait(max(remaining, 0)):
            raise StoreUnavailable("the store does not answer")

    def is_hopeless(self) -> bool:
        """Whether the store has left a probe without an answer. Then no wait for it goes on."""
        return self._is_hopeless

    def suspect(self) -> None:
        """Probe the store, since an answer is late. Until it answers, uses are refused."""
        with self._lock:
            if not self._trusted.is_set() or self._ended.is_set():
                return
            self._suspected_at = time.monotonic()
            self._trusted.clear()
            self._probing = threading.Thread(target=self._run, name="store-probe", daemon=True)
            self._probing.start()

    def end(self) -> None:
        """End the probes. Waits for a running one."""
        with self._lock:  # a probe that `suspect` makes has started
            self._ended.set()
        if self._probing:
            self._probing.join()

    def _has_answered(self) -> bool:
        try:
            return self._probe()
        except Exception:  # such as no memory for a thread: the next use finds out whether the store hangs
            log.exception("the store cannot be probed")
            return True

    def _run(self) -> None:
        while not self._has_answered():
            if not self._is_hopeless:
                self._is_hopeless = True
                log.warning("the store does not answer; feeds come from the caches, and changes are refused")
            if self._ended.wait(PROBE_PAUSE_SECONDS):
                return
        if self._is_hopeless:
            log.warning("the store answers again")
        self._is_hopeless = False
        self._trusted.set()


class StorePlaces:
    """The threads of this process that may be in the store for one purpose, at most `places`.

    The others wait for a place. They are refused when `seconds` have passed in which no thread has left. If no thread
    has left for `hang_seconds`, the store hangs, and they are refused at once: those that wait must not hold all
    threads of the process. SQLite on a disk that hangs is found by this alone, since no call of it can be interrupted.
    """

    def __init__(self, places: int, seconds: float, hang_seconds: float) -> None:
        self._free = places
        self._seconds = seconds
        self._hang_seconds = hang_seconds
        self._moved_at = 0.0  # the time on the monotonic clock when a thread last entered or left
        self._left = threading.Condition()

    @contextmanager
    def take(self) -> Iterator[None]:
        """A place for the block. Raises StoreUnavailable."""
        with self._left:
            while not self._free:
                hangs = time.monotonic() - self._moved_at >= self._hang_seconds
                if hangs or not self._left.wait(self._seconds):
                    raise StoreUnavailable("too many threads wait for the store")
            self._free -= 1
            self._moved_at = time.monotonic()
        try:
            yield
        finally:
            with self._left:
                self._free += 1
                self._moved_at = time.monotonic()
                self._left.notify_all()
