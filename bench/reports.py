"""The report of readers on many feeds, in SQLite: its time, and the memory that it takes."""

import resource
import tempfile
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection, insert

from bench.machine import table
from bench.results import Run
from service.bootstrap import Services
from service.core.settings.model import Settings
from service.storage import ReportPart
from service.storage.migrations import migrate
from service.storage.tables import feed_clients, feed_days, subscribers

CLIENTS = ("NetNewsWire", "Miniflux", "Thunderbird")  # programs with single readers, of each feed and day
HOSTED = ("Feedly", "Inoreader")  # programs that report subscribers, of each feed and day
PROMISED_SECONDS = 5.0


def run(record: Run) -> None:
    feeds, days = (500, 5) if record.quick else (20_000, 30)
    with tempfile.TemporaryDirectory(prefix="warta-bench-") as name:
        services = Services.build(Settings(data_dir=Path(name)))
        migrate(services.database)
        today = datetime.now(UTC).date()
        with services.database.migrating() as connection:
            for ago in range(days):
                _fill(connection, today - timedelta(days=ago), feeds)
        rows, figures = [], {}
        for title, part in (
            ("the first 100 feeds", ReportPart()),
            ("1,000 feeds", ReportPart(limit=1000)),
            ("one feed", ReportPart(feed=f"tag/t{feeds // 2}")),
        ):
            before, started = _peak_megabytes(), time.perf_counter()
            report = services.readership.report(days, part)
            seconds = time.perf_counter() - started
            assert report.feed_count == feeds
            rows.append([title, f"{seconds:.2f} s", f"{_peak_megabytes() - before:.0f} MB"])
            figures[title] = round(seconds, 3)
        services.close()
    print(f"{feeds:,} feeds, {days} days, {len(CLIENTS) + len(HOSTED)} programs of each feed and day")
    table(["report", "time", "more memory at the peak"], rows)
    record.keep(figures)
    assert max(figures.values()) < PROMISED_SECONDS, f"a report takes {max(figures.values()):.1f} s"


def _fill(connection: Connection, day: date, feeds: int) -> None:
    names = sorted(f"tag/t{number}" for number in range(feeds))
    sums = {"polls": 40, "conditional": 30, "unchanged": 25, "sent": 9_000}
    saved = {"saved_by_conditions": 9_000, "saved_by_compression": 20_000}
    connection.execute(insert(feed_days), [{"day": day, "feed": feed, **sums, **saved} for feed in names])
    connection.execute(
        insert(feed_clients),
        [
            {"day": day, "feed": feed, "client": client, "polls": 10, "single": place % 7}
            for place, feed in enumerate(names)
            for client in CLIENTS
        ],
    )
    connection.execute(
        insert(subscribers),
        [
            {"day": day, "feed": feed, "client": client, "id": "rss", "subscribers": place % 50, "at": 1, "polls": 5}
            for place, feed in enumerate(names)
            for client in HOSTED
        ],
    )


def _peak_megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
