"""The article store's contract, on SQLite and on PostgreSQL."""

import re
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, Protocol

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event

from service.articles.article import Article, Submission
from service.core.errors import ArticleInvalid, Gone, NotFound
from service.feeds.names import CountableArticle
from service.storage import AnnouncementLog, ArticleStore, Database, ListingQuery, PutOutcome
from tests.support.articles import NOW, submission
from tests.support.clock import Clock

ADDED, CHANGED, UNCHANGED = PutOutcome.ADDED, PutOutcome.CHANGED, PutOutcome.UNCHANGED
HOUR = timedelta(hours=1)
SECOND = timedelta(seconds=1)
PUBLISHED = datetime(2026, 2, 22, 2, 0, tzinfo=UTC)


def put(store: ArticleStore, *submissions: Submission, now: datetime = NOW) -> list[PutOutcome]:
    return store.put(submissions, now)[0]


@contextmanager
def on_statements(database: Database, note: Callable[..., None]) -> Iterator[None]:
    """In the block, `note` hears of each statement before it runs."""
    event.listen(database.engine, "before_cursor_execute", note)
    try:
        yield
    finally:
        event.remove(database.engine, "before_cursor_execute", note)


def ids(store: ArticleStore, list_name: str = "latest", limit: int = 100, now: datetime = NOW) -> list[str]:
    return [entry.id for entry in store.newest(list_name, limit, now).entries]


def log(store: ArticleStore, since: int = 0) -> list[tuple[str, str]]:
    return [(change.article_id, change.kind) for change in store.changes(since, 1000)]


def modified(store: ArticleStore, list_name: str, now: datetime = NOW) -> datetime:
    return store.newest(list_name, 1, now).article_list.modified_at


class Told(Protocol):
    """The articles and lists of the announcements since the last call."""

    def __call__(self, now: datetime = NOW) -> list[tuple[set[str], set[str]]]: ...


@pytest.fixture
def told(database: Database, store: ArticleStore) -> Told:
    log = AnnouncementLog(database)

    def told(now: datetime = NOW) -> list[tuple[set[str], set[str]]]:
        while store.apply_deadlines(now):
            pass
        announcements = log.backlog(["documents"]).unread["documents"]
        if announcements:
            log.advance({"documents": announcements[-1].key})
        return [(set(each.article_ids), set(each.list_names)) for each in announcements]

    return told


# --- putting -----------------------------------------------------------------------------------------------------


def test_an_article_is_added_then_changed_then_unchanged(store: ArticleStore) -> None:
    outcomes, [announcement] = store.put([submission("1"), submission("2")], NOW)
    assert outcomes == [ADDED, ADDED]
    assert set(announcement.article_ids) == {"1", "2"}
    assert set(announcement.list_names) == {"latest", "category/dinamika"}
    assert store.put([submission("1"), submission("2")], NOW + HOUR) == ([UNCHANGED, UNCHANGED], [])
    outcomes, [announcement] = store.put([submission("2", title="Baru"), submission("3"), submission("1")], NOW + HOUR)
    assert outcomes == [CHANGED, ADDED, UNCHANGED]
    assert set(announcement.article_ids) == {"2", "3"}
    assert log(store) == [("1", "published"), ("2", "published"), ("2", "updated"), ("3", "published")]
    assert store.put([], NOW) == ([], [])


def test_what_is_stored_is_what_was_handed_in(store: ArticleStore) -> None:
    rich = submission(
        "berita/1 é",
        url="https://news.example/1",
        title="Judul 😀 <3 & “x”",
        summary="R",
        section="Berita",
        categories=["Dinamika", "日本"],
        tags=["Kemnaker"],
        authors=[{"name": "Sarah", "url": "https://news.example/s"}, "Budi"],
        updated_at="2026-02-22T09:30:00+07:00",
        expires_at="2026-03-01T00:00:00+07:00",
        language="id",
        image={"url": "https://news.example/a.png", "width": 2**40, "caption": "K", "credit": "Ist"},
        enclosures=[{"url": "https://news.example/b.mp3", "length": 2**53}],
        podcast={
            "duration": 61,
            "explicit": False,
            "transcripts": [{"url": "https://news.example/b.vtt"}],
            "chapters": "https://news.example/b.json",
        },
        correction="Ralat",
        license="CC BY",
    )
    bare = Submission.model_validate({"id": "2", "title": "Judul"})
    put(store, rich, bare)
    assert store.article("berita/1 é") == rich.article(None, NOW)
    assert store.article("2") == bare.article(None, NOW)
    assert store.article("2").image is None
    episode = submission("3", podcast={"season": 1})
    put(store, episode, submission("4", podcast={}))
    assert store.article("3") == episode.article(None, NOW)
    assert put(store, episode, submission("4", podcast={})) == [UNCHANGED, UNCHANGED]


