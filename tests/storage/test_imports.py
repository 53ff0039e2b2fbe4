"""Articles of an import: found by any of their names, and combined with what other sources gave."""

from datetime import timedelta
from typing import Any

import pytest

from service.articles.article import Submission
from service.articles.origins import SourceKind
from service.core.errors import NotFound, OtherName
from service.storage import ArticleStore, ImportedArticle, PutOutcome
from tests.support.articles import NOW, READING

ADDED, CHANGED, UNCHANGED = PutOutcome.ADDED, PutOutcome.CHANGED, PutOutcome.UNCHANGED
URL, NUMBER = "https://a.example/panen/", "https://a.example/?p=17"
FEED, PAGE, EXPORT = SourceKind.FEED, SourceKind.PAGE, SourceKind.EXPORT


def found(id_: str, kind: SourceKind, *same_as: str, old: str = "", **fields: Any) -> ImportedArticle:
    told = {"id": id_, "title": "Panen", "url": URL, "published_at": "2026-02-12", **fields}
    return ImportedArticle(Submission.read(told, READING), kind, same_as, [old] if old else [])


def put(store: ArticleStore, *imported: ImportedArticle, **options: bool) -> list[PutOutcome | None]:
    return store.put_imported(imported, NOW, **options)[0]


def known_id(store: ArticleStore, name: str) -> str:
    """The id of the article that has another name."""
    with pytest.raises(OtherName) as other:
        store.visible_article(name, NOW)
    return other.value.article_id


def test_page_export_and_feed_are_one_article(store: ArticleStore) -> None:
    page = found(URL, PAGE, URL, section="Kota")
    export = found(NUMBER, EXPORT, NUMBER, URL, tags=["padi"])
    feed = found(NUMBER, FEED, NUMBER, "http://a.example/panen?utm_source=rss", title="Panen!")
    assert put(store, page) == [ADDED]
    assert put(store, export) == [CHANGED]
    assert put(store, feed, page, export) == [UNCHANGED] * 3
    [article] = store.everything()
    assert (article.id, article.title, article.section, article.tags) == (URL, "Panen", "Kota", ("padi",))
    assert known_id(store, NUMBER) == URL
    with pytest.raises(NotFound, match="there is no article"):
        store.visible_article("x", NOW)


def test_articles_of_one_transaction_are_found_too(store: ArticleStore) -> None:
    assert put(store, found(NUMBER, EXPORT, NUMBER, URL), found("a", FEED, URL, summary="S")) == [ADDED, CHANGED]
    assert [article.summary for article in store.everything()] == ["S"]


def test_an_article_of_the_cms_is_found_by_its_url_and_only_completed(store: ArticleStore) -> None:
    store.put([found("123", FEED).submission], NOW)
    assert put(store, found(URL, PAGE, URL.rstrip("/"), title="Lain", section="Kota")) == [CHANGED]
    [article] = store.everything()
    assert (article.id, article.title, article.section) == ("123", "Panen", "Kota")


def test_what_the_cms_has_changed_is_no_longer_the_feeds(store: ArticleStore) -> None:
    put(store, found(NUMBER, FEED, URL))
    store.put([found(NUMBER, FEED, title="Judul CMS").submission], NOW)
    assert put(store, found(NUMBER, FEED, URL, title="Judul umpan")) == [UNCHANGED]


def test_the_trash_withdraws_stored_articles_and_a_feed_does_not_bring_them_back(store: ArticleStore) -> None:
    trashed = found(NUMBER, EXPORT, NUMBER, status="withdrawn", url="https://a.example/?p=17", title="x")
    assert put(store, trashed) == [None]
    put(store, found(NUMBER, EXPORT, NUMBER, URL))
    assert put(store, trashed) == [CHANGED]
    assert put(store, found(NUMBER, FEED, NUMBER, URL)) == [UNCHANGED]
    [article] = store.everything()
    assert (article.status, article.title, article.url) == ("withdrawn", "Panen", URL)


def test_replace_and_dry_run(store: ArticleStore) -> None:
    put(store, found(NUMBER, EXPORT, URL, summary="S"))
    poorer = found("x", FEED, URL, title="Umpan")
    assert put(store, poorer, dry_run=True, replace=True) == [CHANGED]
    assert [article.title for article in store.everything()] == ["Panen"]
    assert put(store, poorer, replace=True) == [CHANGED]
    assert [(article.title, article.summary) for article in store.everything()] == [("Umpan", "")]


def test_a_url_of_several_articles_names_none(store: ArticleStore) -> None:
    store.put([found("1", FEED).submission, found("2", FEED).submission], NOW)
    assert put(store, found("3", PAGE, URL)) == [ADDED]


def test_old_urls_lead_to_an_article_and_do_not_identify_it(store: ArticleStore) -> None:
    old = "https://a.example/lama/"
    put(store, found(NUMBER, EXPORT, URL, old=old))
    assert known_id(store, "https://a.example/lama") == NUMBER
    assert put(store, found("99", EXPORT, old, url=old)) == [ADDED]


def test_the_time_of_an_import_is_known_by_url(store: ArticleStore) -> None:
    put(store, found(NUMBER, FEED, URL))
    assert store.imported_at(URL) is None  # the page is richer than the feed
    store.put_imported([found(URL, PAGE, URL)], NOW + timedelta(hours=1))
    assert store.imported_at(URL) == NOW.replace(microsecond=0) + timedelta(hours=1)
