"""What is kept of readers: increments add up, each once, and the numbers of single readers only rise."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from service.core.access_logs.reader import LogPosition
from service.storage import Database, ReaderRetention, ReadershipStore, ReaderSums
from service.storage.reader_counts import FeedDay, PollerCounts, PollSums, ReaderCounts, ReportedSubscribers
from service.storage.readers import ClientDay, FeedSums, PollerGroup, SubscribersDay
from tests.support.articles import NOW

TODAY = NOW.date()
T = int(NOW.timestamp())
LATEST = FeedDay(TODAY, "latest")
EVER = NOW.date() - timedelta(days=10), NOW.date() + timedelta(days=10)
FEED = ["latest"]


@pytest.fixture
def readers(database: Database) -> ReadershipStore:
    return ReadershipStore(database)


@pytest.fixture
def reports(database: Database) -> ReaderSums:
    return ReaderSums(database)


def sums(day: FeedDay = LATEST) -> ReaderCounts:
    found = ReaderCounts(
        feeds={day: PollSums(10, 6, 5, 4000, 3000, 2000)},
        subscribers={(day, "Feedly", "rss"): ReportedSubscribers(12, T, 2)},
        pollers={(day, "Pembaca/1", b"\x01"): PollerCounts(T, T + 60, 3, 1, 500)},
    )
    found.clients[day, "Feedly"] = 2
    found.clients[day, "Pembaca"] = 8
    return found


def test_increments_add_up(readers: ReadershipStore, reports: ReaderSums) -> None:
    assert readers.add("1", sums(), {(LATEST, "Pembaca"): 3}, NOW)
    later = sums()
    later.pollers = {(LATEST, "Pembaca/1", b"\x01"): PollerCounts(T - 60, T + 30, 1, 1, 0)}
    assert readers.add("2", later, {(LATEST, "Pembaca"): 2}, NOW)
    assert reports.days(FEED, *EVER) == [FeedSums(TODAY, "latest", 20, 12, 10, 8000, 6000, 4000)]
    assert set(reports.clients(FEED, *EVER)) == {
        ClientDay(TODAY, "latest", "Feedly", 4, 0),
        ClientDay(TODAY, "latest", "Pembaca", 16, 3),
    }
    assert reports.subscribers(FEED, *EVER) == [SubscribersDay(TODAY, "latest", "Feedly", "rss", 12, 4)]
    assert readers.groups(*EVER) == [PollerGroup("latest", "Pembaca/1", 1, 1, 4, 2, 500, 120, 3)]


def test_increments_are_added_once_however_often_they_are_tried(readers: ReadershipStore, reports: ReaderSums) -> None:
    added = [readers.add("1", sums(), {}, NOW, log=LogPosition("log", 700, "mark")) for _ in range(3)]
    assert added == [True, False, False]
    assert reports.days(FEED, *EVER)[0].polls == 10
    assert (readers.log_read("log"), readers.log_read("other")) == (LogPosition("log", 700, "mark"), None)


def test_nothing_may_be_known_but_single_readers(readers: ReadershipStore, reports: ReaderSums) -> None:
    readers.add("1", ReaderCounts(), {(LATEST, "Pembaca"): 3}, NOW)
    assert reports.clients(FEED, *EVER) == [ClientDay(TODAY, "latest", "Pembaca", 0, 3)]


def test_the_latest_report_stays_whoever_comes_last(readers: ReadershipStore, reports: ReaderSums) -> None:
    for n, (subscribers, at) in enumerate([(5, T), (9, T + 60), (7, T + 30)]):
        given = sums()
        given.subscribers = {(LATEST, "Feedly", "rss"): ReportedSubscribers(subscribers, at, 1)}
        readers.add(str(n), given, {}, NOW)
    assert reports.subscribers(FEED, *EVER) == [SubscribersDay(TODAY, "latest", "Feedly", "rss", 9, 3)]


def test_only_days_that_are_asked_for(readers: ReadershipStore, reports: ReaderSums) -> None:
    for ago in range(5):
        readers.add(str(ago), sums(replace_day(ago)), {}, NOW)
    since, until = TODAY - timedelta(days=3), TODAY - timedelta(days=1)
    assert [each.day for each in reports.days(FEED, since, until)] == [TODAY - timedelta(days=ago) for ago in (3, 2, 1)]
    assert len(reports.clients(FEED, since, until)) == 6
    assert [each.day for each in reports.subscribers(FEED, since, until)] == [
        each.day for each in reports.days(FEED, since, until)
    ]
    assert readers.groups(since, until) == [PollerGroup("latest", "Pembaca/1", 3, 1, 9, 3, 1500, 180, 6)]


def replace_day(ago: int) -> FeedDay:
    return LATEST._replace(day=TODAY - timedelta(days=ago))


def test_groups_are_those_that_waste_most_first(readers: ReadershipStore) -> None:
    given = ReaderCounts(feeds={LATEST: PollSums(1)})
    for n, (agent, polls, wasted) in enumerate([("a", 1, 0), ("b", 9, 0), ("c", 1, 700), ("d", 1, 400), ("d", 1, 400)]):
        given.pollers[LATEST, agent, bytes([n])] = PollerCounts(T, T, polls, 0, wasted)
    readers.add("1", given, {}, NOW)
    assert [(group.agent, group.addresses) for group in readers.groups(*EVER)] == [
        ("d", 2),
        ("c", 1),
        ("b", 1),
        ("a", 1),
    ]


def test_too_many_pollers_leave_the_busiest(readers: ReadershipStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("service.storage.readers.MAX_POLLERS_A_DAY", 5)
    for round_ in range(2):
        given = ReaderCounts(feeds={LATEST: PollSums(1)})
        given.pollers = {(LATEST, f"a{n}", bytes([round_])): PollerCounts(T, T, n, 0, 0) for n in range(10)}
        readers.add(str(round_), given, {}, NOW)
    found = readers.groups(*EVER)
    assert sorted((group.agent, group.addresses) for group in found) == [("a7", 1), ("a8", 2), ("a9", 2)]


def test_pollers_are_forgotten_and_days_are_not(readers: ReadershipStore, reports: ReaderSums) -> None:
    readers.add("1", sums(), {(LATEST, "Pembaca"): 3}, NOW)
    for days, left in ((7, (1, 1)), (8, (1, 0)), (99, (1, 0)), (100, (0, 0))):
        readers.add(f"after {days}", ReaderCounts(), {}, NOW + timedelta(days=days))
        assert (len(reports.subscribers(FEED, *EVER)), len(readers.groups(*EVER))) == left
    assert len(reports.days(FEED, *EVER)) == 1
    assert len(reports.clients(FEED, *EVER)) == 2


def test_hostile_names_are_kept_as_they_are(readers: ReadershipStore) -> None:
    agent = "'; DROP TABLE pollers; -- \ufffd日本 " + "x" * 200
    given = sums()
    given.pollers = {(LATEST, agent, b"\x00\xff"): replace(PollerCounts(T, T), polls=1)}
    readers.add("1", given, {}, NOW)
    assert [group.agent for group in readers.groups(*EVER)] == [agent]


def test_old_days_become_months_and_old_clients_end(
    readers: ReadershipStore, reports: ReaderSums, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("service.storage.reader_retention.MAX_ROWS", 3)
    newest = date(2025, 6, 20)
    for ago in range(40):
        for feed in ("latest", "tag/a"):
            readers.add(f"{feed} {ago}", sums(FeedDay(newest - timedelta(days=ago), feed)), {}, NOW)
    retention = ReaderRetention(database, days=9)
    now = datetime(2025, 6, 20, 12, tzinfo=UTC)
    assert retention.prune(now) > 0
    assert retention.prune(now) == 0
    since = date(2025, 5, 1)
    for feed in ("latest", "tag/a"):
        days = {each.day: each.polls for each in reports.days([feed], since, newest)}
        kept = [newest - timedelta(days=ago) for ago in range(10)]
        assert sum(days.values()) == 400
        assert sorted(days) == [date(2025, 5, 1), date(2025, 6, 1), *sorted(kept)]
        assert len(reports.clients([feed], since, newest)) == 2 * len(kept)