def test_one_batch_may_name_an_article_twice_and_the_last_one_counts(store: ArticleStore) -> None:
    twice = [submission("1", title="Satu"), submission("1", title="Dua"), submission("1", title="Dua")]
    assert put(store, *twice) == [ADDED, CHANGED, UNCHANGED]
    assert store.article("1").title == "Dua"
    assert log(store) == [("1", "published")]
    assert ids(store) == ["1"]


def test_only_new_articles_may_be_asked_for(store: ArticleStore) -> None:
    put(store, submission("1", title="Lama"))
    batch = [submission("1", title="Baru"), submission("2", title="Satu"), submission("2", title="Dua")]
    outcomes, [announcement] = store.put(batch, NOW, only_new=True)
    assert outcomes == [UNCHANGED, ADDED, UNCHANGED]
    assert announcement.article_ids == ("2",)
    assert [store.article(id_).title for id_ in ("1", "2")] == ["Lama", "Satu"]


def test_times_that_are_left_out_later_stay_and_updated_at_moves_with_a_change_only(store: ArticleStore) -> None:
    put(store, submission("1"))
    for changed, now in ((False, NOW + HOUR), (True, NOW + 2 * HOUR), (False, NOW + 3 * HOUR)):
        title = "Judul baru" if changed or now > NOW + 2 * HOUR else "Judul 1"
        outcome = put(store, submission("1", title=title, published_at=None), now=now)
        assert outcome == [CHANGED if changed else UNCHANGED]
        article = store.article("1")
        assert article.published_at == PUBLISHED
        assert article.updated_at == (PUBLISHED if now < NOW + 2 * HOUR else NOW + 2 * HOUR)
    put(store, submission("2", published_at=None), now=NOW + timedelta(microseconds=999_999))
    assert store.article("2").published_at == NOW  # whole seconds are all that RSS can say


def test_a_draft_without_a_date_is_dated_when_it_is_published(store: ArticleStore) -> None:
    """Whatever becomes of the draft before. A draft with a date keeps it."""
    undated = {"published_at": None, "updated_at": None}
    put(store, submission("1", status="draft", **undated), submission("2", status="draft"))
    put(store, submission("1", status="draft", title="Baru", **undated), now=NOW + HOUR)
    assert "published_at" not in store.article("1").fields()
    assert store.article("2").published_at == PUBLISHED
    put(store, submission("1", status="draft", title="Baru", **undated), now=NOW + 2 * HOUR)
    store.withdraw("1", NOW + 2 * HOUR)
    later = NOW + 3 * HOUR
    put(store, submission("1", **undated), submission("2", **undated), now=later)
    assert store.article("1").published_at == store.article("1").updated_at == later
    assert (store.article("2").published_at, store.article("2").updated_at) == (PUBLISHED, later)
    assert ids(store, now=later) == ["1", "2"]
    put(store, submission("1", status="draft", **undated), now=later + HOUR)  # it was public: it keeps its date
    put(store, submission("1", **undated), now=later + 2 * HOUR)
    assert store.article("1").published_at == later


# --- lists -----------------------------------------------------------------------------------------------------


def test_a_list_is_newest_first_and_the_last_stored_first_among_equals(store: ArticleStore) -> None:
    times = {"a": PUBLISHED, "b": PUBLISHED - HOUR, "c": PUBLISHED, "d": PUBLISHED - 2 * HOUR, "e": PUBLISHED}
    put(store, *(submission(id_, published_at=time) for id_, time in times.items()))
    assert ids(store) == ids(store, "category/dinamika") == ["e", "c", "a", "b", "d"]
    assert ids(store, limit=2) == ["e", "c"]
    put(store, submission("d", published_at=PUBLISHED + HOUR / 2))
    assert ids(store) == ["d", "e", "c", "a", "b"]
    put(store, submission("c", published_at=PUBLISHED, title="Judul baru"))
    assert ids(store) == ["d", "e", "c", "a", "b"]


