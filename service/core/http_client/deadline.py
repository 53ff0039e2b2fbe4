"""The time limit of an outgoing request, as a whole."""

import contextlib
import socket
import threading
import time
from types import TracebackType
from typing import Self


class Deadline:
    """A time limit for a `with` block. At its end, a timer thread shuts the connection of the block down.

    A time-out for each read is not enough: a server that sends a byte a second never exceeds it.
    """

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.passed = False
        self._end = time.monotonic() + seconds
        self._connection: socket.socket | None = None
        self._timer = threading.Timer(seconds, self._shut_down)
        self._timer.daemon = True

    def __enter__(self) -> Self:
        self._timer.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._timer.cancel()

    def remaining(self) -> float:
        """Seconds until the end. Never 0, which would make a socket non-blocking."""
        return max(self._end - time.monotonic(), 0.001)

    def shut_down_at_end(self, connection: socket.socket) -> None:
        """Register the only open connection of the block. If the time has passed, it is shut down now."""
        self._connection = connection
        if self.passed:
            self._shut_down()

    def _shut_down(self) -> None:
        self.passed = True
        if self._connection is not None:
            # Not SSLSocket.shutdown: that removes the TLS state while another thread reads with it.
            with contextlib.suppress(OSError):
                socket.socket.shutdown(self._connection, socket.SHUT_RDWR)
