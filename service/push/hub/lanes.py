"""Two lanes for deliveries, so that slow subscribers delay nobody.

Each lane has a number of places, in total and for each host. Subscribers that were slow or have failed use the slow
lane. A delivery in the fast lane that takes long leaves its place to the next one, and goes on beside the lane.
"""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

FAST_PLACES = 256  # deliveries at once in the fast lane
SLOW_PLACES = 100  # deliveries at once in the slow lane
SLOW_PLACES_PER_HOST = 10  # of them to one host
PATIENCE_SECONDS = 1.0  # seconds without an answer after which a delivery counts as slow
# Seconds after which a delivery leaves its place in the fast lane. Others wait PATIENCE_SECONDS for a place: with the
# same time, they would give up in the moment in which the place comes free.
OVERTAKE_SECONDS = 0.5
# The same, if the host has answered nothing for so long: then the others may be subscribers that do answer, and the
# first of them gets its document within 0.2 seconds.
SILENT_SECONDS = 0.1
MAX_OVERTAKEN = 500  # deliveries that go on beside the fast lane
MAX_OVERTAKEN_PER_HOST = 200


class Lane:
    """A number of places, in total and for each host. For the tasks of one asyncio loop."""

    def __init__(self, places: int, per_host: int) -> None:
        self._places = asyncio.Semaphore(places)
        self._per_host = per_host
        self._hosts: dict[str, asyncio.Semaphore] = {}
        self._users: Counter[str] = Counter()

    async def enter(self, host: str, patience: float | None = None) -> bool:
        """Wait for a place of the host, then for one of the lane: who waits for a host holds back no other host.

        Returns False if the host has no place within `patience` seconds.
        """
        self._users[host] += 1
        places = self._hosts.setdefault(host, asyncio.Semaphore(self._per_host))
        entered = False
        try:
            async with asyncio.timeout(patience if places.locked() else None):
                await places.acquire()
            try:
                await self._places.acquire()
                entered = True
            finally:
                if not entered:
                    places.release()
        except TimeoutError:
            pass
        finally:
            if not entered:
                self._forget(host)
        return entered

    def leave(self, host: str) -> None:
        self._places.release()
        self._hosts[host].release()
        self._forget(host)

    def _forget(self, host: str) -> None:
        self._users[host] -= 1
        if not self._users[host]:
            del self._users[host], self._hosts[host]


@dataclass
class _Place:
    """A place in a lane, or beside it after it was overtaken."""

    lane: Lane
    host: str
    timer: asyncio.TimerHandle | None = None  # overtakes the delivery
    is_overtaken: bool = False


class Lanes:
    """The fast and the slow lane of one worker. `requests_per_host` is for the fast lane."""

    def __init__(self, requests_per_host: int) -> None:
        self._fast = Lane(FAST_PLACES, requests_per_host)
        self._slow = Lane(SLOW_PLACES, min(SLOW_PLACES_PER_HOST, requests_per_host))
        self._overtaken: Counter[str] = Counter()
        self._quick_at: dict[str, float] = {}  # the time of the last quick answer by host, on the monotonic clock

    @asynccontextmanager
    async def place(self, host: str, *, slow: bool) -> AsyncIterator[bool]:
        """A place for the block. The value is False if there is none, since the host does not get on.

        That is so after PATIENCE_SECONDS without a place and without a quick answer of the host.
        """
        lane = self._slow if slow else self._fast
        while not (entered := await lane.enter(host, PATIENCE_SECONDS)):
            if time.monotonic() > self._quick_at.get(host, 0.0) + PATIENCE_SECONDS:
                break
        if not entered:
            yield False
            return
        place = _Place(lane, host)
        if not slow:
            place.timer = asyncio.get_running_loop().call_later(SILENT_SECONDS, self._overtake_if_silent, place)
        try:
            yield True
        finally:
            if place.timer:
                place.timer.cancel()
            self._leave(place)

    def note_quick(self, host: str) -> None:
        """Note that the host has answered in time."""
        now = time.monotonic()
        if len(self._quick_at) > 2 * FAST_PLACES:
            self._quick_at = {name: at for name, at in self._quick_at.items() if at > now - PATIENCE_SECONDS}
        self._quick_at[host] = now

    def _overtake_if_silent(self, place: _Place) -> None:
        if time.monotonic() > self._quick_at.get(place.host, 0.0) + SILENT_SECONDS:
            self._overtake(place)
        else:
            wait = OVERTAKE_SECONDS - SILENT_SECONDS
            place.timer = asyncio.get_running_loop().call_later(wait, self._overtake, place)

    def _overtake(self, place: _Place) -> None:
        """Give the place of a slow delivery to the next one, unless too many go on beside the lane already."""
        if self._overtaken.total() < MAX_OVERTAKEN and self._overtaken[place.host] < MAX_OVERTAKEN_PER_HOST:
            place.is_overtaken = True
            self._overtaken[place.host] += 1
            place.lane.leave(place.host)

    def _leave(self, place: _Place) -> None:
        if not place.is_overtaken:
            place.lane.leave(place.host)
            return
        self._overtaken[place.host] -= 1
        if not self._overtaken[place.host]:
            del self._overtaken[place.host]
