"""The store of the hub, on both databases."""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from sqlalchemy import select, text

from service.articles.dates import utc_now
from service.core.errors import TooBusy
from service.storage import (
    AnnouncementLog,
    ArticleStore,
    Database,
    HubReports,
    HubRequestStore,
    HubTopics,
    Subscriptions,
)
from service.storage.hub import (
    Delivered,
    Ended,
    Failed,
    HubTopic,
    PendingRequest,
    Returned,
    Settlement,
    TopicContent,
    requests,
    topics,
)
from service.storage.tables import hub_topics
from tests.support.articles import NOW, submission

LEASE = 60.0


def request(path: str = "latest.rss", callback: str = "https://a.example/1", **more: object) -> PendingRequest:
    fields = {"mode": "subscribe", "host": "a.example", "lease_seconds": 3600, "secret": "", "token": callback, **more}
    return PendingRequest(path=path, callback=callback, **fields)  # type: ignore[arg-type]


class Hub:
    """The parts of the store, and what tests do with them."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.topics = HubTopics(database)
        self.subscriptions = Subscriptions(database)
        self.requests = HubRequestStore(database)
        self.reports = HubReports(database)

    def subscribe(self, callbacks: Iterable[str], path: str = "latest.rss", list_name: str = "latest") -> HubTopic:
        content = TopicContent("first", list_name, is_ranked=path.startswith("popular"))
        confirmed = [(request(path, f"https://a.example/{callback}"), content) for callback in callbacks]
        self.subscriptions.settle_requests(Settlement(confirmed))
        return self.topic(path)

    def topic(self, path: str = "latest.rss") -> HubTopic:
        with self.database.reading() as connection:
            row = connection.execute(select(hub_topics).where(hub_topics.c.path == path)).one()
            return HubTopic(**{name: getattr(row, name) for name in HubTopic.__dataclass_fields__})

    def paths(self) -> list[str]:
        with self.database.reading() as connection:
            return list(connection.execute(select(hub_topics.c.path)).scalars())

    def change(self, digest: str, path: str = "latest.rss") -> HubTopic:
        """A new version of the topic."""
        topic = self.topic(path)
        return self.topics.settle(topic, digest, topic.list_name)

    def let_pass(self, column: str = "due_at", table: str = "hub_subscriptions") -> None:
        """Let the time in the column pass."""
        with self.database.writing() as connection:
            connection.execute(text(f"UPDATE {table} SET {column} = '2026-01-01 00:00:00'"))  # noqa: S608


@pytest.fixture
def hub(database: Database) -> Hub:
    hub = Hub(database)
    hub.topics.follow()  # the cursor
    return hub


def test_announcements_mark_the_topics_of_their_lists(hub: Hub, store: ArticleStore) -> None:
    hub.subscribe(["1"])
    hub.subscribe(["1"], "category/dinamika.atom", "category/dinamika")
    hub.subscribe(["1"], "category/lain.atom", "category/lain")
    for topic in hub.topics.unsettled():  # a topic is compared once after its first subscription
        hub.topics.settle(topic, topic.digest, topic.list_name)
    assert hub.topics.unsettled() == []
    store.put([submission("1")], NOW)
    before = utc_now()
    hub.topics.follow()
    changed = hub.topics.unsettled()
    assert {topic.path for topic in changed} == {"latest.rss", "category/dinamika.atom"}
    assert all((before - topic.touched_at).total_seconds() < 60 for topic in changed)
    hub.topics.follow()  # each announcement counts once
    assert hub.topics.unsettled() == changed
    AnnouncementLog(hub.database).advance({"documents": 10**6, "view counter": 10**6})
    assert hub.topics.follow() is False


def test_a_hub_that_has_lost_its_cursor_compares_everything(hub: Hub) -> None:
    topic = hub.subscribe(["1"])
    hub.topics.settle(topic, topic.digest, topic.list_name)
    with hub.database.writing() as connection:
        connection.execute(text("DELETE FROM cursors WHERE consumer = 'hub'"))
    hub.topics.follow()
    assert [topic.path for topic in hub.topics.unsettled()] == ["latest.rss"]


def test_many_announcements_are_followed_in_portions(
    hub: Hub, store: ArticleStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(topics, "MAX_ANNOUNCEMENTS", 2)
    monkeypatch.setattr(topics, "MAX_NAMES_PER_STATEMENT", 1)
    topic = hub.subscribe(["1"], "category/dinamika.rss", "category/dinamika")
    for number in range(5):
        store.put([submission(f"{number}")], NOW)
    assert [hub.topics.follow() for _ in range(3)] == [True, True, False]
    assert hub.topic(topic.path).changes > topic.changes


def test_popular_feeds_are_compared_once_a_minute(hub: Hub, store: ArticleStore) -> None:
    topic = hub.subscribe(["1"], "popular.rss")
    hub.topics.settle(topic, topic.digest, topic.list_name)
    store.put([submission("1")], NOW)
    hub.topics.follow()
    assert hub.topics.unsettled() == []
    hub.let_pass("touched_at", "hub_topics")
    hub.topics.follow()
    assert [topic.path for topic in hub.topics.unsettled()] == ["popular.rss"]
    hub.topics.settle(hub.topic(topic.path), topic.digest, topic.list_name)
    hub.topics.follow()
    assert hub.topics.unsettled() == []


def test_only_other_content_makes_a_version(hub: Hub) -> None:
    topic = hub.subscribe(["1"])
    same = hub.change("first")
    assert (same.version, same.is_changed, same.is_open) == (topic.version, False, False)
    other = hub.change("second")
    assert (other.version, other.is_open) == (topic.version + 1, True)
    assert hub.topics.settle(topic, "third", "latest") == other  # another worker was faster: the content is made again


def test_portions_do_not_overlap(hub: Hub) -> None:
    hub.subscribe(map(str, range(300)))
    topic = hub.change("second")
    with ThreadPoolExecutor(4) as threads:
        taken = list(threads.map(lambda _: hub.subscriptions.take(topic, 50, LEASE, slow=False), range(8)))
    keys = [due.key for portion in taken for due in portion]
    assert len(keys) == len(set(keys)) == 300
    assert hub.topics.unsettled() == []  # all are taken
    hub.let_pass()
    assert len(hub.subscriptions.take(topic, 500, LEASE, slow=False)) == 300  # the leases have ended


def test_the_outcomes_of_deliveries(hub: Hub) -> None:
    hub.subscribe(["delivered", "slow", "gone", "failed", "given up", "returned"])
    topic = hub.change("second")
    by_name = {due.callback.rsplit("/", 1)[1]: due for due in hub.subscriptions.take(topic, 10, LEASE, slow=False)}
    version = topic.version
    hub.subscriptions.settle(
        [
            Delivered(by_name["delivered"].key, version, is_slow=False),
            Delivered(by_name["slow"].key, version, is_slow=True),
            Ended(by_name["gone"].key),
            Failed(by_name["failed"].key, 60.0, "e" * 999),
            Failed(by_name["given up"].key, 0.0, "the subscriber answered 500", gave_up=version),
            Returned(by_name["returned"].key, 0.0, is_slow=False),
        ]
    )
    totals = hub.reports.totals()
    assert (totals.subscriptions, totals.due, totals.failing, totals.given_up) == (5, 1, 1, 1)
    assert [due.key for due in hub.subscriptions.take(topic, 10, LEASE, slow=False)] == [by_name["returned"].key]
    assert hub.subscriptions.take(topic, 10, LEASE, slow=True) == []  # the failed one waits
    report = hub.reports.report()
    assert [each.error for each in report.worst] == ["e" * 200, "the subscriber answered 500"]
    assert [each.gave_up for each in report.worst] == [False, True]
    assert [(group.name, group.totals.subscriptions) for group in report.topics] == [("latest.rss", 5)]
    assert [(group.name, group.totals.failing) for group in report.hosts] == [("a.example", 1)]
    assert isinstance(report.topics[0].delivered_at, datetime)
    assert report.topics[0].delivered_at.tzinfo == UTC
    hub.let_pass()
    again = {due.callback.rsplit("/", 1)[1]: due for due in hub.subscriptions.take(topic, 10, LEASE, slow=True)}
    assert again.keys() == {"failed"}
    assert (again["failed"].attempts, again["failed"].seconds_failing >= 0) == (1, True)
    newer = hub.change("third")
    assert len(hub.subscriptions.take(newer, 10, LEASE, slow=True)) == 2  # the slow one, and the one that was given up


def test_a_late_outcome_does_not_undo_a_later_version(hub: Hub) -> None:
    hub.subscribe(["1"])
    first = hub.change("second")
    [due] = hub.subscriptions.take(first, 1, LEASE, slow=False)
    second = hub.change("third")
    hub.subscriptions.settle([Delivered(due.key, second.version, is_slow=False)])
    hub.subscriptions.settle([Delivered(due.key, first.version, is_slow=False)])
    assert hub.reports.totals().due == 0


def test_a_renewal_keeps_the_version_and_ends_a_pause(hub: Hub) -> None:
    hub.subscribe(["1"])
    topic = hub.change("second")
    [due] = hub.subscriptions.take(topic, 1, LEASE, slow=False)
    hub.subscriptions.settle([Failed(due.key, 3600.0, "it hangs")])
    renewal = request(callback="https://a.example/1", secret="baru")
    hub.subscriptions.settle_requests(Settlement([(renewal, TopicContent("x", "latest", is_ranked=False))]))
    [again] = hub.subscriptions.take(topic, 1, LEASE, slow=False)
    assert (again.key, again.secret, again.attempts) == (due.key, "baru", 0)
    assert "baru" not in f"{again!r}{renewal!r}"


def test_expired_subscriptions_and_unused_topics_are_tidied_away(hub: Hub) -> None:
    hub.subscribe(["1"])
    hub.subscribe(["1"], "latest.atom")
    topic = hub.change("second")
    with hub.database.writing() as connection:
        past = "UPDATE hub_subscriptions SET expires_at = '2026-01-01 00:00:00' WHERE topic_key = :key"
        connection.execute(text(past), {"key": topic.key})
    assert hub.subscriptions.take(topic, 1, LEASE, slow=False) == []
    hub.topics.tidy()
    assert hub.paths() == ["latest.atom"]
    open_ = hub.change("second", "latest.atom")
    hub.topics.tidy()
    assert hub.topic("latest.atom").is_open
    [due] = hub.subscriptions.take(open_, 1, LEASE, slow=False)
    hub.subscriptions.settle([Delivered(due.key, open_.version, is_slow=False)])
    hub.topics.tidy()
    assert not hub.topic("latest.atom").is_open


def test_the_newest_request_counts(hub: Hub) -> None:
    hub.requests.add(request(secret="lama"))
    [first] = hub.requests.take(10, LEASE)
    assert hub.requests.take(10, LEASE) == []
    hub.requests.add(request(secret="baru", mode="unsubscribe"))
    hub.subscriptions.settle_requests(Settlement(dropped=[first]))  # its outcome does not touch the newer one
    [second] = hub.requests.take(10, LEASE)
    assert (second.mode, second.secret, second.attempts) == ("unsubscribe", "baru", 0)
    hub.requests.postpone(second, 60.0, failed=True)
    assert hub.requests.take(10, LEASE) == []
    hub.let_pass(table="hub_requests")
    assert [again.attempts for again in hub.requests.take(10, LEASE)] == [1]
    hub.subscriptions.settle_requests(Settlement(unsubscribed=[second]))
    assert hub.reports.totals().waiting == 0


def test_requests_do_not_pile_up(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(requests, "MAX_WAITING", 1)
    hub.requests.add(request())
    with pytest.raises(TooBusy):
        hub.requests.add(request("latest.atom"))


def test_subscriptions_are_counted_by_host(hub: Hub) -> None:
    assert hub.subscriptions.count({"a.example"}) == (0, {})
    hub.subscribe(["1", "2"])
    assert hub.subscriptions.count({"a.example", "b.example"}) == (2, {"a.example": 2})
    assert hub.subscriptions.exists("latest.rss", "https://a.example/1")
    assert not hub.subscriptions.exists("latest.atom", "https://a.example/1")
