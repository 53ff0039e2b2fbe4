"""Exports of other programs: each as the program writes it, in short."""

import json
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from service import importers
from service.importers import FoundArticle, OpenSource, ReadOptions, RefusedItem, SkippedItem, SourceUnreadable
from service.importers.exports import permalinks

OPTIONS = ReadOptions(ZoneInfo("Asia/Jakarta"), base_url="https://k.example")
KIND = (
    "<category scheme='http://schemas.google.com/g/2005#kind' term='http://schemas.google.com/blogger/2008/kind#{}'/>"
)
BLOGGER = (
    "<feed xmlns='http://www.w3.org/2005/Atom' xmlns:app='http://purl.org/atom/app#'>"
    f"<entry><id>tag:blogger.com,1999:blog-1.post-1</id>{KIND.format('post')}<title>Satu</title>"
    "<app:control><app:draft>yes</app:draft></app:control><category scheme='x' term='Kota'/></entry>"
    f"<entry><id>tag:blogger.com,1999:blog-1.post-2</id>{KIND.format('comment')}<title>Mantap</title></entry></feed>"
)
TAKEOUT = (
    "<feed xmlns='http://www.w3.org/2005/Atom' xmlns:blogger='http://schemas.google.com/blogger/2018'>"
    "<entry><id>tag:blogger.com,1999:blog-1.post-1</id><blogger:type>POST</blogger:type><title>Satu</title>"
    "<blogger:status>LIVE</blogger:status><blogger:filename>/2021/09/satu.html</blogger:filename></entry></feed>"
)
GHOST = json.dumps(
    {
        "db": [
            {
                "meta": {},
                "data": {
                    "posts": [
                        {"id": "1", "title": "Satu", "slug": "satu", "html": "<img src='__GHOST_URL__/a.jpg'>"}
                        | {"status": "published", "published_at": "2021-09-10T04:43:00Z"},
                        {"id": "2", "title": "Tentang", "type": "page", "status": "published"},
                    ],
                    "tags": [{"id": "a", "name": "Kota"}, {"id": "b", "name": "#dalam"}, {"id": "c", "name": "sungai"}],
                    "posts_tags": [{"post_id": "1", "tag_id": t, "sort_order": n} for n, t in enumerate("abc")],
                },
            }
        ]
    }
)
NINJS = json.dumps(
    [
        {"uri": "tag:1", "headlines": [{"value": "Satu"}], "versioncreated": "2021-09-10T04:43:00Z"}
        | {"bodies": [{"contenttype": "text/plain", "value": "Isi."}], "pubstatus": "canceled"},
        {"uri": "tag:2", "type": "picture", "headline": "Foto", "versioncreated": "2021-09-10T04:43:00Z"},
    ]
)
NEWSML = (
    "<newsMessage xmlns='http://iptc.org/std/nar/2006-10-01/'><itemSet><newsItem guid='urn:1'><itemMeta>"
    "<itemClass qcode='ninat:text'/><versionCreated>2021-09-10T04:43:00Z</versionCreated>"
    "<pubStatus qcode='stat:usable'/>"
    "</itemMeta><contentMeta><headline>Satu</headline><by>Sari Uji</by></contentMeta><contentSet><inlineXML>"
    "<nitf xmlns='http://iptc.org/std/NITF/2006-10-18/'><body><body.content><p>Isi.</p></body.content></body></nitf>"
    "</inlineXML></contentSet></newsItem></itemSet></newsMessage>"
)


def found(text: str | bytes, name: str = "x", **options: Any) -> list[importers.ImportItem]:
    data = text if isinstance(text, bytes) else text.encode()
    chosen = ReadOptions(OPTIONS.zone, base_url=OPTIONS.base_url, **options)
    return list(importers.read(OpenSource.of_bytes(name, data), None, chosen))


def fields(item: importers.ImportItem) -> dict[str, Any]:
    assert isinstance(item, FoundArticle), item
    return item.fields


def test_blogger() -> None:
    post, comment = found(BLOGGER)
    assert fields(post) == {
        "id": "tag:blogger.com,1999:blog-1.post-1",
        "title": "Satu",
        "categories": ["Kota"],
        "status": "draft",
    }
    assert comment == SkippedItem("entry 2", "the kind is comment")
    [post] = found(TAKEOUT)
    assert fields(post)["url"] == "https://k.example/2021/09/satu.html"


