"""Two lanes for deliveries, so that slow subscribers delay nobody.

Each lane has a number of places, in all and for each host. Subscribers that were slow or have failed use the slow lane.
A delivery in the fast lane that takes long leaves its place to the next one, and goes on beside the lane.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

FAST_PLACES = 256  # deliveries at once in the fast lane
SLOW_PLACES = 100  # deliveries at once in the slow lane
SLOW_PLACES_PER_HOST = 10  # of them to one host
PATIENCE_SECONDS = 1.0  # seconds without an answer after which a delivery counts as slow
MAX_OVERTAKEN = 500  # slow deliveries that go on beside the fast lane
MAX_OVERTAKEN_PER_HOST = 200
STUCK_DELIVERIES = 20  # slow deliveries to a host without a quick one in between, after which the host is stuck


class Lane:
    """A number of places, in total and for each host. For the tasks of one asyncio loop."""

    def __init__(self, places: int, per_host: int) -> None:
        self._places = asyncio.Semaphore(places)
        self._per_host = per_host
        self._hosts: dict[str, asyncio.Semaphore] = {}
        self._users: Counter[str] = Counter()

    async def enter(self, host: str) -> None:
        """Wait for a place of the host, then for one of the lane: who waits for the host holds back no other host."""
        self._users[host] += 1
        places = self._hosts.setdefault(host, asyncio.Semaphore(self._per_host))
        try:
            await places.acquire()
        except BaseException:
            self._forget(host)
            raise
        try:
            await self._places.acquire()
        except BaseException:
            places.release()
            self._forget(host)
            raise

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
    is_overtaken: bool = False


@dataclass
class _Host:
    """The deliveries to a host: slow ones since the last quick one, and those that go on beside the lane."""

    slow_in_a_row: int = 0
    overtaken: int = 0


class Lanes:
    """The fast and the slow lane of one worker. `requests_per_host` is for the fast lane."""

    def __init__(self, requests_per_host: int) -> None:
        self._fast = Lane(FAST_PLACES, requests_per_host)
        self._slow = Lane(SLOW_PLACES, min(SLOW_PLACES_PER_HOST, requests_per_host))
        self._overtaken = 0
        self._hosts: dict[str, _Host] = {}

    def is_stuck(self, host: str) -> bool:
        """Whether the last deliveries to the host were all slow: the next ones belong into the slow lane."""
        known = self._hosts.get(host)
        return known is not None and known.slow_in_a_row >= STUCK_DELIVERIES

    @asynccontextmanager
    async def place(self, host: str, *, slow: bool) -> AsyncIterator[None]:
        """A place for the block. It waits until there is one."""
        place = _Place(self._slow if slow else self._fast, host)
        await place.lane.enter(host)
        timer = None if slow else asyncio.get_running_loop().call_later(PATIENCE_SECONDS, self._overtake, place)
        try:
            yield
        finally:
            if timer:
                timer.cancel()
            self._leave(place)

    def note_quick(self, host: str) -> None:
        """Note that the host has answered in time."""
        if known := self._hosts.get(host):
            known.slow_in_a_row = 0
            self._forget_idle(host, known)

    def _overtake(self, place: _Place) -> None:
        """Give the place of a slow delivery to the next one, unless too many go on beside the lane already."""
        host = self._hosts.setdefault(place.host, _Host())
        host.slow_in_a_row += 1
        if self._overtaken < MAX_OVERTAKEN and host.overtaken < MAX_OVERTAKEN_PER_HOST:
            place.is_overtaken = True
            self._overtaken += 1
            host.overtaken += 1
            place.lane.leave(place.host)

    def _leave(self, place: _Place) -> None:
        if not place.is_overtaken:
            place.lane.leave(place.host)
            return
        self._overtaken -= 1
        host = self._hosts[place.host]
        host.overtaken -= 1
        self._forget_idle(place.host, host)

    def _forget_idle(self, name: str, host: _Host) -> None:
        if not host.overtaken and not host.slow_in_a_row:
            del self._hosts[name]
