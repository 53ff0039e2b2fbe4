"""HTML article pages: what machines are told comes first, then what people see."""

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from service import importers
from service.importers import FoundArticle, OpenSource, ReadOptions, SourceUnreadable, schema_org

OPTIONS = ReadOptions(ZoneInfo("Asia/Jakarta"))
DATA = Path(__file__).parent / "data"
BODY = "<p>" + "Isi berita yang panjang. " * 20 + "</p>"


def article(document: bytes | str, url: str = "", content_type: str = "") -> dict[str, object]:
    data = document if isinstance(document, bytes) else document.encode()
    [found] = importers.read(OpenSource.of_bytes("halaman", data, content_type, url), None, OPTIONS)
    assert isinstance(found, FoundArticle)
    return found.fields


def test_json_ld_comes_first_and_the_body_is_that_of_the_page() -> None:
    assert article((DATA / "ld.html").read_bytes()) == {
        "id": "https://hijau.example/2026/03/panen-raya",
        "url": "https://hijau.example/2026/03/panen-raya",
        "title": "Panen Raya &amp; Pesta di Kampung Hijau",
        "summary": "Baris satu\nbaris dua",
        "content_html": "\n".join(
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
    "document",
    ["<!doctype html>", "<html><h1>Kabar Hijau</h1><p>Halo", f"<html><title>Kabar</title>{BODY}", "<html><head/>\0"],
)
def test_a_page_that_is_no_article_is_one_clear_line(document: str) -> None:
    with pytest.raises(SourceUnreadable, match=r"halaman: (not an article page|it cannot be parsed)") as refusal:
        article(document)
    assert "\n" not in str(refusal.value)