def test_an_article_moves_with_its_categories_tags_and_authors(store: ArticleStore, told: Told) -> None:
    put(store, submission("1", categories=["Dinamika"], tags=["Kemnaker"], authors=["Sarah"]))
    put(store, submission("1", categories=["Politik", "Dinamika"], tags=["DPR"], authors=["Budi"]))
    standing = {
        article_list.name: ids(store, article_list.name)
        for article_list in store.all_lists()
        if article_list.name != "popular/entered"
    }
    assert standing == {
        "latest": ["1"],
        "author/budi": ["1"],
        "author/sarah": [],
        "category/dinamika": ["1"],
        "category/politik": ["1"],
        "tag/dpr": ["1"],
        "tag/kemnaker": [],
    }
    assert list(standing) == list(standing)[:1] + sorted(list(standing)[1:])
    _, list_names = told()[-1]
    assert list_names == set(standing)  # of the old version and the new


def test_a_list_that_has_emptied_stays_and_one_that_never_was_is_not_found(store: ArticleStore) -> None:
    assert ids(store) == []  # a new newsroom has a latest feed
    put(store, submission("1"))
    store.withdraw("1", NOW)
    listing = store.newest("category/dinamika", 10, NOW)
    assert (listing.entries, listing.article_list.title, listing.article_list.kind) == ([], "Dinamika", "category")
    with pytest.raises(NotFound, match="there is no feed 'category/politik'"):
        store.newest("category/politik", 10, NOW)
    with pytest.raises(NotFound, match="there is no feed 'tag/x'"):
        store.chosen("tag/x", ["1"], NOW)


def test_a_list_keeps_the_first_spelling_of_its_title(store: ArticleStore) -> None:
    put(store, submission("1", categories=["Hukum & HAM"]))
    put(store, submission("2", categories=["hukum ham"]))
    assert store.newest("category/hukum-ham", 10, NOW).article_list.title == "Hukum & HAM"
    assert ids(store, "category/hukum-ham") == ["2", "1"]


def test_a_list_s_time_rises_with_every_change_and_never_goes_back(store: ArticleStore) -> None:
    early = PUBLISHED - 5 * HOUR
    put(store, submission("1", published_at=early), submission("2", categories=["Politik"]))
    assert modified(store, "category/dinamika") == NOW
    put(store, submission("1", published_at=early))
    assert modified(store, "category/dinamika") == NOW
    put(store, submission("1", published_at=early, title="Dua"))
    assert modified(store, "category/dinamika") == NOW + SECOND
    put(store, submission("1", published_at=early, title="Tiga"), now=NOW - HOUR)  # a clock that was put back
    assert modified(store, "category/dinamika") == NOW + 2 * SECOND
    store.withdraw("1", NOW + HOUR)
    assert modified(store, "category/dinamika") == NOW + HOUR
    assert modified(store, "category/politik") == NOW
    assert store.newest("category/dinamika", 1, NOW).article_list.modified_at.tzinfo is UTC


def test_readers_do_not_hear_of_a_withdrawn_article_that_they_could_never_see(store: ArticleStore, told: Told) -> None:
    """Gone is only what the change log says was public; it stays gone, whatever is done to it afterwards."""
    later = NOW + HOUR
    unseen: dict[str, dict[str, Any]] = {
        "draft": {"status": "draft"},
        "embargoed": {"published_at": later},
        "expired when it was to be public": {"published_at": later, "expires_at": later},
        "withdrawn from the start": {"status": "withdrawn"},
    }
    for name, fields in unseen.items():
        put(store, submission(name, **fields))
        store.withdraw(name, NOW + SECOND)
        put(store, submission(name, **{**fields, "status": "withdrawn", "title": "Lain"}), now=NOW + 2 * SECOND)
    seen: dict[str, dict[str, Any]] = {
        "plain": {},
        "expired": {"expires_at": NOW + SECOND},
        "embargo that has ended, told to nobody yet": {"published_at": NOW + SECOND},
        "back to a draft": {},
    }
    for name, fields in seen.items():
        put(store, submission(name, **fields))
    put(store, submission("back to a draft", status="draft"), now=NOW + SECOND)
    for name, fields in seen.items():
        store.withdraw(name, later)
        put(store, submission(name, **fields, status="withdrawn", title="Lain"), now=later + SECOND)
    told(later + HOUR)

    for name in unseen:
        with pytest.raises(NotFound, match=f"^there is no article '{name}'$"):
            store.visible_article(name, later + HOUR)
    for name in seen:
        with pytest.raises(Gone):
            store.visible_article(name, later + HOUR)
    put(store, submission("draft"), now=later)
    store.withdraw("draft", later)
    with pytest.raises(Gone):
        store.visible_article("draft", later)


