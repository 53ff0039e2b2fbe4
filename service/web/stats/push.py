"""Push on the statistics page: subscribers of the hub and webhooks, and the deliveries of the last hour."""

import time
from collections.abc import Sequence
from dataclasses import asdict
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import Field
from pydantic.dataclasses import dataclass

from service.bootstrap import Services
from service.push.delivery_counts import Kind
from service.push.delivery_counts import LastHour as CountedHour
from service.storage import HubReports, WebhookStore
from service.storage.hub.report import GroupTotals, HubTotals, WorstSubscription
from service.web.stats.values import Count, Time

SHOWN_SECONDS = 10.0  # for which a report is shown again: it reads all subscriptions
Seconds = Annotated[float, Field(ge=0, description="Seconds from the change to the answer of the subscriber.")]


@dataclass(frozen=True)
class LastHour:
    """The attempts of the last hour by outcome, and the delays of successful ones. Null if there are none."""

    delivered: Count
    failed: Count
    given_up: Count
    delay_p50: Seconds | None
    delay_p99: Seconds | None


@dataclass(frozen=True)
class DeliveryGroup:
    """The subscriptions of a topic or of a callback host: the numbers of due, failing, and given up ones."""

    name: str
    subscriptions: Count
    due: Count
    failing: Count
    given_up: Count


@dataclass(frozen=True)
class FailingSubscription:
    """A subscription that fails or was given up. `callback` has no query: it may be a key of the subscriber."""

    callback: str
    topic: str
    attempts: Count
    since: Time
    gave_up: bool
    error: str


@dataclass(frozen=True)
class WebhookState:
    """A webhook: its state, the waiting events, and the events that were given up and can be replayed."""

    name: str
    state: Annotated[str, Field(json_schema_extra={"enum": ["ok", "failing", "disabled"]})]
    waiting: Count
    given_up: Count
    error: str


@dataclass(frozen=True)
class Push:
    """The state of push. `hub_hour` and `webhook_hour` are null while Redis is away. The lists have the worst first."""

    hub: DeliveryGroup
    hub_hour: LastHour | None
    topics: Sequence[DeliveryGroup]
    hosts: Sequence[DeliveryGroup]
    worst: Sequence[FailingSubscription]
    webhooks: Sequence[WebhookState]
    webhook_hour: LastHour | None

    @property
    def is_used(self) -> bool:
        """True if there is anybody to push to."""
        return bool(self.hub.subscriptions or self.webhooks)


class PushStatistics:
    """Reads the state of push. Shared by a process's threads."""

    def __init__(self, services: Services) -> None:
        self._hub: HubReports = services.hub_reports
        self._webhooks: WebhookStore = services.webhooks
        self._counts = services.delivery_counts
        self._made_at = 0.0
        self._made: Push | None = None

    def now(self) -> Push:
        """The state, at most SHOWN_SECONDS old. Raises StoreUnavailable."""
        if self._made is None or time.monotonic() > self._made_at + SHOWN_SECONDS:
            self._made, self._made_at = self._read(), time.monotonic()
        return self._made

    def _read(self) -> Push:
        report = self._hub.report()
        return Push(
            hub=_group("hub", report.totals),
            hub_hour=_hour(self._counts.last_hour(Kind.HUB)),
            topics=_groups(report.topics),
            hosts=_groups(report.hosts),
            worst=[_failing(each) for each in report.worst],
            webhooks=[
                WebhookState(each.name, each.state, each.waiting, each.abandoned, each.error)
                for each in self._webhooks.webhooks()
            ],
            webhook_hour=_hour(self._counts.last_hour(Kind.WEBHOOKS)),
        )


def _hour(counted: CountedHour | None) -> LastHour | None:
    return LastHour(**asdict(counted)) if counted else None


def _groups(groups: Sequence[GroupTotals]) -> list[DeliveryGroup]:
    return [_group(group.name, group.totals) for group in groups]


def _group(name: str, totals: HubTotals) -> DeliveryGroup:
    return DeliveryGroup(name, totals.subscriptions, totals.due, totals.failing, totals.given_up)


def _failing(worst: WorstSubscription) -> FailingSubscription:
    url = urlsplit(worst.callback)
    callback = f"{url.scheme}://{url.netloc}{url.path}{url.query and '?…'}"
    return FailingSubscription(callback, worst.topic, worst.attempts, worst.since, worst.gave_up, worst.error)
