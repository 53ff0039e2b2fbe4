"""Background work: every job gets its turn, whatever becomes of the others."""

import json
import logging
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from redis import Redis

from service.bootstrap import Services
from service.core.errors import EdgeUnavailable, RedisUnavailable, StoreUnavailable
from service.documents.formats import FORMATS
from service.views import Fate
from service.views.persistence import ViewPersistence
from service.worker import Worker, announcer, process_worker, view_worker
from tests.support.articles import submission
from tests.support.background import background_round
from tests.support.clock import Clock
from tests.support.server import eventually


def test_a_job_that_fails_stops_no_other_and_is_logged_when_it_begins_and_when_it_ends(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.WARNING)
    done: list[int] = []
    broken = True

    def purge() -> None:
        if broken:
            raise EdgeUnavailable("the edge does not answer")

    worker = Worker({"purging": purge, "counting": lambda: done.append(1)})
    for _ in range(3):
        worker.round()
    broken = False
    worker.round()
    worker.round()
    assert len(done) == 5
    assert [record.getMessage() for record in caplog.records] == [
        "purging fails and will be tried again: the edge does not answer",
        "purging works again",
    ]


@pytest.mark.parametrize("outage", [RedisUnavailable, StoreUnavailable])
def test_a_moment_without_redis_or_the_store_is_not_logged(
    outage: type[Exception], caplog: pytest.LogCaptureFixture, clock: Clock
) -> None:
    caplog.set_level(logging.WARNING)
    broken = True

    def announce() -> None:
        if broken:
            raise outage("it is away")

    worker = Worker({"announcing": announce}, clock=clock.seconds)
    worker.round()
    clock.forward(seconds=0.9)
    worker.round()
    broken = False
    worker.round()
    assert not caplog.records

    broken = True
    worker.round()
    for _ in range(100):
        clock.forward(seconds=1)
        worker.round()
    broken = False
    worker.round()
    assert [record.getMessage() for record in caplog.records] == [
        "announcing fails and will be tried again: it is away",
        "announcing works again",
    ]


def test_a_bug_in_a_job_is_survived_and_logged_with_its_place_once_a_minute(
    caplog: pytest.LogCaptureFixture, clock: Clock
) -> None:
    done: list[int] = []
    broken: list[Callable[[], object]] = [lambda: 1 / 0]
    worker = Worker({"broken": lambda: broken[0](), "counting": lambda: done.append(1)}, clock=clock.seconds)
    for _ in range(100):
        worker.round()
    assert len(done) == 100
    [record] = caplog.records
    assert record.getMessage() == "broken failed"
    assert record.exc_info

    broken[0] = lambda: dict[str, int]()[f"another {len(done)}"]  # a bug at another line, with another text each time
    worker.round()
    worker.round()
    clock.forward(seconds=61)
    worker.round()
    worker.round()
    broken[0] = lambda: None
    worker.round()
    worker.round()
    said = [(record.getMessage(), record.exc_info and record.exc_info[0]) for record in caplog.records[1:]]
    assert said == [("broken failed", KeyError), ("broken failed", KeyError), ("broken works again", None)]


def test_a_worker_works_until_it_is_stopped() -> None:
    rounds: list[int] = []
    twice = threading.Event()

    def work() -> None:
        rounds.append(1)
        if len(rounds) == 2:
            twice.set()

    worker = Worker({"work": work})
    worker.stop()  # before it was started: nothing to wait for
    worker = Worker({"work": work})
    worker.start()
    assert twice.wait(20)
    worker.stop()
    after = len(rounds)
    assert not eventually(lambda: [thread.name for thread in threading.enumerate()]).count("worker")
    assert len(rounds) == after


def test_a_worker_that_is_impatient_leaves_a_job_that_hangs_to_itself() -> None:
    begun, end = threading.Event(), threading.Event()

    def hang() -> None:
        begun.set()
        end.wait(20)

    worker = Worker({"hang": hang}, beat=0.01, patience=0.1)
    worker.start()
    assert begun.wait(20)
    worker.stop()
    assert not end.is_set()
    end.set()
    worker.stop()


def test_the_end_of_a_process_does_not_wait_for_a_refill(
    services: Services, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Nor is anything said of it when its Redis is gone, or begun after it."""
    begun, end = threading.Event(), threading.Event()

    def refill(_: ViewPersistence) -> None:
        begun.set()
        end.wait(30)
        raise RedisUnavailable("Redis is away")

    monkeypatch.setattr(ViewPersistence, "refill", refill)
    monkeypatch.setattr(ViewPersistence, "flush_if_due", lambda _: pytest.fail("nobody waits for that"))
    worker = view_worker(services)
    worker.start()
    assert begun.wait(10)
    worker.stop()
    assert not end.is_set()
    end.set()
    worker.stop()
    eventually(lambda: not worker._thread.is_alive())
    assert not caplog.records


def test_the_workers_end_embargoes_refill_redis_and_count_what_waits(services: Services, redis_url: str) -> None:
    """Readers and changes do not wait until a Redis that has lost everything is full again."""
    soon = datetime.now(UTC) + timedelta(seconds=1)
    services.publisher.put([submission("satu"), submission("nanti", published_at=soon.isoformat())])
    changes, counting = announcer(services), process_worker(services, {})
    changes.round()
    with Redis.from_url(redis_url) as client:
        client.flushall()
    assert services.counter.add("satu") is Fate.WAITING
    changes.round()
    counting.round()
    assert services.counter.rankings.views_of(["satu"]) == {"satu": 0}
    background_round(services)
    counting.round()
    assert services.counter.rankings.views_of(["satu"]) == {"satu": 1}
    assert services.counter.pending == 0
    latest = services.documents.catalogue.parse("latest")

    def shown() -> list[str]:
        changes.round()
        document = services.documents.feed(latest, FORMATS["json"]).document
        return [item["url"].rpartition("/")[2] for item in json.loads(document.body)["items"]]

    eventually(lambda: shown() == ["nanti", "satu"])
    assert services.counter.add("nanti") is Fate.COUNTED
