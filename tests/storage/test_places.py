"""The limit of threads in the store."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from service.core.errors import StoreUnavailable
from service.storage.places import StorePlaces
from tests.support.server import eventually


def test_a_thread_without_a_place_waits_while_others_leave_and_is_refused_when_nobody_does() -> None:
    places = StorePlaces(2, seconds=0.2, hang_seconds=60)
    inside, most = 0, 0
    lock = threading.Lock()

    def visit(_: int) -> None:
        nonlocal inside, most
        with places.take():
            with lock:
                inside += 1
                most = max(most, inside)
            with lock:
                inside -= 1

    with ThreadPoolExecutor(16) as threads:
        list(threads.map(visit, range(500)))
    assert most <= 2
    with places.take(), places.take(), pytest.raises(StoreUnavailable, match="too many threads"), places.take():
        pass
    visit(0)


def test_nobody_waits_for_a_place_in_a_store_that_hangs() -> None:
    places = StorePlaces(1, seconds=60, hang_seconds=0.1)
    with places.take():
        eventually(lambda: is_refused(places))  # the wait of 60 seconds would end the test
    assert not is_refused(places)


def test_only_a_few_wait_if_there_is_a_limit() -> None:
    places = StorePlaces(1, seconds=60, hang_seconds=60, waiting=1)
    entered = threading.Event()

    def visit() -> None:
        with places.take():
            entered.set()

    with places.take():
        waiting = threading.Thread(target=visit)
        waiting.start()
        eventually(lambda: is_refused(places))  # the wait of 60 seconds would end the test
        assert not entered.is_set()
    waiting.join()
    assert entered.is_set()
    assert not is_refused(places)


def is_refused(places: StorePlaces) -> bool:
    time.sleep(0.2)
    try:
        with places.take():
            return False
    except StoreUnavailable:
        return True
