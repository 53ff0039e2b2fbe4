"""Parked requests: long polls that wait for a change without holding a thread.

The handler of a request answers at once, and leaves a `Wait` in the WSGI environment. Then the server keeps the
connection and sends nothing. One thread of the process answers all parked requests later. If there is no place, the
handler's own answer is sent.
"""

import logging
import signal
import socket
import threading
import time
from dataclasses import dataclass
from typing import Protocol

from flask import Response

from service.web.http.waiting import Wait

MAX_PARKED = 200  # requests of a process that wait at once; each is a connection of `limits.connections`
LOOK_SECONDS = 0.05  # between two looks at the change signal, while a request waits

log = logging.getLogger(__name__)


class Answerable(Protocol):
    """The connection of a request. It may be answered in any thread, once."""

    def response_bytes(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None: ...


@dataclass(frozen=True)
class _Parked:
    connection: Answerable
    wait: Wait


class ParkingLot:
    """The parked requests of one process. Thread-safe."""

    def __init__(self, places: int = MAX_PARKED) -> None:
        self._places = places
        self._parked: list[_Parked] = []
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None
        self._closed = False

    def park(self, connection: Answerable, wait: Wait) -> bool:
        """Keep the request until it has an answer. Returns False if there is no place; then the caller answers."""
        with self._changed:
            if self._closed or len(self._parked) >= self._places:
                return False
            self._parked.append(_Parked(connection, wait))
            wait.count(1)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="parked-requests", daemon=True)
                self._thread.start()
            self._changed.notify()
        return True

    def close(self) -> None:
        """Answer all parked requests now, and park no other: the process ends."""
        with self._changed:
            self._closed = True
            parked, self._parked = self._parked, []
        for each in parked:
            self._answer(each, is_last=True)

    def _run(self) -> None:
        while True:
            with self._changed:
                while not self._parked:
                    self._changed.wait()
                parked = list(self._parked)
            for each in parked:
                is_over = time.monotonic() >= each.wait.until
                if (is_over or each.wait.has_changed()) and self._answer(each, is_last=is_over):
                    with self._changed:
                        if each in self._parked:
                            self._parked.remove(each)
            time.sleep(LOOK_SECONDS)

    def _answer(self, parked: _Parked, *, is_last: bool) -> bool:
        """Answer the request. Returns False if it still has to wait."""
        try:
            response = parked.wait.last_look() if is_last else parked.wait.look()
        except Exception:
            log.exception("a parked request failed")
            response = Response(status=500)
        if response is None:
            return False
        parked.wait.count(-1)
        body = response.get_data()
        response.headers["X-Content-Type-Options"] = "nosniff"
        headers = [(name, value) for name, value in response.headers.items() if name != "Content-Length"]
        headers.append(("Content-Length", str(len(body))))
        parked.connection.response_bytes(response.status_code, headers, body)
        return True


def close_at_signal(parking: ParkingLot) -> None:
    """Answer the parked requests when the process gets a signal to stop: the server waits for them before it ends.

    Call it in the main thread. It leaves the signal handlers as they are.
    """
    received, written = socket.socketpair()
    written.setblocking(False)
    signal.set_wakeup_fd(written.fileno())  # Python writes the number of each signal

    def wait() -> None:
        with received, written:
            while received.recv(1)[0] not in (signal.SIGTERM, signal.SIGINT):
                pass
            parking.close()

    threading.Thread(target=wait, name="stop-signal", daemon=True).start()
