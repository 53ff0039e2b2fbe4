"""Polls added up: every one in its feed's sums, whoever it was; names and pollers within limits."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.readers import aggregate as limits
from service.readers.aggregate import PollAggregate
from service.readers.polls import MAX_POLL_COMBINATIONS, MAX_POLLS_WITH_CLIENT, PRESENT, DocumentPolls, PolledUrl, Polls
from service.readers.user_agents import OTHER
from service.storage.reader_counts import FeedDay, PollerCounts, PollSums, ReportedSubscribers

T = 1_771_728_000  # 2026-02-22 02:40 UTC
RSS = DocumentPolls(PolledUrl("latest", "rss"), "d1", 1000)
NEXT = DocumentPolls(PolledUrl("latest", "rss"), "d2", 1000)
LATEST = FeedDay(date(2026, 2, 22), "latest")
HERE, THERE = b"here", b"there"


def test_a_feeds_day() -> None:
    tally = PollAggregate()
    unchanged, unasked, news = RSS.of_representation(300)
    for poll, times in ((unchanged, 5), (unasked, 2), (news, 1), (RSS.of_delta(100, 300), 1), (unasked.bodiless, 3)):
        tally.add(poll, "Pembaca/1", {HERE: times}, T)
    sums = tally.take_sums()
    assert sums.feeds == {
        LATEST: PollSums(
            polls=12,
            conditional=7,
            unchanged=5,
            sent=300 * 3 + 100,
            saved_by_conditions=5 * 300 + 200,
            saved_by_compression=3 * 700,
        )
    }
    assert sums.clients == {(LATEST, "Pembaca"): 12}
    assert not tally.take_sums()


def test_days_are_days_of_utc() -> None:
    tally = PollAggregate()
    for at in (T, T + 86_400, T - 86_400):
        tally.add(RSS.of_representation(1).unasked, "Pembaca/1", {HERE: 1}, at)
    assert sorted(day.day.day for day in tally.take_sums().feeds) == [21, 22, 23]


def test_a_body_that_a_reader_had_before_is_wasted() -> None:
    tally = PollAggregate()

    def poll(document: DocumentPolls, source: bytes = HERE, agent: str = "Pembaca/1", times: int = 1) -> None:
        tally.add(document.of_representation(300).unasked, agent, {source: times}, T)

    poll(RSS)
    poll(RSS, THERE)  # somebody else
    poll(RSS, agent="Lain/1")
    poll(NEXT)  # another document
    poll(RSS, times=2)
    poll(NEXT, times=1)
    tally.add(RSS.of_representation(300).unchanged, "Pembaca/1", {HERE: 1}, T)
    tally.add(RSS.of_representation(300).unasked.bodiless, "Pembaca/1", {HERE: 1}, T)
    sums = tally.take_sums()
    assert sums.pollers[LATEST, "Pembaca/1", HERE].wasted == 3 * 300
    assert sums.pollers[LATEST, "Pembaca/1", THERE].wasted == 0
    poll(RSS, times=4)  # it is remembered beyond what was given
    assert tally.take_sums().pollers[LATEST, "Pembaca/1", HERE] == PollerCounts(T, T, 4, 0, 4 * 300)


def test_single_readers_are_addresses_by_program() -> None:
    tally = PollAggregate()
    for agent, source in (
        *(("Pembaca/1", HERE), ("Pembaca/2", HERE), ("Pembaca/1", THERE), ("NetNewsWire", HERE)),
        *(("Feedly/1.0 (5 subscribers)", HERE), ("Googlebot/2.1", HERE), ("", HERE)),
    ):
        tally.add(RSS.of_representation(1).unasked, agent, {source: 1}, T)
    assert tally.take_sums().single == {(LATEST, "Pembaca"): {HERE, THERE}, (LATEST, "NetNewsWire"): {HERE}}


def test_the_latest_report_stands_for_each_address_and_id() -> None:
    tally = PollAggregate()
    atom = DocumentPolls(PolledUrl("latest", "atom"), "d3", 1000)
    page = DocumentPolls(PolledUrl("latest", ""), "d4", 1000)
    for document, agent, at in (
        (RSS, "Feedly/1.0 (5 subscribers)", T + 60),
        (RSS, "Feedly/1.0 (4 subscribers)", T),
        (RSS, "Feedly/1.0", T + 70),
        (atom, "Feedly/1.0 (30 subscribers)", T),
        (page, "Feedly/1.0 (30 subscribers)", T),
        (RSS, "Feedbin feed-id:7 - 2 subscribers", T),
        (RSS, "Palsu/1.0 (999999 subscribers)", T),
    ):
        tally.add(document.of_representation(1).unasked, agent, {HERE: 1}, at)
    assert tally.take_sums().subscribers == {
        (LATEST, "Feedly", "rss"): ReportedSubscribers(5, T + 60, 2),
        (LATEST, "Feedly", "atom"): ReportedSubscribers(30, T, 1),
        (LATEST, "Feedbin", "rss 7"): ReportedSubscribers(2, T, 1),
    }


def test_strangers_share_a_line_when_they_are_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_UNLISTED_CLIENTS", 3)
    monkeypatch.setattr(limits, "MAX_IDS_OF_HOSTED_READER", 2)
    tally = PollAggregate()
    for n in range(10):
        tally.add(RSS.of_representation(1).unasked, f"Pembaca{n}/1", {HERE: 1}, T)
        tally.add(RSS.of_representation(1).unasked, f"Feedbin feed-id:{n} - 100 subscribers", {HERE: 1}, T)
    tally.add(RSS.of_representation(1).unasked, "NetNewsWire", {HERE: 1}, T)  # who is known never is too many
    sums = tally.take_sums()
    assert sums.clients[LATEST, OTHER] == 7
    assert sums.clients[LATEST, "NetNewsWire"] == 1
    assert [id_ for _, _, id_ in sums.subscribers] == ["rss 0", "rss 1"]
    tally.add(RSS.of_representation(1).unasked, "Pembaca9/1", {HERE: 1}, T + 86_400)  # a new day
    assert (FeedDay(date(2026, 2, 23), "latest"), "Pembaca9") in tally.take_sums().clients


def test_unknown_names_are_looked_at_a_few_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_NEW_AGENTS", 2)
    tally = PollAggregate()
    for _ in range(2):
        tally.begin_batch()
        for n in range(4):
            tally.add(RSS.of_representation(1).unasked, f"Pembaca{n}/1", {HERE: 1}, T)
    sums = tally.take_sums()
    assert sums.clients == {
        **{(LATEST, f"Pembaca{n}"): 2 for n in (0, 1)},
        **{(LATEST, f"Pembaca{n}"): 1 for n in (2, 3)},
        (LATEST, OTHER): 2,
    }
    assert {agent: polling.polls for (_, agent, _), polling in sums.pollers.items()} == {
        **{f"Pembaca{n}/1": 2 for n in (0, 1)},
        **{f"Pembaca{n}/1": 1 for n in (2, 3)},
    }


def test_pollers_and_readers_have_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("MAX_WAITING_POLLERS", "MAX_WAITING_READERS", "MAX_SENT_DOCUMENTS", "MAX_REMEMBERED_AGENTS"):
        monkeypatch.setattr(limits, name, 5)
    tally = PollAggregate()
    for n in range(50):
        tally.add(RSS.of_representation(1).unasked, f"NetNewsWire/{n}", {bytes([n]): 1}, T)
    sums = tally.take_sums()
    assert len(sums.pollers) == len(sums.single[LATEST, "NetNewsWire"]) == 5
    assert len(tally._sent) <= 5
    assert len(tally._agents) <= 5
    assert sums.feeds[LATEST].polls == sums.clients[LATEST, "NetNewsWire"] == 50


@given(st.lists(st.tuples(st.integers(0, 2), st.text(max_size=30), st.integers(1, 9)), max_size=30))
def test_no_poll_of_any_reader_is_lost(polls: list[tuple[int, str, int]]) -> None:
    tally = PollAggregate()
    for kind, agent, times in polls:
        tally.add(RSS.of_representation(300)[kind], agent, {HERE: times}, T)
    sums = tally.take_sums()
    total = sum(times for *_, times in polls)
    assert sum(each.polls for each in sums.feeds.values()) == sums.clients.total() == total


# --- taking ----------------------------------------------------------------------------------------------------


def environ(agent: str | None = "Pembaca/1", address: str | None = "203.0.113.9", **more: str) -> dict[str, str]:
    given_ = {"HTTP_USER_AGENT": agent, "REMOTE_ADDR": address, **more}
    return {name: value for name, value in given_.items() if value is not None}


def test_what_is_taken_is_counted_together() -> None:
    polls = Polls(forwarded=False)
    poll = RSS.of_representation(300).unasked
    for n in range(1000):
        polls.record(poll, environ(address=f"203.0.113.{n % 2}", HTTP_X_FORWARDED_FOR=str(n)))
    assert len(polls._uncounted) < 64
    assert {(taken.remote, taken.forwarded): times for taken, times in polls.take_recorded().items()} == {
        ("203.0.113.0", PRESENT): 500,
        ("203.0.113.1", PRESENT): 500,
    }
    assert polls.take_recorded() == {}


def test_of_a_flood_all_polls_are_counted_and_the_first_senders() -> None:
    polls = Polls(forwarded=False)
    poll = RSS.of_representation(300).unasked
    for _ in range(2):
        for n in range(MAX_POLLS_WITH_CLIENT + 10_000):
            polls.record(poll, environ(address=f"203.0.113.{n % 2}"))
        taken = {each.remote: times for each, times in polls.take_recorded().items()}
        assert taken.pop(None) == pytest.approx(10_000, abs=64)
        assert sum(taken.values()) == pytest.approx(MAX_POLLS_WITH_CLIENT, abs=64)


def test_strangers_do_not_fill_the_memory() -> None:
    polls = Polls(forwarded=True)
    poll = RSS.of_representation(300).unasked
    for n in range(45_000):
        polls.record(poll, environ(f"{n} {'x' * 8000}", HTTP_X_FORWARDED_FOR="1.2.3.4, " * 200))
    taken = polls.take_recorded()
    assert len(taken) <= MAX_POLL_COMBINATIONS + 64
    assert sum(taken.values()) == 45_000
    assert max(len(each.agent or "") for each in taken) == 256
    assert max(len(each.forwarded or "") for each in taken) < 512
