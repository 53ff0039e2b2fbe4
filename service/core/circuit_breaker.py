"""A circuit breaker: it refuses all uses of a part (the store, Redis) that hangs or is slow, until a probe succeeds."""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

PROBE_PAUSE_SECONDS = 0.5  # seconds between two probes of a part that hangs

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Part:
    """A part behind a circuit breaker: its `name` in the log, and the log lines for the two changes of its state."""

    name: str
    opened: str
    closed: str


class CircuitBreaker:
    """Refuses all uses of a part that does not answer well. Thread-safe.

    A thread of its own probes the part, so that no request waits for an attempt. `probe` returns whether the part
    answers well; it has a time limit. A late answer may also be that of a slow command. So it is only a suspicion, and
    the first probe decides. `report` hears of each opening (True) and closing (False).
    """

    def __init__(self, part: Part, probe: Callable[[], bool], report: Callable[[bool], None] = lambda _: None) -> None:
        self._part = part
        self._probe = probe
        self._report = report
        self._lock = threading.Lock()
        self._trusted = threading.Event()
        self._trusted.set()
        self._suspected_at = 0.0
        self._ended = threading.Event()
        self._is_open = False
        self._probing: threading.Thread | None = None

    def allows(self, patience: float) -> bool:
        """True if the part may be used.

        While that is not known, wait for the first probe until `patience` seconds after the suspicion.
        """
        if self._trusted.is_set():
            return True
        remaining = self._suspected_at + patience - time.monotonic()
        return not self._is_open and self._trusted.wait(max(remaining, 0))

    def is_open(self) -> bool:
        """True if the part has failed, or a probe of it. Then no wait for it goes on."""
        return self._is_open

    def suspect(self) -> None:
        """Probe the part now, since an answer is late. Until the probe succeeds, uses are refused."""
        self._start(first_pause=0.0)

    def open(self, reason: object) -> None:
        """Refuse uses at once, since the part has failed. The first probe follows after PROBE_PAUSE_SECONDS."""
        self._set_open(f": {reason}")
        self._start(first_pause=PROBE_PAUSE_SECONDS)

    def end(self) -> None:
        """End the probes. Waits for a running one."""
        with self._lock:  # a probe that `_start` makes has started
            self._ended.set()
        if self._probing:
            self._probing.join()

    def _start(self, first_pause: float) -> None:
        with self._lock:
            if not self._trusted.is_set() or self._ended.is_set():
                return
            self._suspected_at = time.monotonic()
            self._trusted.clear()
            name = f"{self._part.name}-probe"
            self._probing = threading.Thread(target=self._run, args=(first_pause,), name=name, daemon=True)
            self._probing.start()

    def _run(self, first_pause: float) -> None:
        if self._ended.wait(first_pause):
            return
        while not self._has_answered():
            self._set_open("")
            if self._ended.wait(PROBE_PAUSE_SECONDS):
                return
        with self._lock:
            if self._is_open:
                self._is_open = False
                self._report(False)
                log.warning(self._part.closed)
            self._trusted.set()

    def _set_open(self, reason: str) -> None:
        with self._lock:
            if self._is_open or self._ended.is_set():
                return
            self._is_open = True
            self._report(True)
            log.warning("%s%s", self._part.opened, reason)

    def _has_answered(self) -> bool:
        try:
            return self._probe()
        except Exception:  # such as no memory for a thread: the next use finds out whether the part works
            log.exception("%s cannot be probed", self._part.name)
            return True
