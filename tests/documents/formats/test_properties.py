"""No accepted article can break a feed: what is handed in is refused by field, or stands in all formats, strictly."""

import html
import json
import re
from typing import Any

import feedparser
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.articles.article import Submission
from service.articles.characters import xml_safe
from service.articles.validation import ValidationContext
from service.core.errors import ArticleInvalid
from service.documents.formats import FORMATS
from service.documents.formats.context import EntryValues
from tests.articles.test_sanitizer import nasty
from tests.support.newsroom import NOW, SETTINGS, article, rendered
from tests.support.reading import READERS, xml

READING = ValidationContext.of(SETTINGS)


def mostly(good: st.SearchStrategy[Any], other: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """So that a fair share of the articles is accepted."""
    return st.integers(0, 15).flatmap(lambda n: other if n == 0 else good)


path = st.builds("https://news.example/{}".format, nasty)
addresses = mostly(path, st.builds("{}{}".format, st.sampled_from(["", "javascript:", "//x/", "https://"]), nasty))
names = st.lists(mostly(st.builds("N{}".format, nasty), nasty), max_size=3)
sizes = mostly(st.integers(0, 2**53), st.integers(-1, 2**60) | st.none() | nasty)
moments = st.sampled_from(["1900-01-01", "10 September 2021 11.43 WIB", "2026-02-12", "2200-12-31T23:59:59-12:00"])
dates = mostly(moments, nasty)
fields = st.fixed_dictionaries(
    {"id": mostly(st.just("7"), nasty), "title": mostly(st.builds("J{}".format, nasty), nasty)},
    optional={
        "url": addresses,
        "summary": nasty,
        "content_html": nasty,
        "section": nasty,
        "categories": names,
        "tags": names,
        "authors": st.lists(
            st.fixed_dictionaries({"name": st.builds("S{}".format, nasty)}, optional={"url": addresses})
            | st.builds("S{}".format, nasty),
            max_size=2,
        ),
        "published_at": dates,
        "updated_at": dates,
        "expires_at": dates,
        "language": mostly(st.sampled_from(["id", "en-GB"]), nasty),
        "image": st.fixed_dictionaries(
            {"url": addresses},
            optional={"type": st.just("image/PNG"), "length": sizes, "width": sizes, "caption": nasty, "credit": nasty},
        ),
        "enclosures": st.lists(st.fixed_dictionaries({"url": addresses}, optional={"length": sizes}), max_size=2),
        "podcast": st.fixed_dictionaries(
            {},
            optional={
                "duration": sizes,
                "explicit": st.booleans(),
                "episode": sizes,
                "author": nasty,
                "image": addresses,
                "transcripts": st.lists(st.fixed_dictionaries({"url": addresses, "type": st.just("text/vtt")})),
                "chapters": addresses,
            },
        ),
        "correction": nasty,
        "license": nasty,
        "status": st.sampled_from(["published", "draft", "withdrawn"]),
    },
)


def shown(detail: Any) -> str:
    """A title of feedparser's as a program shows it."""
    return html.unescape(detail.value) if detail.type == "text/html" else str(detail.value)


def holds(candidate: dict[str, Any]) -> None:
    """The article is refused by field, or is in every format what it is."""
    try:
        accepted = Submission.read(candidate, READING).article(None, NOW)
    except ArticleInvalid as refusal:
        assert all(error.field.split(".")[0] in Submission.model_fields for error in refusal.errors)
        assert str(refusal).isprintable()
        return
    documents = {extension: rendered(extension, [accepted]) for extension in FORMATS}
    read = {extension: READERS[extension](document) for extension, document in documents.items()}
    assert read["rss"] == read["atom"] == read["json"]
    [entry] = read["json"]
    assert entry.id == EntryValues(article({"id": accepted.id, "title": "Lain"}), SETTINGS).guid
    assert entry.title == accepted.title
    for document in documents.values():
        text = document.decode()
        assert xml_safe(text) == text
    for text in (entry.title, entry.summary, entry.content or "", *entry.authors, *entry.labels, entry.rights or ""):
        assert not re.search(r"<\s*(script|iframe|style|object|svg)[\s/>]", text, re.IGNORECASE)
    for extension in ("rss", "atom"):
        assert shown(feedparser.parse(documents[extension]).entries[0].title_detail) == accepted.title


@settings(max_examples=200, deadline=None)
@given(fields)
def test_no_accepted_article_can_break_a_feed(candidate: dict[str, Any]) -> None:
    holds(candidate)


@settings(deadline=None)
@given(st.sampled_from(sorted(Submission.model_fields)), nasty)
def test_nor_can_any_one_field_of_a_good_article(field: str, text: str) -> None:
    nested = {
        "image": {"url": "https://news.example/a.png", "caption": text, "credit": text},
        "enclosures": [{"url": f"https://news.example/{text}"}],
        "authors": [{"name": f"S{text}", "url": f"https://news.example/{text}"}],
        "categories": [f"D{text}"],
        "tags": [f"T{text}"],
        "url": f"https://news.example/{text}",
        "title": f"J{text}",
    }
    holds({"id": "7", "title": "Judul", field: nested.get(field, text)})


@pytest.mark.parametrize("unit", ["<p>kata ]]&gt; kata</p>", "&amp;" * 4, "😀", "<b>", "<table><td>", "a" * 20])
def test_nor_can_a_huge_body(unit: str) -> None:
    holds({"id": "7", "title": "Judul", "content_html": unit * (20_000 // len(unit))})


@pytest.mark.parametrize("field", ["title", "summary", "correction", "license", "section"])
def test_nor_can_a_huge_text(field: str) -> None:
    for unit in ("kata ", "&amp;lt;", "<p>", "<!--"):
        holds({"id": "7", "title": "Judul", field: unit * 100_000})


@settings(deadline=None)
@given(st.lists(nasty, min_size=1, max_size=3))
def test_nor_can_the_newsroom_s_own_words(words: list[str]) -> None:
    """Settings are checked by the line; what they allow must be able to stand in a document."""
    word = "".join(character for character in xml_safe(" ".join(words)) if character.isprintable())
    site = SETTINGS.site.model_copy(update={"title": f"W{word}", "description": f"B{word}", "rights": word})
    newsroom = SETTINGS.model_copy(update={"site": site})
    root = xml(rendered("rss", [], settings=newsroom))
    assert root.findtext("channel/title") == f"W{word} – Terbaru"
    xml(rendered("atom", [], settings=newsroom))
    assert json.loads(rendered("json", [], settings=newsroom))["title"] == f"W{word} – Terbaru"
