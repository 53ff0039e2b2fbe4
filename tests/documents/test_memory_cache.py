"""What a process holds: served for a second, looked after before that is over, and never after a change."""

from datetime import UTC, datetime
from pathlib import Path
from random import Random

import pytest

from service.documents.change_signal import Generation
from service.documents.document import Document, Draft
from service.documents.memory_cache import AHEAD, HOLD, OBJECTS, Memory, Moment
from service.documents.parts import Spliced
from service.documents.redis_cache import Kept

AT = datetime(2026, 2, 22, 2, 40, tzinfo=UTC)
NOISE = Random(1).randbytes(20_000).hex()  # noqa: S311 - that no encoding makes much shorter


class Seconds:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def seconds() -> Seconds:
    return Seconds()


@pytest.fixture
def memory(tmp_path: Path, seconds: Seconds) -> Memory:
    return Memory(Generation(tmp_path), (4_000 + 3 * OBJECTS) * 8 // 7, seconds)


def kept(text: str) -> Kept:
    return Kept(Document.of(Draft(Spliced(text.encode()), "application/rss+xml", AT), AT), f"version of {text}/")


def test_a_copy_is_current_for_a_second_after_somebody_looked(memory: Memory, seconds: Seconds) -> None:
    place = memory.hold("latest", "rss", kept("satu"), memory.moment())
    seconds.now += HOLD - 0.01
    assert place.current() == place.copy
    seconds.now += 0.01
    assert place.current() is None
    assert place.copy.kept == kept("satu")  # still there, as the last good one


def test_the_second_begins_before_the_look_and_not_after_it(memory: Memory, seconds: Seconds) -> None:
    before = memory.moment()
    seconds.now += 0.7  # a slow answer
    place = memory.hold("latest", "rss", kept("satu"), before)
    assert place.current()
    seconds.now += 0.3
    assert place.current() is None


def test_a_change_ends_it_at_once(memory: Memory) -> None:
    place = memory.hold("latest", "rss", kept("satu"), memory.moment())
    assert place.current() == place.ready() == place.copy
    memory.outdate()
    assert place.current() is place.ready() is None


def test_a_change_during_the_look_ends_it_too(memory: Memory) -> None:
    before = memory.moment()
    memory.outdate()
    assert memory.hold("latest", "rss", kept("satu"), before).current() is None


def test_before_the_second_is_over_one_looks_and_the_others_go_on(memory: Memory, seconds: Seconds) -> None:
    place = memory.hold("latest", "rss", kept("satu"), memory.moment())
    assert not place.claim()
    seconds.now += HOLD - AHEAD
    assert place.ready() is None
    assert [place.claim() for _ in range(5)] == [True, False, False, False, False]
    assert place.current()
    memory.hold("latest", "rss", kept("satu"), memory.moment())
    seconds.now += HOLD - 0.01
    assert place.current()


def test_nobody_goes_on_with_it_after_the_second_however_long_the_look_takes(memory: Memory, seconds: Seconds) -> None:
    place = memory.hold("latest", "rss", kept("satu"), memory.moment())
    seconds.now += HOLD - 0.01
    assert place.claim()
    assert place.ready()
    seconds.now += 0.01
    assert place.ready() is None


def test_one_who_looks_in_vain_is_followed_by_another(memory: Memory, seconds: Seconds) -> None:
    place = memory.hold("latest", "rss", kept("satu"), memory.moment())
    seconds.now += HOLD - AHEAD
    assert place.claim()
    seconds.now += AHEAD
    assert place.claim()


def test_a_copy_that_is_being_replaced_does_not_get_the_time_of_the_next_one(tmp_path: Path) -> None:
    """Between reading the copy and reading the clock, another thread brings a new one."""

    def clock() -> float:
        if passed:
            memory.hold("latest", "rss", kept("baru"), passed.pop())
        return now

    now, passed = 1000.0, list[Moment]()
    memory = Memory(Generation(tmp_path), 10_000, clock)
    place = memory.hold("latest", "rss", kept("lama"), memory.moment())
    now += 30
    passed.append(memory.moment())
    assert place.ready() is None
    assert place.ready() == place.copy
    assert place.copy.kept == kept("baru")


def test_demand_is_seconds_in_which_somebody_looked(memory: Memory, seconds: Seconds) -> None:
    same = kept("satu")
    for _ in range(5):  # as after a change elsewhere, when all threads look at once
        place = memory.hold("latest", "rss", same, memory.moment())
    assert place.demand == 0
    for _ in range(3):
        seconds.now += 1
        memory.hold("latest", "rss", same, memory.moment())
    assert place.demand == 3
    memory.hold("latest", "rss", kept("dua"), memory.moment())
    assert place.demand == 0


def test_what_was_seen_earlier_does_not_replace_what_was_seen_later(memory: Memory, seconds: Seconds) -> None:
    early = memory.moment()
    seconds.now += 0.1
    memory.hold("latest", "rss", kept("baru"), memory.moment())
    place = memory.hold("latest", "rss", kept("lama"), early)
    assert place.copy.kept == kept("baru")


def test_it_ends_and_forgets_what_was_not_asked_for_longest(memory: Memory) -> None:
    def held(n: int) -> bool:
        return memory.find("latest", f"rss:{n}") is not None

    for n in range(4):
        memory.hold("latest", f"rss:{n}", kept(f"{n}{NOISE[:2_000]}"), memory.moment())
        assert held(0)  # is asked for again and again
    assert [held(n) for n in range(4)] == [True, False, True, True]
    memory.hold("latest", "rss:long", kept(NOISE), memory.moment())
    assert memory.find("latest", "rss:long") is None


def test_documents_of_an_unusual_length_drive_out_only_each_other(memory: Memory) -> None:
    memory.hold("latest", "rss", kept("usual"), memory.moment())
    for n in range(100):
        memory.hold("latest", f"rss:{n}", kept(f"{n}"), memory.moment(), unusual=True)
    assert memory.find("latest", "rss") is not None
    assert memory.find("latest", "rss:0", unusual=True) is None
