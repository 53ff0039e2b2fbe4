"""Announcements: each consumer gets each change, at once or later, and nobody waits for another."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import datetime

import pytest
from redis import Redis
from sqlalchemy import Connection, event

from service.core.errors import RedisUnavailable, StoreUnavailable
from service.core.metrics import Metrics
from service.core.redis import RedisLink, connect
from service.feeds.names import DIRECTORY, ENTERED
from service.publishing.announcements import Announcements, Deliveries
from service.storage import Announcement, AnnouncementLog, ArticleStore, Database
from tests.support.articles import NOW, submission
from tests.support.clock import Clock


class Follower:
    """A consumer that can be unavailable."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.got: list[str] = []
        self.lists: set[str] = set()
        self.failure: Exception | None = None

    def deliver(self, list_names: Collection[str], article_ids: Collection[str], since: datetime | None = None) -> None:
        self._try()
        self.lists |= set(list_names)
        self.got += article_ids

    def start_over(self) -> None:
        self._try()
        self.got.append("everything")

    def _try(self) -> None:
        if self.failure:
            raise self.failure


class Office:
    """A store and the consumers of its changes."""

    def __init__(self, database: Database, link: RedisLink, clock: Clock) -> None:
        self.documents, self.counter, self.edge = Follower("documents"), Follower("view counter"), Follower("edge x")
        self.store = ArticleStore(database)
        self.log = AnnouncementLog(database)
        consumers = [self.documents, self.counter, self.edge]
        self.announcements = Announcements(self.store, self.log, consumers, Deliveries(link), clock)

    def put(self, article_id: str, **fields: object) -> list[Announcement]:
        return self.store.put([submission(article_id, **fields)], NOW)[1]

    def take(self) -> tuple[list[str], list[str], list[str]]:
        """What the documents, the counter and the edge have got since the last call."""
        taken = self.documents.got, self.counter.got, self.edge.got
        self.documents.got, self.counter.got, self.edge.got = [], [], []
        return taken


@pytest.fixture
def office(database: Database, link: RedisLink, clock: Clock) -> Office:
    office = Office(database, link, clock)
    office.announcements.announce_due()
    office.take()
    return office


@contextmanager
def writes(database: Database) -> Iterator[list[int]]:
    """The transactions that write."""
    counted: list[int] = []

    def begun(connection: Connection) -> None:
        if connection.get_execution_options().get("warta_writing"):
            counted.append(1)

    event.listen(database.engine, "begin", begun)
    yield counted
    event.remove(database.engine, "begin", begun)


def test_an_announcement_is_delivered_at_once_and_not_again(
    office: Office, database: Database, link: RedisLink, clock: Clock, redis_url: str
) -> None:
    """The process that moves the cursors may be another one. It writes once for many changes."""
    other = Office(database, link, clock)
    with writes(database) as counted:
        for n in range(5):
            office.announcements.announce(office.put(str(n)))
    assert len(counted) == 5
    assert office.take() == (list("01234"),) * 3
    assert office.edge.lists == {"latest", "category/dinamika", ENTERED, DIRECTORY}
    assert not other.announcements.is_complete()
    with writes(database) as counted:
        assert other.announcements.announce_due() == 0
        assert other.announcements.announce_due() == 0
    assert len(counted) == 1
    assert other.take() == ([], [], [])
    assert office.announcements.is_complete()
    with Redis.from_url(redis_url) as client:
        assert client.keys("warta:{announcements}*") == []


def test_the_lists_before_and_after_a_change_are_named(office: Office) -> None:
    office.put("1", tags=["Lama"])
    office.put("1", tags=["Baru"])
    assert office.announcements.announce_due() == 2
    assert office.edge.lists >= {"tag/lama", "tag/baru"}


def test_after_a_crash_and_after_a_loss_of_redis_it_is_delivered_again(office: Office, redis_url: str) -> None:
    office.put("1")  # and the process died
    office.announcements.announce(office.put("2"))
    assert office.take() == (["2"],) * 3
    assert office.announcements.announce_due() == 1
    assert office.take() == (["1"],) * 3
    office.announcements.announce(office.put("3"))
    office.take()
    with Redis.from_url(redis_url) as client:
        client.flushall()
    assert office.announcements.announce_due() == 1
    assert office.take() == (["3"],) * 3


def test_a_consumer_that_fails_holds_back_no_other(office: Office, caplog: pytest.LogCaptureFixture) -> None:
    office.counter.failure = StoreUnavailable("the store is away")
    office.announcements.announce(office.put("1"))
    assert office.take() == (["1"], [], ["1"])
    assert [record.getMessage() for record in caplog.records] == ["changes wait to be announced: the store is away"]
    office.put("2")
    for _ in range(2):
        with pytest.raises(StoreUnavailable):
            office.announcements.announce_due()
    assert office.take() == (["2"], [], ["2"])
    office.counter.failure = None
    office.announcements.announce_due()
    assert office.take() == ([], ["1", "2"], [])
    assert office.announcements.is_complete()


def test_nobody_is_sent_to_documents_that_are_not_outdated_yet(office: Office) -> None:
    office.documents.failure = RedisUnavailable("Redis is away")
    office.announcements.announce(office.put("1"))
    with pytest.raises(RedisUnavailable):
        office.announcements.announce_due()
    with pytest.raises(RedisUnavailable):
        office.announcements.invalidate(["latest"])
    assert office.take() == ([], [], [])
    office.documents.failure = None
    assert office.announcements.announce_due() == 1
    assert office.take() == (["1"],) * 3


def test_a_delivery_that_cannot_be_noted_is_made_twice(
    database: Database, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    """Redis is away, and the consumers are not in it."""
    office = Office(database, RedisLink(connect("unix:///tiada.sock"), Metrics()), clock)
    office.announcements.announce(office.put("1"))
    assert "changes will be announced a second time" in caplog.text
    assert office.announcements.announce_due() == 1
    assert office.take() == (["1", "1"], ["1", "1"], ["1", "everything"])


def test_a_new_consumer_starts_over_until_it_has(database: Database, link: RedisLink, clock: Clock) -> None:
    office = Office(database, link, clock)
    office.put("1")
    office.edge.failure = RedisUnavailable("Redis is away")
    with pytest.raises(RedisUnavailable):
        office.announcements.announce_due()
    office.put("2")
    office.edge.failure = None
    assert office.announcements.announce_due() == 1
    assert office.take() == (["1", "2"], ["1", "2"], ["everything", "2"])


def test_what_needs_no_log_is_invalidated_at_once(office: Office) -> None:
    office.put("1", tags=["Baru"])
    office.announcements.announce_due()
    for follower in (office.documents, office.edge):
        follower.lists.clear()
    office.announcements.invalidate(["latest"])
    assert office.documents.lists == office.edge.lists == {"latest", DIRECTORY}
    office.announcements.invalidate_all()
    assert office.edge.lists >= {"latest", "category/dinamika", "tag/baru", ENTERED, DIRECTORY}
