"""HTML article pages: what machines are told comes first, then what people see."""

import os
import re
import signal
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from lxml import html

from service import importers
from service.importers import FoundArticle, OpenSource, ReadOptions, RefusedItem, SourceUnreadable, sandbox
from service.importers.html import authors, doubt, schema_org
from service.importers.html_reader import json_ld

OPTIONS = ReadOptions(ZoneInfo("Asia/Jakarta"))
DATA = Path(__file__).parent / "data"
BODY = "<p>" + "Isi berita yang panjang. " * 20 + "</p>"


def article(document: bytes | str, url: str = "", content_type: str = "") -> dict[str, object]:
    data = document if isinstance(document, bytes) else document.encode()
    [found] = importers.read(OpenSource.of_bytes("halaman", data, content_type, url), None, OPTIONS)
    if isinstance(found, RefusedItem):
        raise Refused(found.reason)
    assert isinstance(found, FoundArticle)
    return found.fields


class Refused(Exception):
    """The page is refused. The message is the reason."""


def test_json_ld_comes_first_but_headline_and_body_are_those_that_people_see() -> None:
    assert article((DATA / "ld.html").read_bytes()) == {
        "id": "https://hijau.example/2026/03/panen-raya",
        "url": "https://hijau.example/2026/03/panen-raya",
        "title": "Panen Raya di Kampung Hijau",
        "summary": "Baris satu\nbaris dua",
        "content_html": "".join(
            [
                "<p>Para petani di Kampung Hijau mulai memanen padi sejak Kamis pagi, dan hasilnya lebih baik dari "
                "tahun lalu.</p>",
                '<figure><img src="/sawah.jpg" alt=""><figcaption>Sawah di tepi desa/Ist</figcaption></figure>',
                "<ul><li><p>Padi</p></li><li>Jagung</li></ul>",
                '<p>Harga gabah <a href="/gabah">stabil</a>, kata mereka, karena semua orang menanam benih yang sama '
                "&amp; merawatnya bersama.</p>",
            ]
        ),
        "authors": [
            {"name": "Siti Aminah"},
            {"name": "Budi Santoso"},
            {"name": "Ali", "url": "https://hijau.example/ali"},
        ],
        "categories": ["Ekonomi", "Desa"],
        "tags": ["padi", "panen raya"],
        "published_at": "2026-03-06T09:15:00+08:00",
        "updated_at": "2026-03-06T11:00:00+08:00",
        "language": "id",
        "image": {
            "url": "https://hijau.example/padi.jpg",
            "width": 800,
            "height": 600,
            "caption": "Petani menjemur padi",
        },
    }


def test_open_graph_comes_next_and_a_date_that_is_none_gives_way() -> None:
    assert article((DATA / "og.html").read_bytes()) == {
        "id": "https://hijau.example/kafe?id=7",
        "url": "https://hijau.example/kafe?id=7",
        "title": "Kafé Desa",
        "summary": "Ringkasnya saja.",
        "content_html": "<p>“Kopi” pertama diseduh pagi ini.</p><p>Warga datang berdua &amp; bertiga.</p>",
        "authors": [{"name": "Budi Santoso"}],
        "categories": ["Desa"],
        "tags": ["kopi", "desa"],
        "published_at": "2026-03-06T14:05:00+07:00",
        "updated_at": "2026-03-07T10:00:00+07:00",
        "language": "id-ID",
        "image": {"url": "https://hijau.example/kafe.jpg", "width": 640},
    }


def test_the_visible_text_will_do_in_the_layout_of_saved_pages() -> None:
    told = article((DATA / "teks.html").read_bytes())
    body = str(told.pop("content_html"))
    assert body.endswith("<p>Kalimat penutup.</p>")
    assert told == {
        "id": "20260306-panen-raya-di-kampung-hijau",
        "title": "Panen Raya di Kampung Hijau",
        "section": "Nusantara",
        "categories": ["Hukum/Kriminal"],
        "authors": [{"name": "Siti Aminah"}],
        "published_at": "2026-03-06T09:15:00+08:00",
        "image": {"caption": "Petani menjemur padi", "credit": "Ist"},
    }


