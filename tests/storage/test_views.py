"""Views that are kept: added once, by five minutes, hours and days, and forgotten but for the days."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from service.storage import ArticleStore, Database, StoredViews, ViewStore
from service.storage.periods import DAY, FIVE_MINUTES, HOUR
from tests.support.articles import NOW, submission

T = int(NOW.timestamp())


@pytest.fixture
def views(database: Database, store: ArticleStore) -> ViewStore:
    store.put([submission("a"), submission("b")], NOW)
    return ViewStore(database)


def kept(views: ViewStore, now: timedelta = timedelta()) -> set[StoredViews]:
    portions: Iterator[list[StoredViews]] = views.shown(NOW + now)
    return {viewed for portion in portions for viewed in portion}


def test_views_are_added_by_every_step(views: ViewStore) -> None:
    assert views.add_once("1", {("a", T): 3, ("a", T + 400): 2, ("b", T): 1}, NOW)
    assert views.add_once("2", {("a", T): 4}, NOW)
    assert kept(views) == {
        StoredViews("a", FIVE_MINUTES, T // 300 * 300, 7),
        StoredViews("a", FIVE_MINUTES, (T + 400) // 300 * 300, 2),
        StoredViews("a", HOUR, T // HOUR * HOUR, 9),
        StoredViews("a", DAY, T // DAY * DAY, 9),
        StoredViews("b", FIVE_MINUTES, T // 300 * 300, 1),
        StoredViews("b", HOUR, T // HOUR * HOUR, 1),
        StoredViews("b", DAY, T // DAY * DAY, 1),
    }
    assert views.totals(["a", "b", "c"]) == {"a": 9, "b": 1, "c": 0}


def test_a_fold_is_added_once_however_often_it_is_tried(views: ViewStore) -> None:
    assert [views.add_once("1", {("a", T): 3}, NOW) for _ in range(3)] == [True, False, False]
    assert views.totals(["a"]) == {"a": 3}


def test_what_is_no_article_is_let_go(views: ViewStore) -> None:
    assert views.add_once("1", {("tiada", T): 3, ("a", T): 1}, NOW)
    assert views.totals(["tiada", "a"]) == {"tiada": 0, "a": 1}


def test_days_stay_and_the_rest_is_forgotten(views: ViewStore) -> None:
    views.add_once("1", {("a", T): 1}, NOW)
    steps = []
    for later in (timedelta(hours=3), timedelta(days=10), timedelta(days=400)):
        views.add_once(f"after {later}", {}, NOW + later)
        steps.append({viewed.step for viewed in kept(views)})
    assert steps == [{HOUR, DAY}, {DAY}, {DAY}]
    assert views.add_once("1", {("a", T): 1}, NOW + timedelta(days=400))  # a token of a year ago is free again
    assert kept(views, timedelta(days=400)) == set()  # no window shows them
    assert views.totals(["a"]) == {"a": 2}


def test_many_come_in_portions(views: ViewStore, store: ArticleStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("service.storage.views.MAX_QUERY_ROWS", 7)
    store.put([submission(f"x{n}") for n in range(20)], NOW)
    views.add_once("1", {(f"x{n}", T + 300 * m): 1 for n in range(20) for m in range(3)}, NOW)
    portions = list(views.shown(NOW))
    assert max(map(len, portions)) == 7
    assert len({viewed for portion in portions for viewed in portion}) == sum(map(len, portions)) == 20 * (3 + 1 + 1)