# --- what readers may not see ------------------------------------------------------------------------------------


def test_a_draft_stands_nowhere_until_it_is_published(store: ArticleStore) -> None:
    assert store.put([submission("1", status="draft")], NOW) == ([ADDED], [])
    assert (ids(store), log(store)) == ([], [])
    assert [article_list.name for article_list in store.all_lists() if article_list.kind == "category"] == []
    with pytest.raises(NotFound):
        store.visible_article("1", NOW)
    assert put(store, submission("1")) == [CHANGED]
    assert ids(store) == ["1"]
    assert log(store) == [("1", "published")]
    put(store, submission("1", status="draft"))
    assert ids(store) == []
    assert log(store) == [("1", "published"), ("1", "withdrawn")]


def test_a_withdrawn_article_leaves_every_feed_and_keeps_its_id(store: ArticleStore) -> None:
    put(store, submission("1"), submission("2"))
    key = [article.id for article in store.everything()]
    withdrawn, [announcement] = store.withdraw("1", NOW)
    assert withdrawn
    assert (announcement.article_ids, set(announcement.list_names)) == (("1",), {"latest", "category/dinamika"})
    assert ids(store) == ids(store, "category/dinamika") == ["2"]
    assert store.article("1").status == "withdrawn"
    with pytest.raises(Gone, match="the article '1' was withdrawn"):
        store.visible_article("1", NOW)
    assert store.withdraw("1", NOW + HOUR) == (False, [])
    assert log(store) == [("1", "published"), ("2", "published"), ("1", "withdrawn")]

    assert put(store, submission("1"), now=NOW + HOUR) == [CHANGED]
    assert store.visible_article("1", NOW + HOUR).title == "Judul 1"
    assert set(ids(store)) == {"1", "2"}
    assert [article.id for article in store.everything()] == key
    assert log(store)[3:] == [("1", "published")]


def test_what_is_not_there_is_not_found(store: ArticleStore) -> None:
    for id_ in ("1", "", "a\x00b", "\ud800", "x" * 1000):
        for ask in (store.article, lambda id_: store.visible_article(id_, NOW), lambda id_: store.withdraw(id_, NOW)):
            with pytest.raises(NotFound, match="there is no article"):
                ask(id_)


def test_an_embargoed_article_is_hidden_until_its_time_and_then_a_change(store: ArticleStore, told: Told) -> None:
    put(store, submission("1"))
    told()
    end = NOW + HOUR
    assert store.put([submission("2", published_at=end, tags=["Rahasia"])], NOW) == ([ADDED], [])
    before = modified(store, "category/dinamika")
    assert ids(store, now=end - SECOND) == ["1"]
    with pytest.raises(NotFound):  # the name alone would tell
        ids(store, "tag/rahasia", now=end - SECOND)
    assert "tag/rahasia" not in [article_list.name for article_list in store.all_lists()]
    with pytest.raises(NotFound):
        store.visible_article("2", end - SECOND)
    assert told(end - SECOND) == []
    assert told(end + SECOND) == [({"2"}, {"latest", "category/dinamika", "tag/rahasia"})]
    assert told(end + SECOND) == []
    [_, change] = store.changes(0, 10)
    assert (change.article_id, change.kind, change.at) == ("2", "published", end)
    assert modified(store, "category/dinamika") == end + SECOND > before
    assert ids(store, now=end + SECOND) == [*ids(store, "tag/rahasia", now=end + SECOND), "1"] == ["2", "1"]
    assert store.visible_article("2", end).id == "2"


