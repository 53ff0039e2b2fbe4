"""The limit of threads in the store."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from service.core.errors import StoreUnavailable
from service.storage.places import StorePlaces


def test_a_thread_without_a_place_waits_while_others_leave_and_is_refused_when_nobody_does() -> None:
    places = StorePlaces(2, seconds=0.2)
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
