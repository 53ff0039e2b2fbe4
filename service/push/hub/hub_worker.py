"""The hub's work: verifications and deliveries, in one asyncio loop in a thread of its own.

It may run in several processes, on several hosts: each takes portions of the work from the store.
"""

import asyncio
import logging
import threading
from collections.abc import Callable

from service.core.errors import WartaError
from service.core.http_client.async_client import AsyncHttpClient
from service.core.metrics import Metrics
from service.core.settings.model import Settings
from service.push.delivery_counts import DeliveryCounts
from service.push.hub.content import Contents, MakeDocument
from service.push.hub.distributor import Distributor
from service.push.hub.store_threads import StoreThreads
from service.push.hub.topic_urls import TopicUrls
from service.push.hub.verifier import Verifier
from service.storage import Database, HubRequestStore, HubTopics, Subscriptions

ROUND_SECONDS = 0.5  # between two looks into the store without a signal
SIGNAL_SECONDS = 0.02  # between two looks at the change signal of this host: a few bytes of memory
SETTLE_SECONDS = 0.1  # between two writes of outcomes
RETRY_SECONDS = 1.0  # between two attempts to write outcomes while the store is away
FINISH_SECONDS = 2.0  # that the end of the process waits for running deliveries
STOP_SECONDS = FINISH_SECONDS + 3.0  # that the end of the process waits for the thread

log = logging.getLogger(__name__)


class HubWorker:
    """Verifies subscribers and delivers to them until `stop`. `changed` returns a value that each change replaces."""

    def __init__(
        self,
        settings: Settings,
        database: Database,
        make_document: MakeDocument,
        changed: Callable[[], bytes],
        metrics: Metrics,
        counts: DeliveryCounts,
    ) -> None:
        self._settings = settings
        self._database = database
        self._make_document = make_document
        self._changed = changed
        self._metrics = metrics
        self._counts = counts
        self._seen = b""
        self._failure = ""
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="hub", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """End the work. Deliveries that have begun get FINISH_SECONDS; the others are left for the next worker."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(STOP_SECONDS)

    def _run(self) -> None:
        try:
            asyncio.run(self._work())
        except Exception:
            log.exception("the hub has stopped; restart the service")

    async def _work(self) -> None:
        settings, metrics, in_store = self._settings, self._metrics, StoreThreads()
        topics, subscriptions = HubTopics(self._database), Subscriptions(self._database)
        urls = TopicUrls(settings)
        contents = Contents(topics, urls, self._make_document, settings)
        user_agent = f"Warta (+{settings.own_hub})"
        try:
            async with AsyncHttpClient(settings.outgoing_allow, user_agent) as client:
                distributor = Distributor(client, topics, subscriptions, contents, settings.hub, self._counts, in_store)
                requests = HubRequestStore(self._database)
                verifier = Verifier(client, requests, subscriptions, contents, settings, metrics, in_store)
                await self._repeat(distributor, verifier)
        finally:
            in_store.close()

    async def _repeat(self, distributor: Distributor, verifier: Verifier) -> None:
        settling = asyncio.create_task(_settle_repeatedly(distributor, verifier))
        try:
            while not self._stopping.is_set():
                await self._attempt(distributor, verifier)
                await self._wait(distributor)
        finally:
            settling.cancel()
            await asyncio.gather(settling, return_exceptions=True)
            try:
                await asyncio.gather(distributor.finish(FINISH_SECONDS), verifier.finish())
            except WartaError as error:
                log.warning("the outcomes of the last deliveries are not stored, so these are repeated: %s", error)

    async def _attempt(self, distributor: Distributor, verifier: Verifier) -> None:
        """A turn of both. A failure is logged when it is new, and when it is over."""
        try:
            await verifier.turn()
            await distributor.turn()
        except Exception as error:
            reason = str(error) if isinstance(error, WartaError) else type(error).__name__
            if reason != self._failure:
                log.warning("the hub waits: %s", reason, exc_info=None if isinstance(error, WartaError) else error)
            self._failure = reason
        else:
            if self._failure:
                log.warning("the hub works again")
            self._failure = ""

    async def _wait(self, distributor: Distributor) -> None:
        """Wait for a change, for room, or for the next round."""
        ends_at = asyncio.get_running_loop().time() + ROUND_SECONDS
        while not self._stopping.is_set() and asyncio.get_running_loop().time() < ends_at:
            if distributor.wake.is_set() and not self._failure:
                return
            if (value := self._changed()) != self._seen:
                self._seen = value
                return
            await asyncio.sleep(SIGNAL_SECONDS)


async def _settle_repeatedly(distributor: Distributor, verifier: Verifier) -> None:
    """Store outcomes several times a second. After a failure they are stored later; the turns log the failure."""
    while True:
        await asyncio.sleep(SETTLE_SECONDS)
        try:
            await verifier.settle()
            await distributor.settle()
        except WartaError:
            await asyncio.sleep(RETRY_SECONDS)
