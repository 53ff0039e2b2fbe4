"""Gives each endpoint with due events a turn, in threads of its own. Each host's worker has one courier."""

import logging
import threading
import time
from collections.abc import Callable

from service.core.errors import StoreUnavailable
from service.push.webhooks.endpoint_turn import TURN_LENGTH, Delivering, EndpointTurn

MAX_TURNS = 8  # endpoints of a process that are delivered to at once
LOOK_SECONDS = 1.0  # seconds between two looks into the store without a change on this host: retries, other hosts
MAX_STOP_SECONDS = 0.5  # seconds that `stop` waits for running deliveries; the events are delivered again later

log = logging.getLogger(__name__)


class Courier:
    """Call `dispatch` often: without a change on this host it looks into the store once in LOOK_SECONDS.

    `change` returns a value that differs after every change on this host (the change signal).
    """

    def __init__(self, delivering: Delivering, change: Callable[[], bytes]) -> None:
        self._delivering = delivering
        self._change = change
        self._seen = b""
        self._look_at = 0.0
        self._running: dict[str, threading.Thread] = {}
        self._stopping = threading.Event()

    def dispatch(self) -> None:
        """Start turns for the endpoints that are due. Returns at once. Raises StoreUnavailable."""
        change, is_time = self._change(), time.monotonic() >= self._look_at
        if self._stopping.is_set() or (change == self._seen and not is_time):
            return
        self._running = {name: thread for name, thread in self._running.items() if thread.is_alive()}
        due = self._delivering.turns.due(self._delivering.clock())
        waiting = [name for name in due if name not in self._running]
        for name in waiting[: MAX_TURNS - len(self._running)]:
            thread = threading.Thread(target=self._take_turn, args=(name,), name=f"webhook-{name}", daemon=True)
            self._running[name] = thread
            thread.start()
        self._seen = change
        # An endpoint whose turn ends may be due again at once.
        self._look_at = time.monotonic() + (0.0 if self._running else LOOK_SECONDS)

    def stop(self) -> None:
        """Let the turns end after their running deliveries, and wait for them for MAX_STOP_SECONDS."""
        self._stopping.set()
        deadline = time.monotonic() + MAX_STOP_SECONDS
        for thread in self._running.values():
            thread.join(max(deadline - time.monotonic(), 0))

    def _take_turn(self, name: str) -> None:
        turns, clock = self._delivering.turns, self._delivering.clock
        try:
            if turn := turns.take(name, clock(), TURN_LENGTH):
                EndpointTurn(turn, self._delivering, self._stopping.is_set).run()
        except StoreUnavailable as error:  # the turn ends by itself, and its unsaved events are delivered again
            log.warning("deliveries to the webhook %s wait for the store: %s", name, error)
        except Exception:
            log.exception("deliveries to the webhook %s failed", name)
