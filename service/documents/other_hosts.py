"""Changes on other hosts: each is signalled to the processes of this host as soon as Redis passes the message on.

Without the message, as while Redis is away, a process notices the change after HOLD_SECONDS (memory_cache.py).
"""

import time
from contextlib import suppress
from datetime import datetime

from service.core.metrics import Metrics
from service.documents.change_signal import ChangeSignal

CHANNEL = "warta:changes"


def change_message(signal: ChangeSignal, since: datetime | None) -> str:
    """The message that this host publishes after a change: its id, and the time of the change in seconds since 1970.

    Without `since` that time is now.
    """
    return f"{signal.host_id} {since.timestamp() if since else time.time():.6f}"


class OtherHosts:
    """Receives the messages of all hosts."""

    def __init__(self, signal: ChangeSignal, metrics: Metrics) -> None:
        self._signal = signal
        self._metrics = metrics

    def receive(self, message: bytes) -> None:
        """Signal the change, unless it is of this host. Messages of another form are ignored."""
        host, _, sent = message.decode(errors="replace").partition(" ")
        if host == self._signal.host_id:
            return
        self._signal.send()
        with suppress(ValueError):
            self._metrics.change_seconds.observe(max(time.time() - float(sent), 0.0))

    def connected(self) -> None:
        """Signal a change: messages may have been lost."""
        self._signal.send()
