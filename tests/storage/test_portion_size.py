"""The size of the portions of an import follows the time of its transactions."""

from service.storage.portion_size import LEAST_ARTICLES, TARGET_SECONDS, PortionSize


def test_a_quick_store_gets_larger_portions_up_to_the_limit() -> None:
    size = PortionSize(100)
    for _ in range(5):
        size.adapt(TARGET_SECONDS / 10)
    assert size.articles == 100


def test_a_slow_store_gets_smaller_portions_but_never_none() -> None:
    size = PortionSize(100)
    size.adapt(TARGET_SECONDS * 2)
    assert LEAST_ARTICLES <= size.articles < 25
    for _ in range(5):
        size.adapt(60.0)
    assert size.articles == LEAST_ARTICLES
