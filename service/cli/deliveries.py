"""`warta deliveries`: the subscribers of the hub, and which of them lack the newest document."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import click

from service.cli import context
from service.cli.commands import command
from service.cli.terminal import say, say_json, table
from service.core.printable import visible
from service.push.delivery_counts import Kind, LastHour
from service.storage.hub.report import DeliveryReport, GroupTotals, HubTotals, WorstSubscription

MAX_CALLBACK_CHARACTERS = 60  # characters of a callback that the table shows


@command()
@click.option("--json", "as_json", is_flag=True, help="Print the whole report as JSON.")
def deliveries(as_json: bool) -> None:
    """Show the subscribers of the hub: deliveries due, failing and given up, by topic and host, with the reasons.

    Due: the subscriber does not have the newest document, and gets it next. Failing: the last attempt failed, and Warta
    repeats it later. Given up: a document did not arrive within hub.retry_seconds. Warta sends the next one again.

    The last hour has the attempts of all workers, and the time from a change to the answer of a subscriber. Half of the
    deliveries took p50 or less, and 99 % took p99 or less.

    \b
    Example:
      warta deliveries
      warta deliveries --json
    """
    settings = context.settings()
    with context.services(settings) as services, context.redis(settings):
        report = services.hub_reports.report()
        hour = services.delivery_counts.last_hour(Kind.HUB)
    if as_json:
        say_json(_plain({**asdict(report), "last_hour": asdict(hour) if hour else None}), indent=2)
        return
    for line in _lines(report, hour, settings.site.zone):
        say(line)


def _lines(report: DeliveryReport, hour: LastHour | None, zone: ZoneInfo) -> Iterable[str]:
    totals = report.totals
    things = "subscription" if totals.subscriptions == 1 else "subscriptions"
    yield (
        f"{totals.subscriptions:,} {things}: {totals.due:,} due, {totals.failing:,} failing, "
        f"{totals.given_up:,} given up; {totals.waiting:,} requests to verify"
    )
    if not totals.subscriptions:
        return
    yield _of_hour(hour)
    yield from _groups("topic", report.topics, zone)
    yield from _groups("host", report.hosts, zone)
    if report.worst:
        yield from _worst(report.worst, zone)


def _of_hour(hour: LastHour | None) -> str:
    if hour is None:
        return "the last hour is not known: Redis is away"
    delays = ""
    if hour.delay_p50 is not None and hour.delay_p99 is not None:
        delays = f"; delay p50 {hour.delay_p50:.2g} s, p99 {hour.delay_p99:.2g} s"
    return f"last hour: {hour.delivered:,} delivered, {hour.failed:,} failed, {hour.given_up:,} given up{delays}"


def _groups(kind: str, groups: Sequence[GroupTotals], zone: ZoneInfo) -> Iterable[str]:
    head = (kind, "subscriptions", "due", "failing", "given up", "last delivery")
    rows = [(visible(group.name), *_numbers(group.totals), _time(group.delivered_at, zone)) for group in groups]
    return ["", *table(head, rows)]


def _numbers(totals: HubTotals) -> Iterable[str]:
    return [f"{number:,}" for number in (totals.subscriptions, totals.due, totals.failing, totals.given_up)]


def _worst(worst: Sequence[WorstSubscription], zone: ZoneInfo) -> Iterable[str]:
    head = ("attempts", "since", "state", "topic", "callback", "why")
    rows = [
        (
            *(f"{each.attempts}", _time(each.since, zone), "given up" if each.gave_up else "failing"),
            *(visible(each.topic), _cut(each.callback), visible(each.error)),
        )
        for each in worst
    ]
    return ["", *table(head, rows, words=(2, 3, 4, 5))]


def _cut(callback: str) -> str:
    shown = visible(callback)
    return shown if len(shown) <= MAX_CALLBACK_CHARACTERS else f"{shown[: MAX_CALLBACK_CHARACTERS - 1]}…"


def _time(at: datetime | None, zone: ZoneInfo) -> str:
    return at.astimezone(zone).strftime("%Y-%m-%d %H:%M:%S") if at else "never"


def _plain(value: Any) -> Any:
    """The value with its times as text (RFC 3339), for JSON."""
    match value:
        case datetime():
            return value.isoformat()
        case dict():
            return {name: _plain(each) for name, each in value.items()}
        case list() | tuple():
            return [_plain(each) for each in value]
    return value
