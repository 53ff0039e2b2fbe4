"""Turns at real endpoints: order, retries, poison events, endpoints that are down, gone or busy."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from email.utils import format_datetime
from ipaddress import ip_network
from pathlib import Path

import pytest
from sqlalchemy import text

from service.push.delivery_counts import DeliveryCounts
from service.push.webhooks import Sender
from service.push.webhooks.endpoint_turn import (
    LONGEST_PAUSE,
    LONGEST_RETRY,
    RETRY_PERIOD,
    TURN_LENGTH,
    Delivering,
    EndpointTurn,
)
from service.storage import ArticleStore, Database, WebhookStore, WebhookTurns
from tests.support.articles import submission
from tests.support.clock import Clock
from tests.support.receiver import Received, Receiver

LOOPBACK = [ip_network("127.0.0.0/8")]


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    """Only SQLite: tests/storage has the tests of both databases."""
    return f"sqlite:///{tmp_path / 'store.sqlite'}"


class Newsroom:
    """A store with one webhook, `arsip`, and the background work, a turn at a time."""

    def __init__(self, database: Database, counts: DeliveryCounts, clock: Clock, url: str) -> None:
        self.store = ArticleStore(database)
        self.webhooks = WebhookStore(database)
        self.turns = WebhookTurns(database)
        self.clock = clock
        self.delivering = Delivering(self.store, self.turns, Sender(LOOPBACK), counts, clock)
        self.secret = self.webhooks.add("arsip", url, [], [], clock())

    def put(self, *ids: str, **fields: object) -> None:
        for id_ in ids:
            self.store.put([submission(id_, title=f"Judul {self.clock()}", **fields)], self.clock())
            self.clock.forward(seconds=1)

    def work(self, times: int = 1) -> None:
        """Take turns as long as something is due, at most so often."""
        for _ in range(times):
            for name in self.turns.due(self.clock()):
                if turn := self.turns.take(name, self.clock(), TURN_LENGTH):
                    EndpointTurn(turn, self.delivering, lambda: False).run()

    def work_until(self, end: datetime, step: timedelta) -> None:
        while self.clock() < end:
            self.clock.forward(seconds=step.total_seconds())
            self.work()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as receiver:
        yield receiver


@pytest.fixture
def newsroom(database: Database, counts: DeliveryCounts, clock: Clock, receiver: Receiver) -> Newsroom:
    return Newsroom(database, counts, clock, receiver.url)


def refuse(receiver: Receiver, *articles: str, status: int = 500) -> None:
    """Make the endpoint refuse events of these articles, or all events without any."""

    def answer(received: Received) -> tuple[int, Mapping[str, str]]:
        refused = not articles or received.event["data"].get("id") in articles
        return (status if refused else 200), {}

    receiver.answer = answer


def accept(receiver: Receiver) -> None:
    receiver.answer = lambda _: (200, {})


def test_each_change_is_an_event_with_the_article(newsroom: Newsroom, receiver: Receiver) -> None:
    newsroom.put("satu")
    newsroom.put("satu", correction="Nama diperbaiki.")
    newsroom.put("satu", tags=["ASEAN"], correction="Nama diperbaiki.")
    newsroom.store.withdraw("satu", newsroom.clock())
    newsroom.work()
    assert receiver.lines == ["published satu", "corrected satu", "updated satu", "withdrawn satu"]
    updated = receiver.received[2]
    assert updated.is_signed_by(newsroom.secret)
    assert updated.headers["Content-Type"] == "application/json"
    assert updated.event["data"]["changed"] == ["title", "tags", "updated_at"]
    assert updated.event["data"]["article"] == newsroom.store.article("satu").fields()
    assert len({received.id for received in receiver.received}) == 4
    found = newsroom.webhooks.webhook("arsip")
    assert (found.delivered, found.behind, found.waiting, found.next_at) == (4, 0, 0, None)


def test_the_end_of_an_embargo_and_of_an_article_are_events(newsroom: Newsroom, receiver: Receiver) -> None:
    now = newsroom.clock()
    soon, later = now + timedelta(minutes=1), now + timedelta(minutes=2)
    newsroom.put("embargo", published_at=soon.isoformat(), expires_at=later.isoformat())
    newsroom.work()
    assert receiver.lines == []
    for at in (soon, later):
        newsroom.store.apply_deadlines(at)
    newsroom.work()
    assert receiver.lines == ["published embargo", "expired embargo"]


def test_filters_by_type_and_category(newsroom: Newsroom, receiver: Receiver) -> None:
    newsroom.webhooks.change("arsip", receiver.url, ["article.published", "article.updated"], ["politik"])
    newsroom.put("a", categories=["Politik"])
    newsroom.put("b", categories=["Ekonomi"])
    newsroom.put("a", categories=["Ekonomi"])  # leaves the category: the receiver has to know
    newsroom.put("a", categories=["Ekonomi"])
    newsroom.store.withdraw("a", newsroom.clock())
    newsroom.work()
    assert receiver.lines == ["published a", "updated a"]
    assert newsroom.webhooks.webhook("arsip").behind == 0


def test_a_change_that_an_earlier_release_has_logged(
    newsroom: Newsroom, receiver: Receiver, database: Database
) -> None:
    """It has no detail. The present categories of the article decide."""

    newsroom.webhooks.change("arsip", receiver.url, [], ["politik"])
    newsroom.put("a", categories=["Politik"])
    newsroom.put("b", categories=["Ekonomi"])
    with database.writing() as connection:
        connection.execute(text("UPDATE changes SET detail = NULL"))
    newsroom.work()
    assert receiver.lines == ["published a"]


def test_an_event_that_fails_holds_only_its_article_and_keeps_its_order(newsroom: Newsroom, receiver: Receiver) -> None:
    refuse(receiver, "racun")
    newsroom.put("racun", "a", "racun", "b")
    newsroom.work()
    assert receiver.lines == ["published racun", "published a", "published b"]
    waiting = newsroom.webhooks.undelivered("arsip", 10)
    assert [(event.article_id, event.attempts) for event in waiting] == [("racun", 1), ("racun", 0)]
    accept(receiver)
    newsroom.clock.forward(seconds=10)
    newsroom.work()
    assert receiver.lines[3:] == ["published racun", "updated racun"]
    assert receiver.received[0].id == receiver.received[3].id
    assert newsroom.webhooks.webhook("arsip").waiting == 0


def test_an_event_is_given_up_after_three_days_and_the_next_goes_on(
    newsroom: Newsroom, receiver: Receiver, caplog: pytest.LogCaptureFixture
) -> None:
    refuse(receiver, "racun")
    newsroom.put("racun")
    begin = newsroom.clock()
    newsroom.work()
    newsroom.put("racun", "a")
    newsroom.work_until(begin + RETRY_PERIOD + LONGEST_RETRY * 1.5, timedelta(minutes=30))
    attempts = receiver.lines.count("published racun")
    assert 50 < attempts < 100  # some in the first hour, then one an hour
    assert "updated racun" in receiver.lines  # its own turn comes, and its own three days
    found = newsroom.webhooks.webhook("arsip")
    assert (found.given_up, found.abandoned, found.waiting) == (1, 1, 1)
    assert "is given up after" in caplog.text
    accept(receiver)
    assert newsroom.webhooks.replay("arsip", None, newsroom.clock()) == 1
    newsroom.work(3)
    assert receiver.lines[-2:] == ["published racun", "updated racun"]
    assert newsroom.webhooks.webhook("arsip").waiting == 0


def test_an_endpoint_that_is_down_is_asked_seldom_and_gets_everything_later(
    newsroom: Newsroom, receiver: Receiver
) -> None:
    refuse(receiver, status=502)
    ids = [f"a{number}" for number in range(30)]
    newsroom.put(*ids)
    end = newsroom.clock() + timedelta(days=4)
    newsroom.work()
    assert len(receiver.received) == 3  # then it counts as down
    newsroom.work_until(newsroom.clock() + timedelta(hours=1), timedelta(seconds=20))
    asked = len(receiver.received)
    assert 30 < asked < 100
    found = newsroom.webhooks.webhook("arsip")
    assert found.failing_since
    assert found.error == "the endpoint answers 502"
    newsroom.work_until(end, timedelta(hours=2))
    newsroom.put("baru")
    accept(receiver)
    receiver.received.clear()
    newsroom.clock.forward(seconds=2 * LONGEST_PAUSE.total_seconds())
    newsroom.work(3)
    found = newsroom.webhooks.webhook("arsip")
    assert "published baru" in receiver.lines
    assert found.delivered + found.given_up == 31  # nothing is lost silently
    assert (found.failing_since, found.waiting, found.behind) == (None, 0, 0)
    newsroom.webhooks.replay("arsip", None, newsroom.clock())
    newsroom.work(3)
    assert {line.removeprefix("published ") for line in receiver.lines} == {*ids, "baru"}


def test_three_poison_events_do_not_stop_the_others(newsroom: Newsroom, receiver: Receiver) -> None:
    refuse(receiver, "r1", "r2", "r3")
    newsroom.put("r1", "r2", "r3")
    newsroom.work()
    newsroom.put("a")
    newsroom.work_until(newsroom.clock() + 2 * LONGEST_PAUSE, timedelta(seconds=1))
    assert "published a" in receiver.lines


def test_gone_disables_the_endpoint_until_it_is_enabled(newsroom: Newsroom, receiver: Receiver) -> None:
    refuse(receiver, status=410)
    newsroom.put("a", "b")
    newsroom.work(3)
    assert receiver.lines == ["published a"]
    found = newsroom.webhooks.webhook("arsip")
    assert found.disabled_at
    assert found.error == "the endpoint answers 410"
    accept(receiver)
    newsroom.clock.forward(days=5)
    newsroom.work()
    assert len(receiver.received) == 1
    newsroom.webhooks.enable("arsip", newsroom.clock())
    newsroom.work()
    assert receiver.lines == ["published a", "published a", "published b"]


@pytest.mark.parametrize(("status", "form"), [(429, "seconds"), (503, "seconds"), (429, "date")])
def test_retry_after_is_heeded(newsroom: Newsroom, receiver: Receiver, status: int, form: str) -> None:
    # The sender compares the date with the real clock.
    newsroom.clock.now = datetime.now(newsroom.clock().tzinfo).replace(microsecond=0)
    end = newsroom.clock() + timedelta(minutes=10)
    value = "600" if form == "seconds" else format_datetime(end, usegmt=True)
    receiver.answer = lambda _: (status, {"Retry-After": value})
    newsroom.put("a", "b")
    newsroom.work(3)
    assert receiver.lines == ["published a"]
    accept(receiver)
    newsroom.clock.now = end - timedelta(seconds=30)
    newsroom.work()
    assert len(receiver.received) == 1
    newsroom.clock.now = end + timedelta(seconds=30)
    newsroom.work()
    assert sorted(receiver.lines) == ["published a", "published a", "published b"]


@pytest.mark.parametrize(
    ("headers", "status", "error"),
    [
        ({"Location": "http://169.254.169.254/"}, 302, "the endpoint answers 302, a redirect, which is not followed"),
        ({"Retry-After": "soon"}, 429, "the endpoint answers 429"),
        ({"Retry-After": "-5"}, 503, "the endpoint answers 503"),
        ({}, 404, "the endpoint answers 404"),
    ],
)
def test_other_answers_are_failures(
    newsroom: Newsroom, receiver: Receiver, headers: Mapping[str, str], status: int, error: str
) -> None:
    receiver.answer = lambda _: (status, headers)
    newsroom.put("a")
    newsroom.work()
    assert newsroom.webhooks.webhook("arsip").error.startswith(error)
    assert len(receiver.received) == 1


def test_private_networks_need_a_setting(newsroom: Newsroom, receiver: Receiver, counts: DeliveryCounts) -> None:
    delivering = Delivering(newsroom.store, newsroom.turns, Sender([]), counts, newsroom.clock)
    newsroom.delivering = delivering
    newsroom.put("a")
    newsroom.work()
    assert receiver.received == []
    assert newsroom.webhooks.webhook("arsip").error.endswith("add its network to webhooks.allow")


def test_a_rotated_secret_signs_beside_the_new_one(newsroom: Newsroom, receiver: Receiver) -> None:
    new = newsroom.webhooks.rotate("arsip", newsroom.clock(), timedelta(hours=1))
    newsroom.put("a")
    newsroom.work()
    newsroom.clock.forward(hours=1)
    newsroom.put("b")
    newsroom.work()
    first, second = receiver.received
    assert [first.is_signed_by(secret) for secret in (newsroom.secret, new)] == [True, True]
    assert [second.is_signed_by(secret) for secret in (newsroom.secret, new)] == [False, True]


def test_a_test_event_is_sent_in_the_turn(newsroom: Newsroom, receiver: Receiver) -> None:
    newsroom.webhooks.want_test("arsip")
    newsroom.work()
    assert receiver.lines == ["webhook.test"]
    found = newsroom.webhooks.webhook("arsip")
    assert (found.test_answer, found.tested_at) == ("the endpoint answers 204", newsroom.clock())


def test_a_process_that_loses_its_turn_writes_nothing(newsroom: Newsroom, receiver: Receiver) -> None:
    """Its events are delivered again by the other process: at least once."""
    newsroom.put("a")
    lost = newsroom.turns.take("arsip", newsroom.clock(), TURN_LENGTH)
    assert lost
    newsroom.clock.forward(seconds=TURN_LENGTH.total_seconds())
    newsroom.work()
    EndpointTurn(lost, newsroom.delivering, lambda: False).run()
    assert [received.id for received in receiver.received] == [receiver.received[0].id] * 2
    assert newsroom.webhooks.webhook("arsip").delivered == 1
