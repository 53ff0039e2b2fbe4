"""The size of the portions of an import follows the time of its transactions."""

from service.storage.portion_size import LEAST_ARTICLES, TARGET_SECONDS, PortionSize

MANY = 10_000


def test_a_quick_store_gets_larger_portions_up_to_the_limit() -> None:
    size = PortionSize(100)
    for _ in range(5):
        size.adapt(size.of(MANY), TARGET_SECONDS / 10)
    assert size.of(MANY) == 100


def test_a_slow_store_gets_smaller_portions_but_never_none() -> None:
    size = PortionSize(100)
    first = size.of(MANY)
    size.adapt(first, TARGET_SECONDS * 2)
    assert LEAST_ARTICLES <= size.of(MANY) < first
    for _ in range(5):
        size.adapt(size.of(MANY), 60.0)
    assert size.of(MANY) == LEAST_ARTICLES


def test_the_articles_of_a_chunk_are_divided_equally() -> None:
    size = PortionSize(50)
    assert [size.of(count) for count in (120, 80, 40, 1)] == [40, 40, 40, 1]


def test_a_small_quick_portion_changes_nothing() -> None:
    """A transaction of one article takes nearly the time of one of twenty."""
    size = PortionSize(50)
    size.adapt(1, TARGET_SECONDS / 4)
    assert size.of(MANY) == 50
