"""Distributes new documents to the subscribers of their topics (WebSub §7).

A turn follows the log of announcements, makes the documents of the topics that have changed, and takes portions of the
subscriptions that lack them. A task of its own delivers to each. The outcomes are stored together, several times a
second. A worker that dies in between leaves its portion to the others, once the lease of the portion has ended.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from service.articles.dates import utc_now
from service.core.errors import StoreUnavailable
from service.core.http_client.async_client import AsyncHttpClient
from service.core.settings.hub import Hub
from service.push.delivery_counts import DeliveryCounts
from service.push.hub.content import Content, Contents
from service.push.hub.delivery import deliver
from service.push.hub.lanes import Lanes
from service.push.hub.store_threads import StoreThreads
from service.storage.hub import (
    Delivered,
    DueSubscription,
    Ended,
    Failed,
    HubTopic,
    HubTopics,
    Outcome,
    Returned,
    Subscriptions,
)

MAX_TAKEN = {False: 1_000, True: 200}  # subscriptions that a worker has taken at once, quick ones and slow ones
PORTION = 250  # subscriptions that are taken at a time
FIRST_PORTION = 20  # by a worker without deliveries: all of a portion connect before the first one sends
LEASE_MARGIN_SECONDS = 5.0  # of a lease, beside the longest delivery; in them a delivery must begin
# Seconds for which a subscription is given back if its host does not get on: a quick one, a slow one
HOST_PAUSE_SECONDS = {False: 0.5, True: 5.0}
NO_DOCUMENT_SECONDS = 10.0  # until a topic without a document is tried again
TIDY_SECONDS = 30.0  # between two deletions of ended subscriptions


class Distributor:
    """The deliveries of one worker, for one asyncio loop."""

    def __init__(
        self,
        client: AsyncHttpClient,
        topics: HubTopics,
        subscriptions: Subscriptions,
        contents: Contents,
        settings: Hub,
        counts: DeliveryCounts,
        in_store: StoreThreads,
    ) -> None:
        self._client = client
        self._topics = topics
        self._subscriptions = subscriptions
        self._contents = contents
        self._settings = settings
        self._counts = counts
        self._in_store = in_store
        self._lanes = Lanes(settings.requests_per_host)
        self._lease_seconds = settings.delivery_seconds + LEASE_MARGIN_SECONDS
        self._taken: Counter[bool] = Counter()
        self._tasks: set[asyncio.Task[None]] = set()
        self._outcomes: list[Outcome] = []
        self._no_document_until: dict[int, float] = {}
        self._tidied_at = 0.0
        self.wake = asyncio.Event()  # set when another turn may find more to do: there is room, or outcomes are stored

    async def turn(self) -> None:
        """Start the deliveries that are due, as far as there is room. Raises StoreUnavailable."""
        self.wake.clear()
        while await self._in_store(self._topics.follow):
            pass
        ready = []
        for topic in await self._in_store(self._topics.unsettled):
            if self._no_document_until.get(topic.key, 0.0) > time.monotonic():
                continue
            newest = await self._in_store(self._contents.newest, topic)
            if newest is None:
                self._no_document_until[topic.key] = time.monotonic() + NO_DOCUMENT_SECONDS
            elif newest[0].is_open:
                ready.append(newest)
        while ready:  # a portion of each topic in turn: none waits for all subscribers of another
            ready = [(topic, content) for topic, content in ready if await self._start_portion(topic, content)]
        await self._tidy()

    async def settle(self) -> None:
        """Store the outcomes so far. If the store is away, they are stored later. Raises StoreUnavailable."""
        outcomes, self._outcomes = self._outcomes, []
        if not outcomes:
            return
        try:
            await self._in_store(self._subscriptions.settle, outcomes)
        except StoreUnavailable:
            self._outcomes = [*outcomes, *self._outcomes]
            raise
        self.wake.set()  # a version that was recorded meanwhile makes the same subscriptions due again

    async def finish(self, seconds: float) -> None:
        """Wait for running deliveries, at most `seconds`. Give back the subscriptions to which nothing was sent."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=seconds)
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.settle()

    async def _start_portion(self, topic: HubTopic, content: Content) -> bool:
        """Take a portion in each lane and start its deliveries. Returns whether there may be more for this topic."""
        more = False
        for slow in (False, True):
            portion = PORTION if self._taken[slow] else FIRST_PORTION
            room = min(MAX_TAKEN[slow] - self._taken[slow], portion)
            if room <= 0:
                continue
            taken_at = time.monotonic()
            found = await self._in_store(self._subscriptions.take, topic, room, self._lease_seconds, slow=slow)
            self._start(found, topic, content, taken_at)
            more = more or len(found) == room
        return more

    def _start(self, found: Sequence[DueSubscription], topic: HubTopic, content: Content, taken_at: float) -> None:
        for due in found:
            self._taken[due.is_slow] += 1
            task = asyncio.create_task(self._deliver(due, topic, content, taken_at))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _deliver(self, due: DueSubscription, topic: HubTopic, content: Content, taken_at: float) -> None:
        # If nothing is sent, or the end of the process interrupts it:
        outcome: Outcome = Returned(due.key, 0.0, is_slow=due.is_slow)
        try:
            async with self._lanes.place(due.host, slow=due.is_slow) as entered:
                if not entered:
                    outcome = Returned(due.key, HOST_PAUSE_SECONDS[due.is_slow], is_slow=due.is_slow)
                elif time.monotonic() < taken_at + LEASE_MARGIN_SECONDS - 1:  # the lease outlives the delivery
                    outcome = await deliver(self._client, due, content, self._settings)
                    self._count(outcome, due, topic.changed_at)
        finally:
            self._outcomes.append(outcome)
            self._taken[due.is_slow] -= 1
            if self._taken[due.is_slow] < MAX_TAKEN[due.is_slow] / 2:
                self.wake.set()

    def _count(self, outcome: Outcome, due: DueSubscription, changed_at: datetime) -> None:
        match outcome:
            case Delivered():
                self._counts.count_hub("delivered", max(0.0, (utc_now() - changed_at).total_seconds()))
                if not outcome.is_slow:
                    self._lanes.note_quick(due.host)
            case Ended():
                self._counts.count_hub("ended")
            case Failed():
                self._counts.count_hub("failed" if outcome.gave_up is None else "given up")

    async def _tidy(self) -> None:
        if time.monotonic() > self._tidied_at + TIDY_SECONDS:
            self._tidied_at = time.monotonic()
            await self._in_store(self._topics.tidy)
