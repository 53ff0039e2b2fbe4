"""Lists that are not an article's own: curated feeds by their rule, and what has become popular."""

from datetime import timedelta

import pytest

from service.articles.article import Submission
from service.core.errors import NotFound, StoreUnavailable
from service.core.settings.catalogue import ArticleSelection, CuratedFeed
from service.feeds.names import ENTERED, ListAssignment
from service.storage import ArticleStore, Database
from tests.support.articles import NOW, submission

ECONOMY = CuratedFeed(
    name="ekonomi",
    title="Ekonomi dan Pasar",
    include=ArticleSelection(categories=("Ekonomi",), tags=("pasar",), sections=("Bisnis",)),
    exclude=ArticleSelection(authors=("Budi",), tags=("iklan",)),
    pinned=("pin",),
)


def curated(database: Database, *feeds: CuratedFeed) -> ArticleStore:
    """The newsroom's store under settings that name these feeds."""
    store = ArticleStore(database, ListAssignment(feeds))
    fill(store)
    return store


def fill(store: ArticleStore) -> list[str]:
    """The announced lists, in their order."""
    announced: list[str] = []
    is_complete = False
    while not is_complete:
        announcements, is_complete = store.fill_curated_lists(NOW)
        announced += [name for each in announcements for name in each.list_names]
    return announced


def shown(store: ArticleStore, list_name: str = "feed/ekonomi") -> set[str]:
    return {entry.id for entry in store.newest(list_name, 100, NOW).entries}


ARTICLES = [
    submission("by-category", categories=["EKONOMI"]),
    submission("by-tag", categories=["Politik"], tags=["Pasar"]),
    submission("by-section", categories=["Politik"], section="Bisnis"),
    submission("excluded-author", categories=["Ekonomi"], authors=["Budi"]),
    submission("excluded-tag", categories=["Ekonomi"], tags=["iklan"]),
    submission("other", categories=["Politik"]),
    submission("pin", categories=["Politik"], tags=["iklan"]),
    submission("draft", categories=["Ekonomi"], status="draft"),
]
FITTING = {"by-category", "by-tag", "by-section", "pin"}


def test_articles_come_to_the_feeds_whose_rule_they_fit(database: Database) -> None:
    store = curated(database, ECONOMY)
    store.put(ARTICLES, NOW)
    assert shown(store) == FITTING


def test_a_new_feed_is_filled_with_the_stored_articles(database: Database) -> None:
    ArticleStore(database).put(ARTICLES, NOW)
    assert shown(curated(database, ECONOMY)) == FITTING


def test_a_feed_is_filled_once_and_again_when_its_rule_is_another(database: Database) -> None:
    ArticleStore(database).put(ARTICLES, NOW)
    store = ArticleStore(database, ListAssignment([ECONOMY]))
    assert set(fill(store)) == {"feed/ekonomi"}
    assert fill(store) == []
    before = store.newest("feed/ekonomi", 1, NOW).article_list.modified_at
    other = ArticleStore(database, ListAssignment([ECONOMY.model_copy(update={"exclude": ArticleSelection()})]))
    assert fill(other)
    assert shown(other) == FITTING | {"excluded-author", "excluded-tag"}
    assert other.newest("feed/ekonomi", 1, NOW).article_list.modified_at > before


def test_a_feed_that_comes_back_has_what_was_published_without_it(database: Database) -> None:
    curated(database, ECONOMY).put(ARTICLES[:2], NOW)
    without = curated(database)
    without.put(ARTICLES[2:], NOW)
    assert fill(without) == []
    assert shown(curated(database, ECONOMY)) == FITTING


def test_a_feed_with_exclusions_alone_shows_all_other_articles(database: Database) -> None:
    store = curated(
        database, CuratedFeed(name="ekonomi", title="Semua", exclude=ArticleSelection(categories=("Ekonomi",)))
    )
    store.put(ARTICLES, NOW)
    assert shown(store) == {"by-tag", "by-section", "other", "pin"}


def test_an_edit_moves_an_article_in_and_out(database: Database) -> None:
    store = curated(database, ECONOMY)
    store.put([submission("1", categories=["Politik"])], NOW)
    assert shown(store) == set()
    _, announcements = store.put([submission("1", categories=["Ekonomi"])], NOW)
    assert shown(store) == {"1"}
    assert "feed/ekonomi" in announcements[0].list_names
    _, announcements = store.put([submission("1", categories=["Politik"])], NOW)
    assert shown(store) == set()
    assert "feed/ekonomi" in announcements[0].list_names


