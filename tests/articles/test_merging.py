"""One article from several sources: richer sources replace, poorer ones fill, and nobody empties another's field."""

from typing import Any

import pytest

from service.articles.article import Article, Submission
from service.articles.merging import givers_of, merged
from service.articles.origins import SourceKind, is_name, name_key, url_spellings
from tests.support.articles import NOW, READING

FEED, PAGE, EXPORT = SourceKind.FEED, SourceKind.PAGE, SourceKind.EXPORT


def told(**fields: Any) -> Submission:
    return Submission.read({"id": "1", "title": "Judul", "published_at": "2026-02-12", **fields}, READING)


def combined(*sources: tuple[SourceKind, Submission]) -> Article:
    (kind, first), *others = sources
    article, givers = first.article(None, NOW), givers_of(first, kind)
    for kind, new in others:
        submission, givers = merged(new, article, givers, kind)
        article = submission.article(article, NOW)
    return article


def test_a_poorer_source_fills_and_never_empties_or_replaces() -> None:
    export = told(categories=["Ekonomi"], tags=["padi"], image={"url": "https://a.example/1.jpg"}, status="draft")
    feed = told(title="Lain", categories=["Ekonomi", "padi"], summary="Ringkas.")
    article = combined((EXPORT, export), (FEED, feed))
    assert (article.title, article.categories, article.tags) == ("Judul", ("Ekonomi",), ("padi",))
    assert (article.summary, article.status) == ("Ringkas.", "draft")
    assert article.image


def test_a_richer_source_replaces_and_leaves_what_it_does_not_have() -> None:
    article = combined((FEED, told(title="Lama", summary="Ringkas.")), (EXPORT, told(title="Baru")))
    assert (article.title, article.summary) == ("Baru", "Ringkas.")


def test_an_equal_source_empties_what_it_gave() -> None:
    article = combined((EXPORT, told(summary="Ringkas.", url="https://a.example/1")), (EXPORT, told()))
    assert (article.summary, article.url) == ("", "https://a.example/1")


EARLY, LATE = "2026-02-12T10:00:00Z", "2026-02-13T10:00:00Z"
INTERFACE = SourceKind.INTERFACE


@pytest.mark.parametrize(
    ("export", "interface", "expected"),
    [(EARLY, EARLY, "Ekspor"), (EARLY, LATE, "Antarmuka"), (LATE, EARLY, "Ekspor")],
    ids=["same time", "interface later", "export later"],
)
def test_the_later_of_export_and_interface_replaces_in_any_order(export: str, interface: str, expected: str) -> None:
    """The interface has typographic quotes and no parents of categories: at the same time, the export stays."""
    ours = (EXPORT, told(title="Ekspor", tags=["a"], updated_at=export))
    theirs = (INTERFACE, told(title="Antarmuka", updated_at=interface))
    for order in ([ours, theirs, ours], [theirs, ours, theirs], [ours, theirs, theirs], [theirs, ours, ours]):
        article = combined(*order)
        assert (article.title, article.tags) == (expected, ("a",))


def test_an_interface_is_richer_than_a_page() -> None:
    assert combined((INTERFACE, told(title="Antarmuka")), (PAGE, told(title="Halaman"))).title == "Antarmuka"


def test_no_source_empties_the_text() -> None:
    """WordPress's interface keeps the text of a post with a password to itself."""
    article = combined((EXPORT, told(content_html="<p>Isi.</p>")), (EXPORT, told()))
    assert article.content_html == "<p>Isi.</p>"


def test_sources_in_any_order_give_the_same_after_a_second_round() -> None:
    export = (EXPORT, told(title="Ekspor", tags=["a"]))
    page = (PAGE, told(title="Halaman", section="Kota"))
    feed = (FEED, told(title="Umpan", summary="S"))
    one = combined(export, page, feed)
    assert combined(feed, page, export, feed, page) == one
    assert (one.title, one.section, one.summary) == ("Ekspor", "Kota", "S")


def test_a_photo_is_completed_with_the_words_of_another_source() -> None:
    url = "https://a.example/1.jpg"
    image = combined((FEED, told(image={"url": url, "caption": "Padi"})), (EXPORT, told(image={"url": url}))).image
    assert image
    assert image.caption == "Padi"


def test_names_of_one_article_are_equal() -> None:
    spellings = ("https://www.a.example/x/", "http://a.example/x?utm_source=y#z", "https://A.example/x")
    assert {name_key(name) for name in spellings} == {"//a.example/x"}
    assert name_key("https://a.example/?p=1") != name_key("https://a.example/?p=2")
    assert len(name_key("x" * 5000)) < 100
    assert name_key("http://[x") == "http://[x"
    assert [is_name(name) for name in ("https://a.example/", "https://a.example/?p=1", "")] == [False, True, False]
    assert len(url_spellings("https://a.example/x/")) == 4
    assert url_spellings("tag:a") == []
