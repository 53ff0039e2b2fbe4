"""Every feed is the head of a complete archive (RFC 5005 §4): walking back meets each article once."""

import random
from collections.abc import Callable
from datetime import timedelta

import pytest

from service.articles.article import Submission
from service.core.errors import NotFound, NotYet
from service.storage import ArticleStore
from tests.support.articles import NOW, submission
from tests.support.clock import Clock


def aged(number: int, minutes: float, **fields: object) -> Submission:
    """An article published so many minutes before NOW."""
    return submission(str(number), published_at=(NOW - timedelta(minutes=minutes)).isoformat(), **fields)


def walk(store: ArticleStore, clock: Clock, limit: int, between: Callable[[], None] = lambda: None) -> list[str]:
    """The ids that a reader meets, from the newest entry to the end of the archive."""
    listing = store.newest("latest", limit, clock())
    ids = [entry.id for entry in listing.entries]
    while listing.older:
        between()
        listing = store.page("latest", listing.older, clock())
        assert len(listing.entries) <= 100
        ids += [entry.id for entry in listing.entries]
    return ids


@pytest.mark.parametrize("limit", [1, 50, 100])
def test_a_walk_meets_every_article_once_newest_first(store: ArticleStore, clock: Clock, limit: int) -> None:
    store.put([aged(number, 1000 - number) for number in range(333)], NOW)
    assert walk(store, clock, limit) == [str(number) for number in reversed(range(333))]


def test_full_pages_never_change_when_something_is_published(store: ArticleStore, clock: Clock) -> None:
    store.put([aged(number, 1000 - number) for number in range(300)], NOW)
    before = [store.page("latest", str(number), clock()) for number in range(4)]
    store.put([aged(number, 1000 - number) for number in range(300, 420)], NOW)
    after = [store.page("latest", str(number), clock()) for number in range(4)]
    assert [page.entries for page in before] == [page.entries for page in after]
    assert [(page.older, page.newer) for page in before] == [(page.older, page.newer) for page in after]
    assert all(len(page.entries) == 50 for page in after)


def test_a_page_changes_when_one_of_its_articles_does(store: ArticleStore, clock: Clock) -> None:
    store.put([aged(number, 1000 - number) for number in range(300)], NOW)
    store.withdraw("7", NOW)
    store.put([aged(8, 1000 - 8, title="Judul yang diperbaiki")], NOW)
    page = store.page("latest", "0", clock())
    assert len(page.entries) == 49
    assert not page.is_complete
    assert "7" not in [entry.id for entry in page.entries]
    assert "Judul yang diperbaiki" in [entry.title for entry in page.entries]


def test_a_complete_page_never_loses_or_gains_an_entry(store: ArticleStore, clock: Clock) -> None:
    """Of all parts of a list, at any time: a part that is complete, then and later, has the same entries."""
    names: set[str] = set()
    complete: dict[str, list[str]] = {}
    changes = random.Random(7)  # noqa: S311 - the same changes each time
    store.put([aged(number, 1000 - number) for number in range(300)], NOW)
    for number in range(300, 420):
        late = changes.random() < 0.6
        store.put([aged(number, 2000 - number if late else 1000 - number)], NOW)
        if changes.random() < 0.1:
            store.withdraw(str(changes.randrange(number)), NOW)
        listing = store.newest("latest", 50, clock())
        assert not listing.is_complete
        while listing.older:
            names.add(listing.older)
            listing = store.page("latest", listing.older, clock())
        for name in names:
            page = store.page("latest", name, clock())
            ids = [entry.id for entry in page.entries]
            assert complete.get(name, ids) == ids or not page.is_complete
            if page.is_complete:
                complete[name] = ids
    assert {"0", "late-0"} <= complete.keys()
    assert all(name.isdecimal() or name.startswith("late-") for name in complete)


