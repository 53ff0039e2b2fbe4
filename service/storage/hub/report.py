"""The report on deliveries of the hub: subscriptions due, failing and given up, by topic and by host."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, select

from service.storage.database import Database
from service.storage.tables import hub_requests, hub_subscriptions, hub_topics

MAX_ROWS = 20  # rows of each part of the report

_table = hub_subscriptions.c
_is_given_up = _table.gave_up_at.is_not(None)
_is_failing = _table.attempts > 0
_is_due = and_(_table.version < hub_topics.c.version, ~_is_failing)


@dataclass(frozen=True)
class HubTotals:
    """Numbers of subscriptions.

    `due` lack the newest version and have not failed; `failing` will be tried again; of `given_up` ones the last
    version that was sent did not arrive. `waiting` requests are not verified yet.
    """

    subscriptions: int
    due: int
    failing: int
    given_up: int
    waiting: int = 0


@dataclass(frozen=True)
class GroupTotals:
    """The totals of one topic (its path) or of one callback host. `delivered_at` is the last delivery, in UTC."""

    name: str
    totals: HubTotals
    delivered_at: datetime | None


@dataclass(frozen=True)
class WorstSubscription:
    """A subscription that fails or was given up, and why. Times are in UTC."""

    callback: str
    topic: str
    attempts: int
    since: datetime
    gave_up: bool
    error: str


@dataclass(frozen=True)
class DeliveryReport:
    """The report: totals, the topics and the hosts with the most trouble first, and the worst subscriptions."""

    totals: HubTotals
    topics: Sequence[GroupTotals]
    hosts: Sequence[GroupTotals]
    worst: Sequence[WorstSubscription]


class HubReports:
    """Makes reports from one store. Safe to share between threads. Every method may raise StoreUnavailable."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def totals(self) -> HubTotals:
        """The totals. They take a few milliseconds: indexes have the failing subscriptions."""
        with self._database.reading() as connection:
            count = select(func.count()).select_from(hub_subscriptions)
            due = count.join(hub_topics, hub_topics.c.key == _table.topic_key).where(hub_topics.c.is_open, _is_due)
            queries = (count, due, count.where(_is_failing), count.where(_is_given_up))
            total, lacking, failing, given_up = (connection.execute(query).scalar_one() for query in queries)
            waiting = connection.execute(select(func.count()).select_from(hub_requests)).scalar_one()
            return HubTotals(total, lacking, failing, given_up, waiting)

    def report(self) -> DeliveryReport:
        """The whole report. It reads all subscriptions."""
        return DeliveryReport(self.totals(), self._groups(hub_topics.c.path), self._groups(_table.host), self._worst())

    def _groups(self, by: ColumnElement[str]) -> list[GroupTotals]:
        failing, given_up, due = (func.sum(case((which, 1), else_=0)) for which in (_is_failing, _is_given_up, _is_due))
        query = (
            select(by, func.count(), due, failing, given_up, func.max(_table.delivered_at))
            .join(hub_topics, hub_topics.c.key == _table.topic_key)
            .group_by(by)
            .order_by((failing + given_up).desc(), func.count().desc(), by)
            .limit(MAX_ROWS)
        )
        with self._database.reading(long=True) as connection:
            return [_group(*row) for row in connection.execute(query)]

    def _worst(self) -> list[WorstSubscription]:
        since = func.coalesce(_table.failing_since, _table.gave_up_at)
        query = (
            select(_table.callback, hub_topics.c.path, _table.attempts, _table.failing_since, _table.gave_up_at)
            .add_columns(_table.last_error)
            .join(hub_topics, hub_topics.c.key == _table.topic_key)
            .where(_is_failing | _is_given_up)
            .order_by(since, _table.key)
            .limit(MAX_ROWS)
        )
        with self._database.reading(long=True) as connection:
            return [
                WorstSubscription(
                    row.callback,
                    row.path,
                    row.attempts,
                    row.failing_since or row.gave_up_at,
                    row.gave_up_at is not None,
                    row.last_error,
                )
                for row in connection.execute(query)
            ]


def _group(name: str, count: int, due: int, failing: int, given_up: int, delivered_at: Any) -> GroupTotals:
    return GroupTotals(name, HubTotals(count, int(due), int(failing), int(given_up)), delivered_at)