def test_an_expired_article_leaves_and_that_is_a_change(store: ArticleStore, told: Told) -> None:
    end = NOW + HOUR
    put(store, submission("1", expires_at=end), submission("2"))
    told()
    assert ids(store, now=end - SECOND) == ["2", "1"]
    assert ids(store, now=end) == ["2"]
    assert told(end - SECOND) == []
    assert told(end) == [({"1"}, {"latest", "category/dinamika"})]
    assert log(store)[2:] == [("1", "expired")]
    assert modified(store, "category/dinamika") == end
    with pytest.raises(NotFound):
        store.visible_article("1", end)
    assert put(store, submission("1", expires_at=end + HOUR), now=end) == [CHANGED]
    assert set(ids(store, now=end)) == {"1", "2"}
    assert log(store)[3:] == [("1", "published")]


def test_an_article_that_has_expired_already_is_kept_and_shown_nowhere(store: ArticleStore, told: Told) -> None:
    put(store, submission("1", expires_at=NOW), submission("2", published_at=NOW + HOUR, expires_at=NOW + HOUR))
    assert [article.id for article in store.everything()] == ["1", "2"]
    assert ids(store, now=NOW + 2 * HOUR) == []
    assert told(NOW + 2 * HOUR) == []
    assert log(store) == []
    assert store.newest_published_at(NOW + 2 * HOUR) is None


@pytest.mark.parametrize("field", ["published_at", "expires_at"])
def test_handing_an_article_in_again_voids_its_old_time(store: ArticleStore, told: Told, field: str) -> None:
    put(store, submission("1", **{field: NOW + HOUR}))
    put(store, submission("1", **{field: NOW + 3 * HOUR}))
    told()
    assert told(NOW + 2 * HOUR) == []
    assert len(told(NOW + 3 * HOUR)) == 1
    put(store, submission("2", **{field: NOW + HOUR}))
    store.withdraw("2", NOW)
    told()
    assert told(NOW + 9 * HOUR) == []


def test_a_time_that_has_come_is_a_change_even_if_a_new_version_comes_first(store: ArticleStore, told: Told) -> None:
    """Or readers would keep an expired article in a cache that nobody told."""
    end = NOW + HOUR
    put(store, submission("1", published_at=end), submission("2", expires_at=end), submission("3", expires_at=end))
    told()
    past = end + SECOND
    changed = [submission("1", title="Baru", published_at=end), submission("2", title="Baru", expires_at=end)]
    _, announcements = store.put(changed, past)
    store.withdraw("3", past)
    assert {id_ for each in announcements for id_ in each.article_ids} == {"1", "2"}
    assert sorted(log(store)[2:]) == [("1", "published"), ("1", "updated"), ("2", "expired"), ("3", "expired")]
    assert ids(store, now=past) == ["1"]
    assert {id_ for article_ids, _ in told(past) for id_ in article_ids} == {"1", "2", "3"}


# --- reading -----------------------------------------------------------------------------------------------------


def test_sqlite_looks_articles_up_by_their_ids_and_never_reads_all_that_are_published(
    store: ArticleStore, database: Database
) -> None:
    """By its estimate, ten ids cost more than the index of the status, with which it reads a million articles."""
    if not database.is_sqlite:
        pytest.skip("PostgreSQL counts rows before it plans")
    put(store, submission("a"))
    asked: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        asked.append((statement, parameters))

    wanted = [f"artikel-{number}" for number in range(50)]
    with on_statements(database, note):
        store.countable(wanted, NOW)
        store.chosen("latest", wanted, NOW)
    with database.reading() as connection:
        plans = [
            row.detail
            for statement, parameters in asked
            if statement.startswith("SELECT") and "articles.id IN" in statement
            for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
            if "SEARCH articles" in row.detail or "SCAN articles" in row.detail
        ]
    assert len(plans) == 2
    assert all("(id=?)" in plan for plan in plans), plans


