"""A memory that never takes more than it may, and forgets first what was not used for longest."""

import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.core.lru import LruCache


def test_what_was_not_used_for_longest_makes_room() -> None:
    memory: LruCache[str, int] = LruCache(30)
    for key in "abc":
        memory.put(key, ord(key), 10)
    assert memory.get("a") == ord("a")
    memory.put("d", 0, 11)
    assert [memory.get(key) for key in "abcd"] == [ord("a"), None, None, 0]
    assert (len(memory), memory.size) == (2, 21)


def test_many_are_got_in_their_order_and_count_as_used() -> None:
    memory: LruCache[str, int] = LruCache(30)
    for key in "abc":
        memory.put(key, ord(key), 10)
    assert memory.get_all("cxa") == [ord("c"), None, ord("a")]
    memory.put("d", 0, 20)
    assert memory.get_all("abcd") == [ord("a"), None, None, 0]


@pytest.mark.parametrize("before", [True, False])
def test_a_value_that_is_too_long_is_not_kept_and_displaces_none(before: bool) -> None:
    memory: LruCache[str, str] = LruCache(10)
    memory.put("a", "a", 5)
    if before:
        memory.put("b", "old", 5)
    memory.put("b", "new", 11)
    assert (memory.get("a"), memory.get("b"), memory.size) == ("a", None, 5)


steps = st.lists(st.tuples(st.sampled_from("abcde"), st.none() | st.integers(0, 40)))


@given(steps)
def test_whatever_happens_it_holds_the_last_used_that_fit(history: list[tuple[str, int | None]]) -> None:
    """Against a list in the order of use."""
    memory: LruCache[str, int] = LruCache(50)
    used: list[tuple[str, int]] = []
    for n, (key, size) in enumerate(history):
        had = dict(used).get(key)
        if size is None:
            assert (memory.get(key) is not None) == (had is not None)
            size = had
        else:
            memory.put(key, n, size)
        used = [each for each in used if each[0] != key]
        if size is not None and size <= 50:
            used.append((key, size))
        while sum(each for _, each in used) > 50:
            used.pop(0)
        assert (len(memory), memory.size) == (len(used), sum(each for _, each in used))


def test_threads_share_it() -> None:
    memory: LruCache[int, int] = LruCache(100)

    def use() -> None:
        for n in range(2_000):
            memory.put(n % 37, n % 37, n % 7)
            assert memory.get(n % 41) in (None, n % 41)

    threads = [threading.Thread(target=use) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    kept = [key for key in range(37) if memory.get(key) is not None]
    assert len(kept) == len(memory)
    assert memory.size <= 100
