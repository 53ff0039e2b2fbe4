"""The body of a request, read with a deadline, and by few threads at once.

The server reads a body in the thread of its request, and such a read has no time limit. A client that sends a byte now
and then would hold the thread for as long as it likes, and eight such clients would stop a process. So each body has a
minimum rate and a total time (`limits` in the settings), and bodies may hold only a part of the threads.
"""

import logging
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, NamedTuple, Protocol

from service.core.errors import BadRequest, BodyTooSlow, TooBusy, WartaError
from service.core.settings.serving import Limits

BLOCK_BYTES = 4_096  # bytes that one read waits for: at the minimum rate they come within the grace period
GRACE_SECONDS = 5.0  # seconds before the minimum rate counts
STRANGER_SECONDS = 5.0  # in total for a client without a token, which may send only a sign-in form
CHECK_SECONDS = 0.2  # seconds between two checks of the deadlines


log = logging.getLogger(__name__)


class Sender(Enum):
    """The sender of a body: a client without a token, a client with one, or a client that sends a batch."""

    STRANGER = "stranger"
    KNOWN = "known"
    BATCH = "batch"


class Stream(Protocol):
    """The body from the server. `read` blocks until `size` bytes have arrived, or until the body ends."""

    def read(self, size: int, /) -> bytes: ...


class ThreadPlaces:
    """The threads of a process that bodies of one kind may hold. Safe to share between threads.

    One client (an IP address) holds at most `most_per_client` of them.
    """

    def __init__(self, most: int, *, each: int | None = None) -> None:
        self._most = most
        self._each = most if each is None else each
        self._held: Counter[str] = Counter()
        self._lock = threading.Lock()

    def take(self, client: str) -> None:
        """Take a place for the client. Raises TooBusy."""
        with self._lock:
            if self._held.total() >= self._most or self._held[client] >= self._each:
                raise TooBusy("too many request bodies of this kind are being received; try again later")
            self._held[client] += 1

    def give_back(self, client: str) -> None:
        with self._lock:
            self._held[client] -= 1
            if not self._held[client]:
                del self._held[client]


@dataclass(frozen=True)
class SenderLimits:
    """The limits for the senders of a kind: `seconds` of waiting in total, and threads.

    A stranger needs one of the `places` before the first byte is read, and a batch keeps its place until the request
    ends. The body of a client with a token has nearly always arrived before the read. So fast bodies of these clients
    are not counted, and at most `slow` of the slow ones go on.
    """

    seconds: float
    places: ThreadPlaces | None = None
    slow: int | None = None


class _Wait(NamedTuple):
    """The wait of a thread for a body, in seconds of the monotonic clock."""

    since: float
    deadline: float


