"""Verifies the intent of subscribers (WebSub §5.3): asks each callback, with a challenge, whether it meant the request.

Nothing else is sent to a callback before it has confirmed. A host where verifications fail gets only a few in a minute.
"""

import asyncio
import contextlib
import logging
import secrets
import time
from collections import Counter
from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import urlencode

from service.core.errors import NotFound, StoreUnavailable
from service.core.http_client import OutgoingError, OutgoingRefused
from service.core.http_client.async_client import AsyncHttpClient, AsyncResponse
from service.core.metrics import Metrics
from service.core.settings.model import Settings
from service.push.hub.content import Contents
from service.push.hub.lanes import Lane
from service.push.hub.store_threads import StoreThreads
from service.storage.hub import HubRequestStore, PendingRequest, Settlement, Subscriptions, TopicContent

MAX_VERIFICATIONS = 64  # at once
MAX_VERIFICATIONS_PER_HOST = 16
MAX_TAKEN = 256  # requests that a worker has taken at once
LEASE_SECONDS = 60.0  # for a request that a worker has taken
PAUSES_SECONDS = (5.0, 30.0)  # before the second and third attempt at a callback that does not answer
WINDOW_SECONDS = 60.0  # in which `hub.failed_verifications` may fail at one host
BASELINE_SECONDS = 5.0  # for which the content of a topic before a verification is used again

log = logging.getLogger(__name__)


