"""Posts from WordPress's REST interface, as a WordPress 6.1 answers with them."""

import json
from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from service import importers
from service.core.http_client import OutgoingError
from service.importers import FoundArticle, OpenSource, ReadOptions

OPTIONS = ReadOptions(ZoneInfo("Asia/Jakarta"))
BODY = "<p>Warga membuka pasar baru.</p>\n\n\n\n<ul>\n<li>Beras</li>\n</ul>\n\n\n\n<p>Hujan turun sore harinya.</p>"


def found(url: str = "", fetch: Callable[[str], OpenSource] | None = None, **more: Any) -> FoundArticle:
    post = {
        "id": 7,
        "guid": {"rendered": "https://kabar.example/?p=7"},
        "link": "https://kabar.example/pasar/",
        "date_gmt": "2026-03-06T03:00:00",
        "type": "post",
        "title": {"rendered": "Pasar"},
        "content": {"rendered": BODY},
        **more,
    }
    source = OpenSource.of_bytes("posts", json.dumps([post]).encode(), url=url)
    source.fetch = fetch
    [article] = importers.read(source, None, OPTIONS)
    assert isinstance(article, FoundArticle)
    return article


def fields(**more: Any) -> dict[str, Any]:
    return found(**more).fields


def test_an_excerpt_of_words_of_the_body_is_made_by_wordpress() -> None:
    """WordPress leaves lists and other blocks out, so that the excerpt is not the beginning of the body."""
    excerpt = {"rendered": "<p>Warga membuka pasar baru. Hujan turun [&hellip;]</p>"}
    assert not fields(excerpt=excerpt).get("summary")


def test_an_excerpt_by_wordpress_joins_lines_and_has_other_quotation_marks_than_code() -> None:
    body = {"rendered": '<p>Hujan<br>turun. <code>cetak("halo -- dunia...")</code></p>'}
    excerpt = {"rendered": "<p>Hujanturun. cetak(“halo — dunia…”)</p>"}
    assert not fields(content=body, excerpt=excerpt).get("summary")


def test_an_excerpt_with_other_words_is_the_editors() -> None:
    assert fields(excerpt={"rendered": "<p>Pasar baru dibuka.</p>"})["summary"] == "<p>Pasar baru dibuka.</p>"


def test_a_protected_post_is_a_draft_without_its_body() -> None:
    post = fields(content={"rendered": "", "protected": True})
    assert (post["status"], post.get("content_html")) == ("draft", None)


def test_blocks_follow_each_other_as_in_an_export() -> None:
    text = "<p></p>\n<p>Satu.</p>\n\n\n\n<pre>a\n\n\nb</pre>"
    assert fields(content={"rendered": text})["content_html"] == "<p>Satu.</p>\n<pre>a\n\n\nb</pre>"


def term(id_: int, name: str, parent: int = 0) -> dict[str, Any]:
    """A category as a post embeds it."""
    site = "https://kabar.example/wp-json/wp/v2/categories"
    links = {"up": [{"embeddable": True, "href": f"{site}/{parent}"}]} if parent else {}
    return {"id": id_, "name": name, "taxonomy": "category", "_links": links}


NAMES = {2: ("Berita", 0), 3: ("Daerah", 2)}


@pytest.mark.parametrize(
    ("url", "categories"),
    [
        (
            "https://kabar.example/wp-json/wp/v2/posts?_embed=1&page=2",
            "https://kabar.example/wp-json/wp/v2/categories?",
        ),
        ("https://kabar.example/?rest_route=/wp/v2/posts", "https://kabar.example/?rest_route=/wp/v2/categories&"),
    ],
)
def test_the_parents_of_a_category_are_fetched(url: str, categories: str) -> None:
    asked: list[str] = []

    def fetch(url: str) -> OpenSource:
        asked.append(url)
        id_ = int(url.partition("include=")[2].partition("&")[0])
        return answer(json.dumps([{"id": id_, "name": NAMES[id_][0], "parent": NAMES[id_][1]}]))

    article = found(url, fetch, _embedded={"wp:term": [[term(4, "Kota", 3), term(5, "Pasar")]]})
    assert article.fields["categories"] == ["Kota", "Pasar", "Daerah", "Berita"]
    assert article.notes == []
    assert asked == [f"{categories}include={id_}&per_page=1&_fields=id,name,parent" for id_ in (3, 2)]


def answer(text: str) -> OpenSource:
    return OpenSource.of_bytes("categories", text.encode())


def refuse(url: str) -> OpenSource:
    raise OutgoingError(url, "the server answered 403")


@pytest.mark.parametrize(
    ("fetch", "url"),
    [
        (None, ""),
        (refuse, "https://kabar.example/wp-json/wp/v2/posts"),
        (lambda _: answer("<html>"), "https://kabar.example/wp-json/wp/v2/posts"),
        (lambda _: answer('[{"id": 9, "name": "Lain", "parent": 9}]'), "https://kabar.example/wp-json/wp/v2/posts"),
        (lambda _: answer("[]"), "https://kabar.example/kabar.json"),
    ],
    ids=["saved", "refused", "no JSON", "another category", "another URL"],
)
def test_parents_that_are_not_told_are_named(fetch: Callable[[str], OpenSource] | None, url: str) -> None:
    article = found(url, fetch, _embedded={"wp:term": [[term(4, "Kota", 3)]]})
    assert article.fields["categories"] == ["Kota"]
    assert article.notes == ["parents of categories"]


def test_categories_above_each_other_in_a_circle_are_read_once() -> None:
    article = found(_embedded={"wp:term": [[term(1, "Kota", 2), term(2, "Daerah", 1)]]})
    assert article.fields["categories"] == ["Kota", "Daerah"]