class RequestBodies:
    """The rules for all bodies of a process, and the thread that ends the wait for slow ones."""

    def __init__(self, limits: Limits, threads: int) -> None:
        self.rate = limits.body_rate
        self.allowances = {
            Sender.STRANGER: SenderLimits(
                min(STRANGER_SECONDS, limits.body_seconds), ThreadPlaces(max(1, threads // 6), each=1)
            ),
            Sender.KNOWN: SenderLimits(limits.body_seconds, slow=max(1, threads // 3)),
            Sender.BATCH: SenderLimits(limits.batch_seconds, ThreadPlaces(max(1, threads // 4))),
        }
        self._waits: dict[RequestBody, _Wait] = {}
        self._lock = threading.Lock()
        self._watching = False

    def watch(self, body: "RequestBody", seconds: float) -> None:
        """Register the wait of a thread for the body. It begins now and lasts at most `seconds`."""
        now = time.monotonic()
        with self._lock:
            self._waits[body] = _Wait(now, now + seconds)
            if not self._watching:
                self._watching = True
                threading.Thread(target=self._run, name="body-deadlines", daemon=True).start()

    def unwatch(self, body: "RequestBody") -> None:
        """Remove the wait for the body: its thread does not wait any more."""
        with self._lock:
            self._waits.pop(body, None)

    def _run(self) -> None:
        while True:
            time.sleep(CHECK_SECONDS)
            for body in self._too_slow(time.monotonic()):
                try:
                    body.abort()
                except Exception:  # without this thread no slow body would ever end; the next round tries again
                    log.exception("a slow body could not be ended")

    def _too_slow(self, now: float) -> list["RequestBody"]:
        """Return the bodies past their deadline, and the newest slow bodies above the limit `slow` of their kind."""
        with self._lock:
            waits = dict(self._waits)
        late = [body for body, wait in waits.items() if wait.deadline <= now]
        for allowance in self.allowances.values():
            if allowance.slow is not None:
                slow = [
                    body for body, wait in waits.items() if body.uses(allowance) and wait.since <= now - CHECK_SECONDS
                ]
                late += sorted(slow, key=lambda body: waits[body].since)[allowance.slow :]
        return late


class RequestBody:
    """A body as `wsgi.input`. One thread reads; another may abort.

    `length` is the Content-Length in bytes, None if the client does not send it. `disconnect` makes the server
    close the connection, which ends a read that waits.
    """

    def __init__(
        self, stream: Stream, length: int | None, client: str, bodies: RequestBodies, disconnect: Callable[[], None]
    ) -> None:
        self._stream = stream
        self._left = length
        self._client = client
        self._bodies = bodies
        self._disconnect = disconnect
        self._allowance = bodies.allowances[Sender.STRANGER]
        self._place: ThreadPlaces | None = None
        self._keeps_place = False
        self._received = 0
        self._waited = 0.0
        self._ended = length == 0
        self._failure: WartaError | None = None
        self._is_waiting = False
        self._aborted = False

    def set_sender(self, kind: Sender) -> None:
        """Set the kind of the sender. A batch takes its place now. Raises TooBusy."""
        self.finish()
        self._allowance = self._bodies.allowances[kind]
        self._keeps_place = kind is Sender.BATCH
        if self._keeps_place:
            self._take_place()

    def uses(self, allowance: SenderLimits) -> bool:
        """True if the sender is of the kind that has this allowance."""
        return self._allowance is allowance

    def read(self, size: int = -1, /) -> bytes:
        """Read at most `size` bytes; fewer only at the end of the body. A negative `size` reads the rest of the body.

        Raises BodyTooSlow, TooBusy, and BadRequest if the connection ends before the body does.
        """
        pieces: list[bytes] = []
        missing = size
        while missing and (piece := self.read1(missing)):
            pieces.append(piece)
            missing -= len(piece) if missing > 0 else 0
        return b"".join(pieces)

    def read1(self, size: int = -1, /) -> bytes:
        """Read the next bytes, at most BLOCK_BYTES of them; none at the end of the body.

        Raises the errors of `read`. If the body fails, the bytes that arrived before are returned first, and the next
        call raises.
        """
        if self._failure:
            raise self._failure
        if self._ended or size == 0:
            return b""
        return self._piece(min(size, BLOCK_BYTES) if size > 0 else BLOCK_BYTES)

    def finish(self) -> None:
        """Give the place back, because the request or its body is over."""
        if self._place:
            self._place.give_back(self._client)
            self._place = None

    def abort(self) -> None:
        """End the wait for a client that is too slow.

        The thread of `RequestBodies` calls it, not the thread that reads, and repeats it until the wait ends.
        """
        if self._is_waiting:
            self._aborted = True
            self._disconnect()

    def _take_place(self) -> None:
        if not self._place and self._allowance.places:
            self._allowance.places.take(self._client)
            self._place = self._allowance.places

    def _piece(self, most: int) -> bytes:
        self._take_place()
        wanted = most if self._left is None else min(most, self._left)
        piece = self._wait_for(wanted)
        self._received += len(piece)
        if self._left is not None:
            self._left -= len(piece)
        if self._aborted or self._patience() < 0:
            self._failure = BodyTooSlow(self._too_slow())
        elif len(piece) < wanted and self._left:
            self._failure = BadRequest(f"the connection ended {self._left} bytes before the end of the body")
        if self._failure or len(piece) < wanted or self._left == 0:
            self._end()
        if self._failure and not piece:
            raise self._failure
        return piece

    def _wait_for(self, size: int) -> bytes:
        started = time.monotonic()
        self._is_waiting = True
        self._bodies.watch(self, self._patience())
        try:
            return self._stream.read(size)
        finally:
            self._is_waiting = False
            self._bodies.unwatch(self)
            self._waited += time.monotonic() - started

    def _patience(self) -> float:
        """Return the seconds that are left to wait. Only waits count, not the time to store a part of a batch."""
        return min(self._allowance.seconds, GRACE_SECONDS + self._received / self._bodies.rate) - self._waited

    def _too_slow(self) -> str:
        return (
            f"{self._received} bytes of the body arrived within {self._waited:.0f} seconds; it must bring "
            f"{self._bodies.rate} bytes a second and be complete within {self._allowance.seconds:.0f} seconds"
        )

    def _end(self) -> None:
        self._ended = True
        if not self._keeps_place:
            self.finish()


def set_sender(environ: Mapping[str, Any], kind: Sender) -> None:
    """Set the kind of the sender of the request's body. Raises TooBusy."""
    body = environ["wsgi.input"]
    if isinstance(body, RequestBody):  # it is another object without our server
        body.set_sender(kind)