@pytest.mark.parametrize(
    ("node", "authors", "image"),
    [
        ({"author": "Siti", "image": "https://a.example/1.jpg"}, ["Siti"], "https://a.example/1.jpg"),
        ({"author": {"name": ["Siti"]}, "image": {"contentUrl": "/1.jpg"}}, ["Siti"], "/1.jpg"),
        ({"author": [None, 7, {"name": {"@value": "Siti"}}], "image": [{}, ["x"], "/1.jpg"]}, ["Siti"], "/1.jpg"),
        ({"author": {"@id": "#tiada"}, "image": {"@id": "#tiada"}}, [], ""),
    ],
)
def test_json_ld_may_be_a_string_an_object_or_a_list(node: dict[str, object], authors: list[str], image: str) -> None:
    found = schema_org.article([{"@type": "NewsArticle", "headline": "A", **node}], [])
    assert found
    assert [name for name, _ in found.authors if name] == authors
    assert [file.url for file in found.files if file.url] == [image] * bool(image)


def test_the_address_is_the_canonical_one_else_that_of_the_request() -> None:
    page = f"<html><base href='/a/'><link rel=canonical href='{{}}'><h1>A</h1><time datetime=2026-03-06></time>{BODY}"
    fetched = "https://hijau.example/b?utm=1"
    addresses = [article(page.format(canonical), fetched) for canonical in ("c", "/", "javascript:1", "//[")]
    assert [told["id"] for told in addresses] == ["https://hijau.example/a/c", fetched, fetched, fetched]


@pytest.mark.parametrize(
    ("document", "content_type"),
    [
        (f"<meta charset=windows-1252><h1>“Kafé”</h1>{BODY}".encode("cp1252"), ""),
        (f"<meta charset=windows-1252><h1>“Kafé”</h1>{BODY}".encode(), ""),
        (f"<meta charset=utf-8><h1>“Kafé”</h1>{BODY}".encode("cp1252"), "text/html; charset=utf-8"),
        (f"<h1>“Kafé”</h1>{BODY}".encode("utf-16"), ""),
        (f"<h1>“Kafé”</h1>{BODY}".encode("utf-8-sig"), "text/html; charset=iso-8859-1"),
        (f"<h1>“Kafé”</h1>{BODY}".encode("cp1250"), "text/html; charset=windows-1250"),
    ],
)
def test_a_page_is_read_whatever_its_encoding_and_whatever_it_says_of_it(document: bytes, content_type: str) -> None:
    dated = document + _time(document)
    assert article(dated, content_type=content_type)["title"] == "“Kafé”"


def _time(document: bytes) -> bytes:
    time = "<time datetime='2026-03-06 10:00'></time>"
    return time.encode("utf-16-le" if document.startswith(b"\xff\xfe") else "ascii")


@pytest.mark.parametrize(
    ("document", "reason"), [("<!doctype html>", "it cannot be parsed"), ("<html><head/>\0", "not an article page")]
)
def test_a_page_without_content_is_one_clear_line(document: str, reason: str) -> None:
    with pytest.raises((SourceUnreadable, Refused), match=reason) as refusal:
        article(document)
    assert "\n" not in str(refusal.value)


TIME = "<time datetime=2026-03-06></time>"
LINKS = "".join(
    f"<li><a href=/b{n}>Warga kampung menanam pohon di tepi sungai {n}</a> <time datetime=2026-03-0{n}></time>"
    for n in range(1, 8)
)
ARTICLES = "".join(
    f"<article><h2><a href=/b{n}>Judul {n}</a></h2><time datetime=2026-03-0{n}></time>{BODY}</article>"
    for n in range(1, 4)
)


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        ("<html><h1>Kabar Hijau</h1><p>Halo", "looked for an article in JSON-LD and OpenGraph"),
        (f"<html><title>Kabar</title>{BODY}", "looked for an article in JSON-LD and OpenGraph"),
        (f"<html><h1>Terkini</h1><ul>{LINKS}</ul>", "it lists other pages"),
        (f"<html><h1>Arsip</h1>{ARTICLES}", "not an article page"),
        (f"<html><meta property=og:type content=article><h1>Judul berita</h1>{BODY}", "no date of publication"),
        (f"<html><body class='archive category kota'><h1>Kota</h1>{TIME}{BODY}", "it lists other pages"),
        (f"<html><body class='home blog'><h1>Kabar</h1>{TIME}{BODY}", "it lists other pages"),
        (f"<html><body class='tag-template tag-kota'><h1>Kota</h1>{TIME}{BODY}", "it lists other pages"),
        (f"<html><h1>Rahasia</h1>{TIME}<form class=post-password-form>{BODY}</form>", "asks for a password"),
    ],
)
def test_a_page_that_is_not_one_dated_article_is_refused_in_a_sentence(document: str, reason: str) -> None:
    with pytest.raises(Refused, match=reason):
        article(document)