def test_an_old_article_that_comes_late_follows_the_oldest_page(store: ArticleStore, clock: Clock) -> None:
    store.put([aged(number, 1000 - number) for number in range(300)], NOW)
    pages = [store.page("latest", str(number), clock()).entries for number in range(1, 4)]
    store.put([aged(900, 2000), aged(901, 950)], NOW)
    assert pages == [store.page("latest", str(number), clock()).entries for number in range(1, 4)]
    assert walk(store, clock, 50)[-2:] == ["900", "901"]


def test_an_article_that_is_published_anew_moves_to_the_head(store: ArticleStore, clock: Clock) -> None:
    store.put([aged(number, 1000 - number) for number in range(300)], NOW)
    store.put([aged(3, 0)], NOW)
    ids = walk(store, clock, 50)
    assert ids[0] == "3"
    assert len(ids) == len(set(ids)) == 300


def test_the_page_that_fills_is_told_from_one_that_will_never_be(store: ArticleStore, clock: Clock) -> None:
    store.put([aged(number, 1000 - number) for number in range(300)], NOW)
    newest = store.page("latest", "3", clock())
    assert newest.newer == "4"
    with pytest.raises(NotYet):
        store.page("latest", "4", clock())
    for name in ("5", "-1", "01", "late-0", "below-0", "below-200", "before-x-1", "", "x"):
        with pytest.raises(NotFound):
            store.page("latest", name, clock())


def test_embargoed_articles_are_in_no_page_until_their_time(store: ArticleStore, clock: Clock) -> None:
    store.put([aged(number, 1000 - number) for number in range(300)], NOW)
    store.put([aged(999, -60)], NOW)
    assert "999" not in walk(store, clock, 50)
    clock.forward(minutes=61)
    store.apply_deadlines(clock())
    assert walk(store, clock, 50)[0] == "999"


def test_a_category_has_an_archive_of_its_own(store: ArticleStore, clock: Clock) -> None:
    store.put([aged(number, 1000 - number, categories=[f"K{number % 2}"]) for number in range(400)], NOW)
    listing = store.newest("category/k1", 50, clock())
    ids = [entry.id for entry in listing.entries]
    while listing.older:
        listing = store.page("category/k1", listing.older, clock())
        ids += [entry.id for entry in listing.entries]
    assert ids == [str(number) for number in reversed(range(400)) if number % 2]


@pytest.mark.parametrize("seed", range(3))
def test_whatever_happens_before_and_during_it_a_walk_meets_each_article_once(
    store: ArticleStore, clock: Clock, seed: int
) -> None:
    """Publishing, back-dating, editing, withdrawing and moving articles, also between the pages of a walk."""
    dice = random.Random(seed)  # noqa: S311
    live: set[str] = set()
    number = 0

    def publish(count: int) -> None:
        nonlocal number
        minutes = [dice.choice([0.0, 1.0, 60.0, 6000.0]) * dice.random() for _ in range(count)]
        batch = [
            submission(str(number + n), published_at=(clock() - timedelta(minutes=m)).isoformat())
            for n, m in enumerate(minutes)
        ]
        store.put(batch, clock())
        live.update(article.id for article in batch)
        number += count
        clock.forward(minutes=3)

    for _ in range(4):
        publish(dice.choice([1, 7, 80, 160]))
        for id_ in dice.sample(sorted(live), 3 if len(live) > 3 else 0):
            if dice.random() < 0.5:
                store.withdraw(id_, clock())
                live.discard(id_)
            else:
                at = clock() - timedelta(minutes=dice.random() * 9000)
                store.put([submission(id_, published_at=at.isoformat())], clock())
        ids = walk(store, clock, dice.choice([5, 50, 100]))
        assert len(ids) == len(set(ids))
        assert set(ids) == live
    before = set(live)
    ids = walk(store, clock, dice.choice([5, 50, 100]), lambda: publish(dice.choice([0, 1, 4])))
    assert len(ids) == len(set(ids))
    assert before <= set(ids)