def test_a_feed_filled_from_a_long_history_has_an_archive(database: Database) -> None:
    articles = [
        submission(str(n), categories=["Ekonomi"], published_at=(NOW - timedelta(hours=n)).isoformat())
        for n in range(320)
    ]
    ArticleStore(database).put(articles, NOW)
    store = curated(database, ECONOMY)
    listing = store.newest("feed/ekonomi", 50, NOW)
    ids = [entry.id for entry in listing.entries]
    while listing.older:
        listing = store.page("feed/ekonomi", listing.older, NOW)
        ids += [entry.id for entry in listing.entries]
    assert ids == [str(n) for n in range(320)]


def test_a_long_list_is_filled_in_steps_between_which_others_write(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Newest first. Two processes take turns, one of them fails, and articles come, change and go meanwhile."""
    monkeypatch.setattr("service.storage.filled_lists.MAX_ENTRIES_PER_STEP", 50)

    def of_hour(n: int, category: str = "Ekonomi") -> Submission:
        return submission(str(n), categories=[category], published_at=(NOW - timedelta(hours=n)).isoformat())

    ArticleStore(database).put([of_hour(n, "Politik" if n % 10 == 9 else "Ekonomi") for n in range(500)], NOW)
    curated(database, ECONOMY.model_copy(update={"include": ArticleSelection(categories=("Politik",))}))
    first, second = (ArticleStore(database, ListAssignment([ECONOMY])) for _ in range(2))
    assert len(first.fill_curated_lists(NOW)[0]) == 1
    assert [entry.id for entry in first.newest("feed/ekonomi", 20, NOW).entries] == [
        str(n) for n in range(22) if n % 10 != 9
    ]
    assert second.fill_curated_lists(NOW) == ([], False)
    second.put([of_hour(-1), of_hour(5, "Politik"), of_hour(300, "Politik"), of_hour(309)], NOW + timedelta(hours=2))
    first.put([submission("dulu", categories=["Ekonomi"], published_at="2001-01-01T00:00:00Z")], NOW)
    second.withdraw("450", NOW)
    with monkeypatch.context() as broken, pytest.raises(StoreUnavailable):
        broken.setattr("service.storage.filled_lists.LATEST", object())
        second.fill_curated_lists(NOW)
    assert fill(first) == ["feed/ekonomi"]
    assert second.fill_curated_lists(NOW) == ([], True)
    expected = [n for n in range(500) if n % 10 != 9 or n == 309]
    expected = [n for n in expected if n not in (5, 300, 450)]
    later = NOW + timedelta(hours=2)
    listing = first.newest("feed/ekonomi", 50, later)
    ids = [entry.id for entry in listing.entries]
    while listing.older:
        listing = first.page("feed/ekonomi", listing.older, later)
        ids += [entry.id for entry in listing.entries]
    assert ids == ["-1", *map(str, expected), "dulu"]


def test_a_feed_that_no_setting_names_is_unknown(store: ArticleStore) -> None:
    with pytest.raises(NotFound):
        store.newest("feed/ekonomi", 1, NOW)


def test_an_article_enters_the_popular_list_once(store: ArticleStore) -> None:
    store.put([submission(id_) for id_ in ("1", "2", "3")], NOW)
    assert [each.list_names for each in store.record_popular(["1", "2"], NOW)] == [(ENTERED,)]
    assert not store.record_popular(["2", "1"], NOW + timedelta(hours=1))
    assert store.record_popular(["3", "1"], NOW + timedelta(hours=2))
    entered = store.newest(ENTERED, 10, NOW + timedelta(hours=3)).entries
    assert [entry.id for entry in entered] == ["3", "2", "1"]


def test_what_has_entered_stays_when_it_is_edited_and_goes_when_it_is_withdrawn(store: ArticleStore) -> None:
    store.put([submission("1"), submission("2")], NOW)
    store.record_popular(["1", "2"], NOW)
    store.put([submission("1", title="Judul baru", categories=["Lain"])], NOW)
    store.withdraw("2", NOW)
    assert [entry.title for entry in store.newest(ENTERED, 10, NOW).entries] == ["Judul baru"]