def test_an_undated_page_gets_the_date_that_the_caller_names() -> None:
    page = f"<html><meta property=og:type content=article><h1>Judul berita</h1>{BODY}"
    source = OpenSource.of_bytes("halaman", page.encode())
    source.modified = datetime(2026, 3, 6, tzinfo=UTC)
    [found] = importers.read(source, None, replace(OPTIONS, date_from="mtime"))
    assert isinstance(found, FoundArticle)
    assert found.fields["published_at"] == "2026-03-06T00:00:00+00:00"
    fetched = OpenSource.of_bytes("halaman", page.encode())
    with pytest.raises(importers.UndatedSource, match="only a file has a time of its last change"):
        list(importers.read(fetched, None, replace(OPTIONS, date_from="mtime")))


def test_a_page_that_states_nothing_is_an_article_if_the_caller_names_its_date_and_it_is_one_text() -> None:
    undated = replace(OPTIONS, date_from="now")
    text = OpenSource.of_bytes("halaman", f"<html><h1>Judul berita</h1>{BODY}".encode())
    [found] = importers.read(text, None, undated)
    assert isinstance(found, FoundArticle)
    listing = OpenSource.of_bytes("halaman", f"<html><h1>Terkini</h1><ul>{LINKS}</ul>".encode())
    [refused] = importers.read(listing, None, undated)
    assert isinstance(refused, RefusedItem)


PARAGRAPHS = [
    "Para petani mulai memanen padi sejak Kamis pagi, dan hasilnya lebih baik dari tahun lalu.",
    "Harga gabah stabil, kata mereka, karena semua orang menanam benih yang sama di musim ini.",
    "Pemerintah desa memasang dua pompa air baru di hulu sungai sebelum musim kemarau datang.",
    "Koperasi membeli hasil panen itu dan mengirimnya ke tiga kota dengan truk miliknya sendiri.",
]
P = [f"<p>{text}</p>" for text in PARAGRAPHS]
DATED = "<html><h1>Panen raya di kampung</h1><time datetime=2026-03-06></time>"
JUNK = "Baca juga: <a href=/lain>Pasar ikan buka lebih pagi</a>"


@pytest.mark.parametrize(
    "body",
    [
        f"<div class=isi>{'<br><br>'.join(PARAGRAPHS)}</div>",
        f"<div class=isi>{''.join(f'<div>{text}</div>' for text in PARAGRAPHS)}</div>",
        f"<div class=a>{P[0]}{P[1]}</div><div class=iklan>Iklan</div><div class=b>{P[2]}{P[3]}</div>",
        f"<div class=isi>{P[0]}<p>{JUNK}</p>{P[1]}<p>ADVERTISEMENT</p>{P[2]}<p>SCROLL TO CONTINUE</p>{P[3]}</div>",
        f"<div class=isi>{P[0]}{P[1]}{P[2]}<section>{PARAGRAPHS[3]}</section></div>"
        "<div class=author-box><p>Sari menulis tentang desa.</p></div>",
        f"<div itemprop=articleBody>{''.join(P)}</div>"
        f"<div id=comments>{P[1] * 5}<p>Mantap sekali beritanya, terima kasih.</p></div>",
        f"<div class='isi'>{''.join(P)}<p>BACA JUGA :</p><ul><li><a href=/x>Pasar ikan buka lebih pagi</a></ul></div>",
    ],
    ids=["line breaks", "divs", "two parts", "advertisements", "section and author", "comments", "list of links"],
)
def test_a_body_is_whole_and_clean(body: str) -> None:
    page = f"<html><h1>Panen raya di kampung</h1><time datetime=2026-03-06T10:00+07:00></time><article>{body}</article>"
    text = str(article(page)["content_html"])
    assert [visible for visible in re.split(r"\s*<[^>]*>\s*", text) if visible] == PARAGRAPHS