def test_ghost() -> None:
    post, page = found(GHOST)
    assert fields(post) == {
        "id": "ghost-1",
        "url": "https://k.example/satu/",
        "title": "Satu",
        "content_html": "<img src='https://k.example/a.jpg'>",
        "categories": ["Kota"],
        "tags": ["sungai"],
        "published_at": "2021-09-10T04:43:00+00:00",
    }
    assert page == SkippedItem("post 2", "the type is page")


def test_ninjs_and_newsml() -> None:
    story, picture = found(NINJS)
    assert fields(story)["status"] == "withdrawn"
    assert (fields(story)["title"], fields(story)["content_html"]) == ("Satu", "<p>Isi.</p>")
    assert picture == SkippedItem("item 2", "the type is picture")
    [item] = found(NEWSML)
    assert fields(item) == {
        "id": "urn:1",
        "title": "Satu",
        "content_html": "<p>Isi.</p>",
        "authors": [{"name": "Sari Uji"}],
        "published_at": "2021-09-10T04:43:00+00:00",
    }


def test_markdown_with_front_matter() -> None:
    text = "+++\ntitle = 'Satu'\ndraft = true\ntags = ['a']\n+++\nIsi **tebal**. {{< youtube abc >}} {{< iklan >}}\n"
    [item] = found(text, "content/satu/index.md")
    assert fields(item) == {
        "id": "satu",
        "title": "Satu",
        "content_html": '<p>Isi <strong>tebal</strong>. <a href="https://www.youtube.com/watch?v=abc">'
        "https://www.youtube.com/watch?v=abc</a></p>",
        "tags": ["a"],
        "status": "draft",
    }
    assert isinstance(item, FoundArticle)
    assert item.notes == ["tag {{< iklan >}}"]
    [item] = found("---\ndate: 2021-09-10 11:43\n---\n# Judul\n\nIsi.", "x.md")
    assert (fields(item)["title"], fields(item)["content_html"]) == ("Judul", "<p>Isi.</p>")
    assert fields(item)["published_at"] == "2021-09-10T11:43:00+07:00"
    for bad in ("---\na: &x [1]\nb: [*x, *x]\n---\n", "---\n- a\n---\n", "+++\na = \n+++\n"):
        with pytest.raises(SourceUnreadable, match="the front matter"):
            found(bad)


def test_tables() -> None:
    [item] = found("Judul;Isi;Tanggal;Kategori\nSatu;Baris 1;10/09/2021 11.43;Kota|Desa\n")
    assert (fields(item)["title"], fields(item)["categories"]) == ("Satu", ["Kota", "Desa"])
    assert fields(item)["content_html"] == "<p>Baris 1</p>"
    [item] = found("sep=,\nkepala,title\nSatu,Lain\n", "a.csv", columns={"title": "Kepala"})
    assert fields(item)["title"] == "Satu"
    [item] = found("id\ttitle\n1\tSatu – dua\n".encode("utf-16"))
    assert fields(item)["title"] == "Satu – dua"
    _, refused = found("title,url\nSatu,\nDua,,tiga\n")
    assert refused == RefusedItem("row 3", "has 3 cells, but the table has 2 columns")
    with pytest.raises(SourceUnreadable, match="no column has titles"):
        found("a,b\n1,2\n", "a.csv")
    with pytest.raises(SourceUnreadable, match="there is no column 'X'"):
        found("title,b\n1,2\n", columns={"title": "X"})


def test_folders_of_sites_are_their_articles(tmp_path: Path) -> None:
    for name in ("_posts/2021-09-10-satu.md", "_drafts/dua.md", "_layouts/post.html", "_config.yml", "README.md"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("---\ntitle: x\n---\nIsi")
    names = [Path(source.name).name for source in importers.find(str(tmp_path))]
    assert names == ["dua.md", "2021-09-10-satu.md"]
    items = []
    for source in importers.find(str(tmp_path)):
        with source.open() as opened:
            items += [fields(item) for item in importers.read(opened, None, OPTIONS)]
    assert [(item.get("status"), item.get("published_at")) for item in items] == [
        ("draft", None),
        (None, "2021-09-10T00:00:00+07:00"),
    ]


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (b"%PDF-1.4", "a PDF document"),
        (b"PK\x03\x04....xl/workbook.xml", "an Excel workbook"),
        (b"-- MySQL dump 10.13", "a dump of a MySQL database"),
        (b"{\\rtf1", "a Rich Text document"),
    ],
    ids=["pdf", "xlsx", "sql", "rtf"],
)
def test_a_file_of_another_kind_is_named(head: bytes, kind: str) -> None:
    with pytest.raises(importers.UnknownFormat, match=kind):
        found(head)