def test_chosen_articles_come_in_the_order_asked_for_if_they_are_there_and_visible(store: ArticleStore) -> None:
    put(
        store,
        *(submission(id_) for id_ in "abc"),
        submission("draft", status="draft"),
        submission("embargo", published_at=NOW + HOUR),
        submission("expired", expires_at=NOW),
        submission("politik", categories=["Politik"]),
    )
    wanted = ["c", "expired", "politik", "a", "unknown", "draft", "embargo", "b"]
    assert [entry.id for entry in store.chosen("category/dinamika", wanted, NOW).entries] == ["c", "a", "b"]
    assert [entry.id for entry in store.chosen("latest", wanted, NOW).entries] == ["c", "politik", "a", "b"]
    assert store.chosen("latest", [], NOW).entries == []
    assert store.chosen("category/dinamika", wanted, NOW).article_list.title == "Dinamika"


def test_visible_articles_tell_the_counter_what_it_needs(store: ArticleStore) -> None:
    put(
        store,
        submission("1", categories=["Dinamika", "Politik"]),
        submission("2", categories=[]),
        submission("draft", status="draft"),
        submission("embargo", published_at=NOW + HOUR),
    )
    published = datetime(2026, 2, 22, 2, 0, tzinfo=UTC)
    seen = {
        "1": CountableArticle(["category/dinamika", "category/politik"], published),
        "2": CountableArticle([], published),
    }
    assert store.countable(["1", "2", "draft", "embargo", "unknown"], NOW) == seen
    assert list(store.every_countable(NOW)) == [seen]
    assert set(store.countable(["embargo"], NOW + HOUR)) == {"embargo"}


def test_everything_comes_in_the_order_of_arrival_whatever_its_status(store: ArticleStore) -> None:
    assert store.is_empty()
    batch = [submission(str(n), status=("published", "draft", "withdrawn")[n % 3]) for n in range(600)]
    put(store, *batch[:300])
    put(store, *batch[300:])
    put(store, submission("0", title="Berubah"))
    assert not store.is_empty()
    assert [article.id for article in store.everything()] == [str(n) for n in range(600)]
    assert sum(len(portion) for portion in store.every_countable(NOW)) == 200


def test_the_age_of_the_newest_article_is_that_of_what_readers_see(store: ArticleStore) -> None:
    assert store.newest_published_at(NOW) is None
    put(
        store,
        submission("1"),
        submission("2", published_at=NOW + HOUR),
        submission("3", published_at=NOW, status="draft"),
    )
    assert store.newest_published_at(NOW) == PUBLISHED
    store.apply_deadlines(NOW + HOUR)
    assert store.newest_published_at(NOW + HOUR) == NOW + HOUR


def test_the_way_back_goes_on_before_1970(store: ArticleStore) -> None:
    put(store, *(submission(str(n), published_at=f"19{n}-08-17T10:00:00+07:00") for n in (45, 69, 70, 71)))
    walked = store.newest("latest", 1, NOW)
    assert [entry.id for entry in walked.entries] == ["71"]
    assert walked.older
    assert [entry.id for entry in store.page("latest", walked.older, NOW).entries] == ["70", "69", "45"]
    put(store, submission("72", published_at="1972-08-17"))
    store.withdraw("70", NOW)
    store.withdraw("71", NOW)
    store.withdraw("72", NOW)
    page = store.newest("latest", 1, NOW).older
    assert page
    assert [entry.id for entry in store.page("latest", page, NOW).entries] == ["45"]


def test_a_feed_that_shows_nothing_names_the_page_that_goes_on(store: ArticleStore) -> None:
    put(store, submission("1"), submission("2"))
    page = store.newest("latest", 0, NOW).older
    assert page
    assert [entry.id for entry in store.page("latest", page, NOW).entries] == ["2", "1"]


@pytest.mark.parametrize(
    "page",
    ["", "-1", "01", "x", "999999999999", "late-0", "below-0", "before-1", "before-999999999999-1", "before--0-1"],
)
def test_what_no_archive_page_can_be_called_is_not_found(store: ArticleStore, page: str) -> None:
    put(store, submission("1"))
    with pytest.raises(NotFound):
        store.page("latest", page, NOW)


# --- the change log ----------------------------------------------------------------------------------------------


def test_the_change_log_goes_on_after_a_cursor(store: ArticleStore) -> None:
    put(store, *(submission(str(n)) for n in range(5)))
    first = store.changes(0, 3)
    assert [change.article_id for change in first] == ["0", "1", "2"]
    assert {change.at for change in first} == {NOW}
    rest = store.changes(first[-1].key, 3)
    assert [change.article_id for change in rest] == ["3", "4"]
    assert [change.key for change in first + rest] == sorted({change.key for change in first + rest})
    assert store.changes(rest[-1].key, 3) == []
    assert store.last_change() == rest[-1].key


