"""The search finds what is public, newest first, in both databases alike, and its index follows the articles."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from service.core.errors import BadRequest
from service.search import Analyser, parse
from service.storage import ArticleSearch, ArticleStore, Database, Search, SearchIndex, search_postgresql, search_sqlite
from tests.support.articles import NOW, submission
from tests.support.search import ANALYSER, found, indexed


@pytest.fixture
def newsroom(database: Database, store: ArticleStore) -> Database:
    """Seven articles about rice, reading and other things; id 1 is the oldest."""
    articles: list[dict[str, Any]] = [
        {"title": "Harga beras naik di pasar", "summary": "Pedagang mengeluh.", "content_html": "<p>Bulog diam.</p>"},
        {"title": "Membaca di taman", "content_html": "<p>Taman bacaan dibuka.</p>", "categories": ["Budaya"]},
        {"title": "Beras impor", "summary": "Naik lagi.", "content_html": "<p>Harga <b>beras</b> di Jum’at pagi.</p>"},
        {"title": "Café baru", "content_html": "<p>COVID-19 berlalu.</p>", "categories": ["Hukum &amp; HAM"]},
        {"title": "東京都の新しい本", "content_html": "<p>ภาษาไทยวันนี้ 서울은</p>"},
        {"title": "Perekonomian", "content_html": "<p>Kementerian menjawab.</p>", "authors": [{"name": "Beras"}]},
        {"title": "Menteri ekonomi", "content_html": "<p>Singkat.</p>", "tags": ["bulog"]},
    ]
    times = [NOW - timedelta(hours=len(articles) - number) for number in range(len(articles))]
    store.put(
        [
            submission(str(n), published_at=at.isoformat(), **fields)
            for n, (fields, at) in enumerate(zip(articles, times, strict=True), 1)
        ],
        NOW,
    )
    indexed(database)
    return database


CASES = [
    ("beras", "3 1"),
    ("BERAS harga", "3 1"),
    ("baca", "2"),
    ("dibacakan", "2"),
    ("menteri", "7 6"),
    ("perekonomian", "7 6"),
    ('"beras naik"', "1"),
    ('"naik beras"', ""),
    ("“harga beras”", "3 1"),
    ("beras -pasar", "3"),
    ('beras -"harga beras naik"', "3"),
    ("beras -jumat", "1"),
    ("cafe", "4"),
    ("CAFE\u0301 covid-19", "4"),
    ('"19 covid"', ""),
    ("東京", "5"),
    ("京都", "5"),
    ("本", "5"),
    ("京", "5"),
    ("東都", ""),
    ("ไทยวัน", "5"),
    ("서울", "5"),
    ("bulog", "1"),
    ('"impor naik"', ""),  # from the title into the summary
    ("tiada", ""),
    ("-beras", ""),
    ("", ""),
    ('"', ""),
    ("AND OR NOT NEAR( title: * ^ beras", ""),
    ("beras (harga)", "3 1"),
]


def test_what_a_query_finds(newsroom: Database) -> None:
    assert [(query, " ".join(found(newsroom, query))) for query, _ in CASES] == CASES


def test_limits_of_category_and_time(newsroom: Database) -> None:
    assert found(newsroom, "beras", list_names=["category/dinamika"]) == ["3", "1"]
    assert found(newsroom, "beras", list_names=["category/budaya"]) == []
    assert found(newsroom, "cafe", list_names=["category/budaya", "category/hukum-ham"]) == ["4"]
    third = NOW - timedelta(hours=5)
    assert found(newsroom, "beras", since=third) == ["3"]
    assert found(newsroom, "beras", until=third) == ["1"]
    assert found(newsroom, "beras", since=third, until=third + timedelta(seconds=1)) == ["3"]
    assert found(newsroom, "beras", since=NOW, until=NOW - timedelta(days=1)) == []


def test_pages_have_each_article_once(database: Database, store: ArticleStore) -> None:
    """Also if all have the same time of publication."""
    ids = [f"{number}" for number in range(25)]
    store.put([submission(id_, title="Sama") for id_ in ids], NOW)
    indexed(database)
    search, read = Search(parse("sama", ANALYSER)), []
    while True:
        page = ArticleSearch(database).find(search, 10, NOW)
        read += [article.id for article in page.articles]
        if page.after is None:
            break
        search = Search(search.query, after=page.after)
    assert read == ids[::-1]
    assert found(database, "sama", after=search.after, until=NOW - timedelta(days=1)) == []


def test_only_public_articles_are_found(database: Database, store: ArticleStore) -> None:
    later = NOW + timedelta(hours=1)
    store.put(
        [
            submission("draft", title="Rahasia", status="draft"),
            submission("embargoed", title="Rahasia", published_at=later.isoformat()),
            submission("ending", title="Rahasia", expires_at=later.isoformat()),
            submission("withdrawn", title="Rahasia"),
            submission("edited", title="Rahasia"),
        ],
        NOW,
    )
    indexed(database)
    assert found(database, "rahasia") == ["edited", "withdrawn", "ending"]
    store.withdraw("withdrawn", NOW)
    assert found(database, "rahasia") == ["edited", "ending"]  # before the index hears of it
    store.put([submission("edited", title="Terbuka")], NOW + timedelta(seconds=1))
    indexed(database)
    assert found(database, "rahasia") == ["ending"]
    assert found(database, "terbuka") == ["edited"]
    while store.apply_deadlines(later):
        pass
    indexed(database, later)
    assert found(database, "rahasia", now=later) == ["embargoed"]
    with database.reading() as connection:  # and the index has no word of the others
        assert connection.execute(text("SELECT count(*) FROM search_entries")).scalar() == 2


def test_an_article_that_gets_another_time_is_found_at_that(newsroom: Database, store: ArticleStore) -> None:
    store.put([submission("1", title="Beras", published_at=(NOW - timedelta(minutes=1)).isoformat())], NOW)
    indexed(newsroom)
    assert found(newsroom, "beras") == ["1", "3"]
    assert found(newsroom, "pasar") == []


def test_articles_from_before_the_index_are_added_newest_first(
    database: Database, store: ArticleStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("service.storage.search_index.PORTION", 10)
    store.put([submission(f"{number}", title="Lama") for number in range(25)], NOW)
    index = SearchIndex(database, ANALYSER)
    assert index.state().missing_keys is None
    assert index.catch_up(NOW)
    assert index.state().missing_keys == 25
    assert index.catch_up(NOW)
    assert found(database, "lama", 3) == ["24", "23", "22"]
    assert index.state().missing_keys == 15
    store.put([submission("24", title="Baru"), submission("0", title="Baru")], NOW)
    assert index.state().lag == 2
    assert index.catch_up(NOW)
    assert found(database, "baru") == ["24", "0"]
    indexed(database)
    assert index.state().is_complete
    assert len(found(database, "lama", 50)) == 23
    assert not index.catch_up(NOW)


def test_two_processes_add_each_portion_once(database: Database, store: ArticleStore) -> None:
    """One that was slower leaves the portion to the other."""
    store.put([submission("1", title="Satu")], NOW)
    one, other = SearchIndex(database, ANALYSER), SearchIndex(database, ANALYSER)
    one.catch_up(NOW)

    class Overtaking(Analyser):
        def words(self, text: str):  # type: ignore[no-untyped-def]
            while other.catch_up(NOW):
                pass
            return super().words(text)

    slow = SearchIndex(database, Overtaking("id"))
    before = other.state().modified_at
    assert slow.catch_up(NOW)
    assert found(database, "satu") == ["1"]
    assert before is not None
    assert other.state().modified_at == before + timedelta(seconds=1)


def test_another_language_makes_the_index_anew(database: Database, store: ArticleStore) -> None:
    store.put([submission("1", title="Membaca")], NOW)
    indexed(database)
    english = SearchIndex(database, Analyser("en"))
    assert not english.state().is_complete
    while english.catch_up(NOW):
        pass
    assert found(database, "baca") == []
    search = Search(parse("membaca", Analyser("en")))
    assert [article.id for article in ArticleSearch(database).find(search, 5, NOW).articles] == ["1"]


def test_the_time_of_the_index_rises_with_each_change(database: Database, store: ArticleStore) -> None:
    times = []
    for number in range(3):
        store.put([submission("1", title=f"Judul {number}")], NOW)
        indexed(database)
        times.append(ArticleSearch(database).find(Search(parse("judul", ANALYSER)), 1, NOW).modified_at)
    assert times == sorted({time for time in times if time})
    indexed(database)
    assert ArticleSearch(database).find(Search(parse("judul", ANALYSER)), 1, NOW).modified_at == times[-1]


def test_a_search_that_takes_too_long_looks_at_the_newest_articles(
    newsroom: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search_sqlite, "MAX_FIND_SECONDS", -1.0)
    monkeypatch.setattr(search_sqlite, "_STEPS", 1)
    monkeypatch.setattr(search_postgresql, "_BY_WORDS", text("SET LOCAL statement_timeout = 50; SELECT pg_sleep(1)"))
    for module in (search_sqlite, search_postgresql):
        monkeypatch.setattr(module, "NEWEST_EXAMINED", 5)
    monkeypatch.setattr(search_postgresql, "FIRST_EXAMINED", 1)
    results = ArticleSearch(newsroom).find(Search(parse("beras", ANALYSER)), 10, NOW)
    assert [article.id for article in results.articles] == ["3"]
    assert results.is_partial


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(query=st.text(max_size=200) | st.text("ab\"-*'\\:&|!<>()^京ย ﷺ½", max_size=40))
def test_every_text_is_a_query(newsroom: Database, query: str) -> None:
    try:
        found(newsroom, query)
    except BadRequest as error:
        assert "more than" in str(error)


def test_a_long_text_without_blanks_is_a_query(newsroom: Database) -> None:
    assert found(newsroom, "東" * 200) == []
    assert found(newsroom, "x" * 200) == []