class FailureBudget:
    """The verifications that may fail at each host within WINDOW_SECONDS."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._failures: Counter[str] = Counter()
        self._ends_at = 0.0

    def wait(self, host: str) -> float:
        """The seconds until the host may be asked again; 0 if it may be asked now."""
        self._begin_window()
        return max(1.0, self._ends_at - time.monotonic()) if self._failures[host] >= self._most else 0.0

    def add(self, host: str) -> None:
        """Count a failure."""
        self._begin_window()
        self._failures[host] += 1

    def _begin_window(self) -> None:
        if time.monotonic() >= self._ends_at:
            self._failures.clear()
            self._ends_at = time.monotonic() + WINDOW_SECONDS


class _Known(NamedTuple):
    """The content of a topic, which may be used as its content before a verification `until` a monotonic time."""

    content: TopicContent
    until: float


class Verifier:
    """The verifications of one worker, for one asyncio loop."""

    def __init__(
        self,
        client: AsyncHttpClient,
        requests: HubRequestStore,
        subscriptions: Subscriptions,
        contents: Contents,
        settings: Settings,
        metrics: Metrics,
        in_store: StoreThreads,
    ) -> None:
        self._client = client
        self._requests = requests
        self._subscriptions = subscriptions
        self._contents = contents
        self._base_url = settings.base_url
        self._settings = settings.hub
        self._metrics = metrics
        self._in_store = in_store
        self._lane = Lane(MAX_VERIFICATIONS, MAX_VERIFICATIONS_PER_HOST)
        self._budget = FailureBudget(settings.hub.failed_verifications)
        self._known: dict[str, _Known] = {}
        self._total = 0
        self._of_host: dict[str, int] = {}
        self._unsettled: Counter[str] = Counter()  # subscriptions by host that the store does not have yet
        self._settlement = Settlement()
        self._tasks: set[asyncio.Task[None]] = set()

    async def turn(self) -> None:
        """Start the verifications that are due, as far as there is room. Raises StoreUnavailable."""
        if len(self._tasks) > MAX_TAKEN / 2:
            return
        taken = await self._in_store(self._requests.take, MAX_TAKEN - len(self._tasks), LEASE_SECONDS)
        if not taken:
            return
        self._total, self._of_host = await self._in_store(
            self._subscriptions.count, {request.host for request in taken}
        )
        for request in taken:
            task = asyncio.create_task(self._handle(request))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def settle(self) -> None:
        """Store the outcomes so far. If the store is away, they are stored later. Raises StoreUnavailable."""
        settlement, self._settlement = self._settlement, Settlement()
        if settlement.is_empty:
            return
        try:
            await self._in_store(self._subscriptions.settle_requests, settlement)
        except StoreUnavailable:
            self._settlement = settlement + self._settlement
            raise
        for request, _ in settlement.confirmed:
            self._unsettled[request.host] -= 1
        self._unsettled += Counter()  # drops the zeros

    async def finish(self) -> None:
        """End the running verifications. Another worker, or the next start, begins them anew."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.settle()

    async def _handle(self, request: PendingRequest) -> None:
        await self._lane.enter(request.host)
        try:
            if wait := self._budget.wait(request.host):
                await self._in_store(self._requests.postpone, request, wait, failed=False)
            elif request.mode == "unsubscribe":
                await self._verify(request, None)
            elif reason := await self._denial(request):
                await self._deny(request, reason)
            else:
                await self._verify_subscription(request)
        except StoreUnavailable as error:
            log.warning("%r waits to be verified: %s", request, error)
        finally:
            self._lane.leave(request.host)

    async def _verify_subscription(self, request: PendingRequest) -> None:
        """Verify a subscription. The content is read before, so that no change after the answer is missed."""
        try:
            content = await self._content(request.path)
        except NotFound:
            await self._deny(request, "there is no such feed any more")
            return
        if content is None:
            await self._in_store(self._requests.postpone, request, PAUSES_SECONDS[0], failed=False)
            return
        self._unsettled[request.host] += 1
        if not await self._verify(request, content):
            self._unsettled[request.host] -= 1

    async def _verify(self, request: PendingRequest, content: TopicContent | None) -> bool:
        """Ask the callback, and note its answer. Returns whether it has confirmed."""
        challenge = secrets.token_urlsafe(32)
        fields = {"hub.mode": request.mode, "hub.topic": f"{self._base_url}/{request.path}", "hub.challenge": challenge}
        if request.mode == "subscribe":
            fields["hub.lease_seconds"] = str(request.lease_seconds)
        try:
            response = await self._get(request, fields, len(challenge) + 1)
        except OutgoingError as error:
            await self._fail(request, error.reason, again=not isinstance(error, OutgoingRefused))
            return False
        if 200 <= response.status < 300 and response.body == challenge.encode():
            self._count("confirmed")
            if content:
                self._settlement.confirmed.append((request, content))
            else:
                self._settlement.unsubscribed.append(request)
            return True
        described = f"it answered {response.status}" if response.status // 100 != 2 else "its answer is another text"
        await self._fail(request, described, again=response.status >= 500)
        return False

    async def _fail(self, request: PendingRequest, reason: str, *, again: bool) -> None:
        """Note a failed verification. A callback that may have been unavailable is asked again later."""
        self._budget.add(request.host)
        self._count("failed")
        again = again and request.attempts < len(PAUSES_SECONDS)
        log.info(
            "a callback at %s did not confirm the request to %s %s%s: %s",
            *(request.host, request.mode, request.path, "" if again else "; Warta does not ask it again", reason),
        )
        if again:
            await self._in_store(self._requests.postpone, request, PAUSES_SECONDS[request.attempts], failed=True)
        else:
            self._settlement.dropped.append(request)

    async def _denial(self, request: PendingRequest) -> str:
        """The reason to deny a subscription; empty if there is none. A subscription that exists may be renewed."""
        on_host = self._of_host.get(request.host, 0) + self._unsettled[request.host]
        if self._total + self._unsettled.total() >= self._settings.subscriptions:
            reason = "the hub has its largest number of subscriptions"
        elif on_host >= self._settings.subscriptions_per_host:
            reason = f"the hub has its largest number of subscriptions for {request.host}"
        else:
            return ""
        is_renewal = await self._in_store(self._subscriptions.exists, request.path, request.callback)
        return "" if is_renewal else reason

    async def _deny(self, request: PendingRequest, reason: str) -> None:
        """Tell the subscriber that there will be no subscription (WebSub §5.2). The request ends in any case."""
        self._budget.add(request.host)  # the callback has confirmed nothing
        self._count("denied")
        topic = f"{self._base_url}/{request.path}"
        with contextlib.suppress(OutgoingError):
            await self._get(request, {"hub.mode": "denied", "hub.topic": topic, "hub.reason": reason}, 0)
        self._settlement.dropped.append(request)

    async def _get(self, request: PendingRequest, fields: Mapping[str, str], limit_bytes: int) -> AsyncResponse:
        """GET the callback with more fields in its query, which it keeps as it is (WebSub §5.3.1)."""
        joint = "&" if "?" in request.callback else "?"
        url = f"{request.callback}{joint}{urlencode(fields)}"
        return await self._client.send("GET", url, limit_bytes=limit_bytes, timeout=self._settings.delivery_seconds)

    async def _content(self, path: str) -> TopicContent | None:
        known = self._known.get(path)
        if known is None or known.until < time.monotonic():
            until = time.monotonic() + BASELINE_SECONDS
            content = await self._in_store(self._contents.current, path)
            if content is None:
                return None
            self._known = {name: each for name, each in self._known.items() if each.until > time.monotonic()}
            known = self._known[path] = _Known(content, until)
        return known.content

    def _count(self, outcome: str) -> None:
        self._metrics.hub_verifications.labels(outcome).inc()
