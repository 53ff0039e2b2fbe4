"""The tables of the statistics as CSV files (RFC 4180), for spreadsheets. Columns have the names of `/api/stats`.

Times are in the site's time zone, which the name of the column says. Days are days of UTC.
"""

import csv
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from io import StringIO
from types import MappingProxyType
from typing import NamedTuple
from zoneinfo import ZoneInfo

from service.readers.advice import in_english
from service.web.stats.dashboard import Overview, StoryViews

BYTE_ORDER_MARK = "\ufeff"  # without it, Excel takes UTF-8 for another encoding
# The first characters of formulas in Excel, LibreOffice and Google Sheets (OWASP, "CSV Injection").
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")

Cell = str | int | float | None


class ExportedTable(NamedTuple):
    """The names of the columns, and the rows."""

    columns: Sequence[str]
    rows: Iterable[Sequence[Cell]]


def csv_file(table: ExportedTable) -> bytes:
    """The file. A text that spreadsheets would run as a formula gets an apostrophe in front."""
    text = StringIO()
    writer = csv.writer(text)
    writer.writerow(table.columns)
    writer.writerows([_safe(cell) for cell in row] for row in table.rows)
    return f"{BYTE_ORDER_MARK}{text.getvalue()}".encode()


def _safe(cell: Cell) -> Cell:
    if not isinstance(cell, str):
        return cell
    return f"'{cell}" if cell.lstrip(" \u00a0").startswith(FORMULA_STARTS) or cell.startswith(FORMULA_STARTS) else cell


def _views(overview: Overview, zone: ZoneInfo) -> ExportedTable:
    rows = [(_time(step.start, zone), step.views, step.before) for step in overview.timeline.steps]
    return ExportedTable((f"start ({zone})", "views", "before"), rows)


def _popular(overview: Overview, zone: ZoneInfo) -> ExportedTable:
    return _stories(overview.popular, zone)


def _moving(overview: Overview, zone: ZoneInfo) -> ExportedTable:
    return _stories(overview.moving, zone)


def _stories(stories: Sequence[StoryViews], zone: ZoneInfo) -> ExportedTable:
    published_at = f"published_at ({zone})"
    columns = ("rank", "id", "title", "url", "categories", published_at, "views", "hour", "hour_before", "movement")
    rows = (
        (
            *(rank, story.id, story.title, story.url, "; ".join(story.categories), _time(story.published_at, zone)),
            *(story.views, story.hour, story.hour_before, story.movement),
        )
        for rank, story in enumerate(stories, 1)
    )
    return ExportedTable(columns, rows)


def _feeds(overview: Overview, _: ZoneInfo) -> ExportedTable:
    rows = (
        (
            *(feed.feed, feed.title, feed.url, feed.hosted, feed.single),
            sum(day.polls for day in feed.days),
            sum(day.unchanged for day in feed.days),
        )
        for feed in overview.readers.feeds
    )
    return ExportedTable(("feed", "title", "url", "hosted", "single", "polls", "unchanged"), rows)


def _programs(overview: Overview, _: ZoneInfo) -> ExportedTable:
    rows = ((client.name, client.hosted, client.single) for client in overview.readers.clients)
    return ExportedTable(("name", "hosted", "single"), rows)


def _days(overview: Overview, _: ZoneInfo) -> ExportedTable:
    columns = ("polls", "conditional", "unchanged", "sent", "saved_by_conditions", "saved_by_compression")
    rows = ((day.day.isoformat(), *(getattr(day, name) for name in columns)) for day in overview.readers.days)
    return ExportedTable(("day", *columns), rows)


def _pollers(overview: Overview, _: ZoneInfo) -> ExportedTable:
    columns = ("client", "agent", "feed", "addresses", "polls", "interval", "conditional", "wasted")
    rows = (
        (*(getattr(poller, name) for name in columns), in_english(poller.advice)) for poller in overview.readers.pollers
    )
    return ExportedTable((*columns, "advice"), rows)


def _topics(overview: Overview, _: ZoneInfo) -> ExportedTable:
    return _fields(overview.push.topics, ("name", "subscriptions", "due", "failing", "given_up"))


def _hosts(overview: Overview, _: ZoneInfo) -> ExportedTable:
    return _fields(overview.push.hosts, ("name", "subscriptions", "due", "failing", "given_up"))


def _subscribers(overview: Overview, zone: ZoneInfo) -> ExportedTable:
    rows = (
        (each.callback, each.topic, each.attempts, _time(each.since, zone), str(each.gave_up).lower(), each.error)
        for each in overview.push.worst
    )
    return ExportedTable(("callback", "topic", "attempts", f"since ({zone})", "gave_up", "error"), rows)


def _webhooks(overview: Overview, _: ZoneInfo) -> ExportedTable:
    return _fields(overview.push.webhooks, ("name", "state", "waiting", "given_up", "error"))


def _fields(values: Sequence[object], columns: Sequence[str]) -> ExportedTable:
    return ExportedTable(columns, ([getattr(value, name) for name in columns] for value in values))


def _time(when: datetime, zone: ZoneInfo) -> str:
    """The time in the site's zone, in a form that spreadsheets read as a time. The column names the zone."""
    return when.astimezone(zone).strftime("%Y-%m-%d %H:%M:%S")


TABLES: Mapping[str, Callable[[Overview, ZoneInfo], ExportedTable]] = MappingProxyType(
    {
        "views": _views,
        "popular": _popular,
        "moving": _moving,
        "feeds": _feeds,
        "programs": _programs,
        "days": _days,
        "pollers": _pollers,
        "topics": _topics,
        "hosts": _hosts,
        "subscribers": _subscribers,
        "webhooks": _webhooks,
    }
)