def test_more_embargoes_than_one_transaction_takes_end_together(store: ArticleStore, told: Told) -> None:
    for start in range(0, 1200, 400):
        put(store, *(submission(str(n), published_at=NOW + HOUR) for n in range(start, start + 400)))
    announced: set[str] = set()
    while announcements := told(NOW + HOUR):
        announced |= {id_ for article_ids, _ in announcements for id_ in article_ids}
    assert len(announced) == 1200
    assert sorted(log(store) + log(store, 1000)) == sorted((id_, "published") for id_ in announced)


kinds = st.sampled_from(["published", "draft", "withdrawn"])
steps = st.lists(
    st.tuples(
        st.sampled_from("abc"),
        kinds | st.just("withdraw"),
        st.integers(-2, 3),  # hours from now: published
        st.none() | st.integers(-1, 4),  # and expired
        st.sampled_from([("Dinamika",), ("Politik",), ("Dinamika", "Politik"), ()]),
        st.integers(0, 2),  # hours that pass
    ),
    max_size=8,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps)
def test_feeds_and_log_agree_with_the_articles_whatever_happens(
    store: ArticleStore, clock: Clock, history: Sequence[tuple[str, str, int, int | None, Sequence[str], int]]
) -> None:
    """Replaying the change log must give what feeds show: caches and subscribers know nothing else.

    One store and one clock go through all examples.
    """
    while store.apply_deadlines(clock.now):
        pass
    began = max((change.key for change in store.changes(0, 10**6)), default=0)
    showing = set(visible(store, clock.now))
    for id_, action, published, expires, categories, hours in history:
        clock.forward(hours=hours)
        if action != "withdraw":
            times = {"published_at": clock.now + HOUR * published, "expires_at": None}
            if expires is not None:
                times["expires_at"] = clock.now + HOUR * max(expires, published)
            put(store, submission(id_, **times, categories=categories, status=action), now=clock.now)
        elif id_ in {article.id for article in store.everything()}:
            store.withdraw(id_, clock.now)
    while store.apply_deadlines(clock.now):
        pass
    for change in store.changes(began, 10**6):
        shown = change.kind in ("published", "updated")
        showing = showing | {change.article_id} if shown else showing - {change.article_id}
    now_visible = visible(store, clock.now)
    assert showing == now_visible.keys()
    assert set(ids(store, now=clock.now)) == now_visible.keys()
    for name in ("Dinamika", "Politik"):
        list_name = f"category/{name.lower()}"
        if list_name in {each.name for each in store.all_lists()}:
            expected = {id_ for id_, article in now_visible.items() if name in article.categories}
            assert set(ids(store, list_name, now=clock.now)) == expected


def visible(store: ArticleStore, now: datetime) -> dict[str, Article]:
    return {article.id: article for article in store.everything() if article.visible(now)}


# --- many at once ------------------------------------------------------------------------------------------------


def test_two_writers_at_once_lose_nothing(database: Database) -> None:
    """Each with its own articles and one that both want, as two workers have."""
    failures: list[BaseException] = []
    start = threading.Barrier(3)
    seen: list[int] = []
    done = threading.Event()

    def write(name: str) -> None:
        store = ArticleStore(database)
        try:
            start.wait()
            for n in range(20):
                store.put([submission(f"{name}{n}"), submission("both", title=f"{name}{n}")], NOW)
        except BaseException as error:
            failures.append(error)

    def follow() -> None:
        store = ArticleStore(database)
        start.wait()
        while True:
            last = done.is_set()
            seen.extend(change.key for change in store.changes(seen[-1] if seen else 0, 1000))
            if last:
                return

    writers = [threading.Thread(target=write, args=(name,)) for name in ("a", "b")]
    reader = threading.Thread(target=follow)
    for thread in (*writers, reader):
        thread.start()
    for thread in writers:
        thread.join()
    done.set()
    reader.join()

    assert failures == []
    store = ArticleStore(database)
    expected = {f"{name}{n}" for name in "ab" for n in range(20)} | {"both"}
    assert set(ids(store)) == set(ids(store, "category/dinamika")) == expected
    assert len(log(store)) == 80
    assert seen == [change.key for change in store.changes(0, 1000)]  # a cursor never passes over a change
    assert modified(store, "category/dinamika") == NOW + 39 * SECOND