def test_formatting_tables_and_pictures_stay() -> None:
    kept = (
        "<h2>Kata Warga</h2>",
        "<blockquote><p>Kami senang.</p></blockquote>",
        "<table><tr><td>Timur</td><td>4 ton</td></tr></table>",
        '<figure><img src="/a.jpg"><figcaption>Sawah</figcaption></figure>',
        '<p>Harga <em class="share">tetap</em> <a href="/b">stabil</a> di semua pasar kecamatan itu.</p>',
    )
    page = f"{DATED}<article>{P[0]}{''.join(kept)}{P[1]}{P[2]}</article>"
    body = str(article(page)["content_html"])
    assert [part for part in kept if part not in body.replace("\n", "")] == []


def test_a_page_without_a_body_is_in_doubt_and_a_strict_import_refuses_it() -> None:
    [found] = importers.read(OpenSource.of_bytes("halaman", DATED.encode()), None, OPTIONS)
    assert isinstance(found, FoundArticle)
    assert found.doubt == "no body was found in the page"
    [refused] = importers.read(OpenSource.of_bytes("halaman", DATED.encode()), None, replace(OPTIONS, strict=True))
    assert refused == RefusedItem("article", found.doubt)


def test_a_body_with_under_half_of_the_text_is_in_doubt() -> None:
    assert doubt({"size": 400, "page_size": 1_000}) == "the body has 40% of the page's text; compare it with the page"
    assert doubt({"size": 500, "page_size": 1_000}) == ""


@pytest.mark.parametrize(
    ("texts", "names"),
    [
        (["Oleh: Sari Uji dan Budi Uji"], ["Sari Uji", "Budi Uji"]),
        (["By Sari Uji, Budi Uji and Ali"], ["Sari Uji", "Budi Uji", "Ali"]),
        (["Sari Uji (sari@kabar.example)", "SARI UJI"], ["Sari Uji"]),
        (["Redaksi", "Kabar Uji", "https://kabar.example/sari", "sari@kabar.example", ""], []),
        (["Sari Uji, S.Kom"], ["Sari Uji, S.Kom"]),
    ],
)
def test_names_of_authors_are_names(texts: list[str], names: list[str]) -> None:
    assert authors.names(texts, ["kabar uji"]) == names


@pytest.mark.parametrize(
    "script",
    [
        '{"@type": "NewsArticle", "headline": "A", "keywords": ["x",],}',
        '<!-- // satu\n {"@type": "NewsArticle", /* dua */ "headline": "A"} -->',
        '{"@type": "WebSite"}{"@type": "NewsArticle", "headline": "A"};',
        '[{"@type": "NewsArticle", "headline": "A", "url": "https://a.example//b"}]',
        '{"@graph": [[{"@type": "NewsArticle", "headline": "A"}]]}',
    ],
)
def test_json_ld_with_slips_is_read(script: str) -> None:
    tree = html.document_fromstring(f'<script type="application/ld+json">{script}</script>')
    assert "A" in [found.get("headline") for found in json_ld.objects(tree)]


def test_one_process_reads_many_pages_and_is_replaced_after_a_crash() -> None:
    reader = sandbox._POOL
    page = f"<html><h1>Panen raya</h1><time datetime=2026-03-06></time>{BODY}"
    article(page)
    with reader.borrowed("html_reader") as second:
        second.reusable = True
    article(page)
    with reader.borrowed("html_reader") as third:
        assert third is second
        os.kill(third._process.pid, signal.SIGKILL)
        third.reusable = True
    with pytest.raises(SourceUnreadable, match="SIGKILL"):
        article(page)
    assert article(page)["title"] == "Panen raya"