@pytest.mark.parametrize(
    ("permalink", "url"),
    [
        ("/:categories/:year/:month/:title/", "https://k.example/desa/air/2026/03/panen-raya/"),
        ("pretty", "https://k.example/desa/air/2026/03/06/panen-raya/"),
        ("date", "https://k.example/desa/air/2026/03/06/panen-raya.html"),
        ("/kabar/:i_day-:i_month-:short_year.html", "https://k.example/kabar/6-3-26.html"),
        ("/tetap/panen", "https://k.example/tetap/panen"),
        ("/:tidak_dikenal/:title/", ""),
    ],
)
def test_a_permalink_of_jekyll_may_be_a_pattern(permalink: str, url: str) -> None:
    text = f"---\ntitle: Panen\npermalink: {permalink}\ncategories: [desa, air]\n---\nIsi.\n"
    [item] = found(text, "_posts/2026-03-06-panen-raya.md")
    assert fields(item).get("url", "") == url


def test_a_pattern_with_a_date_needs_one() -> None:
    assert permalinks.expanded("/:year/:title/", "panen", [], None) == ""
    assert permalinks.expanded("none", "panen", [], None) == "/panen.html"


LEXICAL = {
    "root": {
        "children": [
            {"type": "heading", "tag": "h3", "children": [{"type": "text", "text": "Air & listrik"}]},
            {
                "type": "paragraph",
                "children": [
                    {"type": "extended-text", "text": "Harga ", "format": 0},
                    {"type": "text", "text": "naik", "format": 3},
                    {"type": "linebreak"},
                    {"type": "link", "url": "https://k.example/b", "children": [{"type": "text", "text": "lagi"}]},
                ],
            },
            {
                "type": "list",
                "tag": "ol",
                "children": [{"type": "listitem", "children": [{"type": "text", "text": "x"}]}],
            },
            {"type": "image", "src": "https://k.example/a.jpg", "alt": "Air", "caption": "Sumur"},
            {"type": "bookmark", "url": "https://k.example/c", "metadata": {"title": "Sumur"}},
            {"type": "paywall"},
        ]
    }
}
MOBILEDOC = {
    "version": "0.3.1",
    "atoms": [["soft-return", "", {}]],
    "cards": [
        ["markdown", {"markdown": "*miring*"}],
        ["image", {"src": "https://k.example/a.jpg", "caption": "Sumur"}],
    ],
    "markups": [["strong"], ["a", ["href", "https://k.example/b"]]],
    "sections": [
        [1, "h2", [[0, [], 0, "Air & listrik"]]],
        [1, "p", [[0, [0], 1, "Harga"], [1, [], 0, 0], [0, [1], 1, "naik"]]],
        [3, "ul", [[[0, [], 0, "x"]]]],
        [10, 0],
        [10, 1],
        [10, 99],
        "rusak",
    ],
}


@pytest.mark.parametrize(
    ("body", "html"),
    [
        (
            {"lexical": json.dumps(LEXICAL)},
            "<h3>Air &amp; listrik</h3><p>Harga <em><strong>naik</strong></em><br>"
            '<a href="https://k.example/b">lagi</a></p><ol><li>x</li></ol>'
            '<figure><img src="https://k.example/a.jpg" alt="Air"><figcaption>Sumur</figcaption></figure>'
            '<p><a href="https://k.example/c">Sumur</a></p>',
        ),
        (
            {"mobiledoc": json.dumps(MOBILEDOC)},
            '<h2>Air &amp; listrik</h2><p><strong>Harga</strong><br><a href="https://k.example/b">naik</a></p>'
            "<ul><li>x</li></ul><p><em>miring</em></p>\n"
            '<figure><img src="https://k.example/a.jpg" alt=""><figcaption>Sumur</figcaption></figure>',
        ),
        ({"lexical": "rusak", "mobiledoc": "[]", "plaintext": "Isi."}, "<p>Isi.</p>"),
        ({"html": "<p>Jadi</p>", "lexical": json.dumps(LEXICAL)}, "<p>Jadi</p>"),
    ],
    ids=["lexical", "mobiledoc", "broken", "html first"],
)
def test_a_post_of_ghost_without_html_has_the_document_of_an_editor(body: dict[str, str], html: str) -> None:
    post = {"id": "1", "title": "Satu", "status": "published", "published_at": "2026-03-06T03:00:00Z", **body}
    [item] = found(json.dumps({"meta": {}, "data": {"posts": [post]}}))
    assert fields(item)["content_html"] == html
