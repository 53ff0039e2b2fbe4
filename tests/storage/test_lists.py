"""Lists by name, in parts, and by the beginnings of words; related articles. On both databases."""

from datetime import UTC, datetime
from typing import Any

import pytest

from service.articles.article import Submission
from service.storage import ArticleStore
from tests.support.articles import submission

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def put(store: ArticleStore, *submissions: Submission) -> None:
    store.put(list(submissions), NOW)


def tagged(article_id: str, *tags: str, **fields: Any) -> Submission:
    return submission(article_id, tags=list(tags), categories=["Dinamika"], **fields)


def names(found: list[Any]) -> list[str]:
    return [each.name for each in found]


def test_lists_by_name_leave_out_those_that_never_existed(store: ArticleStore) -> None:
    put(store, tagged("satu", "Pasar", "ASEAN"))
    assert names(store.lists(["tag/pasar", "tag/tiada", "latest", "tag/asean"])) == ["latest", "tag/asean", "tag/pasar"]
    assert store.lists([]) == []


def test_parts_have_every_list_once_and_a_full_part_stays(store: ArticleStore) -> None:
    put(store, tagged("satu", "A1", "B2", "C3", "D4"))
    first, more = store.part_of_lists(1, 4)
    second, end = store.part_of_lists(2, 4)
    assert (len(first), more, end) == (4, True, False)
    assert sorted(names([*first, *second])) == sorted(names(store.all_lists()))
    put(store, tagged("dua", "A0", "E5"))
    assert names(store.part_of_lists(1, 4)[0]) == names(first)
    assert store.part_of_lists(9, 4) == ([], False)


@pytest.mark.parametrize(
    ("slug", "found"),
    [
        ("pasar", ["tag/pasar", "tag/pasar-ikan", "tag/harga-pasar"]),
        ("ikan", ["tag/pasar-ikan"]),
        ("asar", []),
        ("p_sar", []),
        ("%", []),
    ],
)
def test_a_list_is_found_by_the_beginning_of_a_word(store: ArticleStore, slug: str, found: list[str]) -> None:
    put(store, tagged("satu", "Pasar", "Pasar Ikan", "Harga Pasar", "Sungai"))
    assert names(store.find_lists(["tag", "author"], slug, 10)) == found
    assert names(store.find_lists(["tag"], slug, 1)) == found[:1]
    assert store.find_lists(["author"], slug, 10) == []


def test_the_newest_of_several_lists(store: ArticleStore) -> None:
    put(store, tagged("satu", "A"), tagged("dua", "B", published_at="2026-02-21T00:00:00Z"))
    newest = store.newest_of(["tag/b", "tag/a", "latest"], 1, NOW)
    assert [[entry.id for entry in listing.entries] for listing in newest] == [["dua"], ["satu"], ["satu"]]


def test_related_articles_share_the_most_tags_and_can_be_seen(store: ArticleStore) -> None:
    main = tagged("inti", "A", "B")
    put(
        store,
        main,
        tagged("satu", "A"),
        tagged("dua", "B", "A", published_at="2026-01-01T00:00:00Z"),
        tagged("lain", "C"),
        tagged("konsep", "A", status="draft"),
        tagged("nanti", "A", published_at="2027-01-01T00:00:00Z"),
        tagged("lewat", "A", expires_at="2026-02-25T00:00:00Z"),
    )
    article = store.article("inti")
    assert [each.id for each in store.related(article, 5, NOW)] == ["dua", "satu"]
    assert [each.id for each in store.related(article, 1, NOW)] == ["dua"]
    assert store.related(store.article("lain"), 5, NOW) == []