def test_of_two_edits_at_once_none_is_lost(database: Database) -> None:
    """As two workers have them: each adds a tag to what it finds."""
    ArticleStore(database).put([submission("1", tags=[])], NOW)

    def with_tag(tag: str, known: Article | None) -> Submission:
        return submission("1", tags=[*(known.tags if known else ()), tag])

    def adds(name: str) -> None:
        store = ArticleStore(database)
        for n in range(15):
            store.write("1", partial(with_tag, f"{name}{n}"), NOW)

    with ThreadPoolExecutor(2) as threads:
        list(threads.map(adds, "ab"))
    assert sorted(ArticleStore(database).article("1").tags) == sorted(f"{name}{n}" for name in "ab" for n in range(15))


def test_an_edit_that_fails_changes_nothing(store: ArticleStore) -> None:
    store.put([submission("1")], NOW)
    with pytest.raises(ArticleInvalid):
        store.write("1", lambda _: submission("1", title=""), NOW)
    assert store.article("1").title == "Judul 1"
    assert len(log(store)) == 1


# --- speed -------------------------------------------------------------------------------------------------------


def explained(database: Database, statements: Iterable[tuple[str, Any]]) -> str:
    """How the database goes about the statements. PostgreSQL shows what it can do, not what so few rows tempt it to."""
    with database.reading() as connection:
        if not database.is_sqlite:
            for way in ("seqscan", "bitmapscan", "hashjoin", "mergejoin", "sort"):
                connection.exec_driver_sql(f"SET LOCAL enable_{way} = off")
        explain = "EXPLAIN QUERY PLAN" if database.is_sqlite else "EXPLAIN"
        plans = [connection.exec_driver_sql(f"{explain} {sql}", parameters).all() for sql, parameters in statements]
    return "\n".join(str(row[-1]) for plan in plans for row in plan)


@pytest.mark.parametrize("limit", [50, 100])
def test_a_feed_is_read_along_an_index_without_scan_or_sort(
    database: Database, store: ArticleStore, limit: int
) -> None:
    put(store, *(submission(str(n), published_at=PUBLISHED - n * SECOND) for n in range(300)))
    asked: list[tuple[str, Any]] = []
    event.listen(database.engine, "before_cursor_execute", lambda *seen: asked.append((seen[2], seen[3])))
    assert len(store.newest("category/dinamika", limit, NOW).entries) == limit
    plan = explained(database, [(sql, parameters) for sql, parameters in asked if "placements" in sql])
    assert re.search(r"Index.* Scan .*on placements|SEARCH placements USING", plan), plan
    assert not re.search(r"Seq Scan|Sort|SCAN|TEMP B-TREE", plan), plan


@pytest.mark.parametrize("status", ["published", None])
def test_a_listing_is_read_along_an_index(database: Database, store: ArticleStore, status: str | None) -> None:
    """Ties of the time are sorted by key, and nothing else."""
    put(store, *(submission(str(n), published_at=PUBLISHED - n * SECOND) for n in range(300)))
    end = store.listing(ListingQuery(status), None, 100).end
    asked: list[tuple[str, Any]] = []
    event.listen(database.engine, "before_cursor_execute", lambda *seen: asked.append((seen[2], seen[3])))
    found = store.listing(ListingQuery(status), end, 100)
    assert [article.id for article in found.articles] == [str(n) for n in range(100, 200)]
    plan = explained(database, [(sql, parameters) for sql, parameters in asked if "ORDER BY" in sql])
    assert "ix_articles_status_published_at" in plan, plan
    assert not re.search(r"Seq Scan|SCAN|TEMP B-TREE", plan), plan


def test_categories_are_the_lists_of_categories(store: ArticleStore) -> None:
    assert store.categories() == []
    store.put([submission("1", categories=["Politik", "dunia"], tags=["category"]), submission("2")], NOW)
    assert [(article_list.name, article_list.title) for article_list in store.categories()] == [
        *(("category/dinamika", "Dinamika"), ("category/dunia", "dunia"), ("category/politik", "Politik"))
    ]
