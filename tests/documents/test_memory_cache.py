"""The documents in memory: served for a second, looked up again before that is over, and never after a change."""

from datetime import UTC, datetime
from pathlib import Path
from random import Random

import pytest

from service.documents.cache_entry import CacheEntry, DocumentKey
from service.documents.change_signal import ChangeSignal
from service.documents.document import Document
from service.documents.memory_cache import HOLD_SECONDS, REFRESH_SECONDS, SLOT_BYTES, MemoryCache, Moment, Slot
from service.documents.parts import DocumentParts

AT = datetime(2026, 2, 22, 2, 40, tzinfo=UTC)
KEY = DocumentKey("latest", "latest:rss:50")
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
def memory(tmp_path: Path, seconds: Seconds) -> MemoryCache:
    return MemoryCache(ChangeSignal(tmp_path), (4_000 + 3 * SLOT_BYTES) * 8 // 7, seconds)


def entry(text: str) -> CacheEntry:
    return CacheEntry(Document.of(DocumentParts(text.encode()), "application/rss+xml", AT), f"version of {text}/")


def stored(memory: MemoryCache, text: str = "satu", key: DocumentKey = KEY, moment: Moment | None = None) -> Slot:
    """The slot of a document that a lookup found, by default now."""
    return memory.store(key, entry(text), "fresh", moment or memory.moment())


def test_a_document_is_current_for_a_second_after_a_lookup(memory: MemoryCache, seconds: Seconds) -> None:
    slot = stored(memory)
    seconds.now += HOLD_SECONDS - 0.01
    assert slot.is_current()
    seconds.now += 0.01
    assert not slot.is_current()
    assert memory.find(KEY) is slot  # still there, as the last good copy


def test_the_second_begins_before_the_lookup_and_not_after_it(memory: MemoryCache, seconds: Seconds) -> None:
    before = memory.moment()
    seconds.now += 0.7  # a slow answer
    slot = stored(memory, moment=before)
    assert slot.is_current()
    seconds.now += 0.3
    assert not slot.is_current()


def test_a_change_ends_it_at_once(memory: MemoryCache) -> None:
    slot = stored(memory)
    assert slot.is_current()
    assert slot.fresh()
    memory.invalidate(["latest"])
    assert not slot.is_current()
    assert not slot.fresh()


def test_a_change_during_the_lookup_ends_it_too(memory: MemoryCache) -> None:
    before = memory.moment()
    memory.invalidate(["latest"])
    assert not stored(memory, moment=before).is_current()


def test_before_the_second_is_over_one_looks_and_the_others_go_on(memory: MemoryCache, seconds: Seconds) -> None:
    slot = stored(memory)
    assert not slot.try_refresh()
    seconds.now += HOLD_SECONDS - REFRESH_SECONDS
    assert not slot.fresh()
    assert [slot.try_refresh() for _ in range(5)] == [True, False, False, False, False]
    assert slot.fresh()
    seconds.now += 0.1
    new = stored(memory)
    seconds.now += HOLD_SECONDS - 0.01
    assert new.is_current()
    assert not slot.is_current()


def test_nobody_goes_on_after_the_second_however_long_the_lookup_takes(memory: MemoryCache, seconds: Seconds) -> None:
    slot = stored(memory)
    seconds.now += HOLD_SECONDS - 0.01
    assert slot.try_refresh()
    assert slot.fresh()
    seconds.now += 0.01
    assert not slot.fresh()


def test_a_refresh_without_a_result_is_followed_by_another(memory: MemoryCache, seconds: Seconds) -> None:
    slot = stored(memory)
    seconds.now += HOLD_SECONDS - REFRESH_SECONDS
    assert slot.try_refresh()
    seconds.now += REFRESH_SECONDS
    assert slot.try_refresh()


def test_a_document_that_may_not_be_served_again_is_never_fresh(memory: MemoryCache) -> None:
    """Such as the last good copy while the store is away."""
    slot = memory.unstored(entry("lama"), "stale")
    assert memory.find(KEY) is None
    assert not slot.fresh()
    assert not slot.is_current()


def test_demand_is_seconds_with_a_lookup(memory: MemoryCache, seconds: Seconds) -> None:
    same = entry("satu")

    def lookup() -> Slot:
        return memory.store(KEY, same, "fresh", memory.moment())

    for _ in range(5):  # as after a change elsewhere, when all threads look at once
        slot = lookup()
    assert slot.demand == 0
    for _ in range(3):
        seconds.now += 1
        slot = lookup()
    assert slot.demand == 3
    slot.is_hot = True
    assert lookup().is_hot
    other = stored(memory, "dua")
    assert (other.demand, other.is_hot) == (0, False)


def test_an_earlier_lookup_does_not_replace_a_later_one(memory: MemoryCache, seconds: Seconds) -> None:
    early = memory.moment()
    seconds.now += 0.1
    later = stored(memory, "baru")
    assert stored(memory, "lama", moment=early) is later
    assert memory.find(KEY) is later


def test_a_full_memory_removes_the_least_recently_used(memory: MemoryCache) -> None:
    keys = [DocumentKey("latest", f"latest:rss:{n}") for n in range(4)]
    for key in keys:
        stored(memory, f"{key.name}{NOISE[:2_000]}", key)
        assert memory.find(keys[0])  # is asked for again and again
    assert [memory.find(key) is not None for key in keys] == [True, False, True, True]
    long = DocumentKey("latest", "latest:rss:100")
    assert stored(memory, NOISE, long).fresh()  # it may be served to the request that found it
    assert memory.find(long) is None


def test_documents_with_an_unusual_number_of_entries_drive_out_only_each_other(memory: MemoryCache) -> None:
    stored(memory, "usual")
    for n in range(100):
        stored(memory, f"{n}", DocumentKey("latest", f"latest:rss:{n}", unusual=True))
    assert memory.find(KEY)
    assert memory.find(DocumentKey("latest", "latest:rss:0", unusual=True)) is None
