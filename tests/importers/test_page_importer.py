"""Saved page text: one article, and the headlines of the boxes beside it."""

import html
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service import importers
from service.importers import FoundArticle, ImportItem, ReadOptions, RefusedItem, SourceUnreadable
from tests.support.found import shown

OPTIONS = ReadOptions(ZoneInfo("Asia/Jakarta"))
PAGE = Path(__file__).parent / "data" / "panen.txt"
SAMPLE = Path(__file__).parents[3] / "shared" / "samples" / "berita.txt"
SHORT = "Judul\nJumat, 10 September 2021 | 11:43 WIB\nIsi."


def imported(path: Path) -> list[ImportItem]:
    [source] = importers.find(str(path))
    with source.open() as opened:
        return shown(importers.read(opened, None, OPTIONS))


@pytest.fixture
def page(tmp_path: Path) -> Path:
    return tmp_path / "halaman.txt"


def test_a_page_gives_its_article_with_everything_that_is_told_about_it() -> None:
    article = imported(PAGE)[0]
    assert article == FoundArticle(
        "article",
        {
            "id": "20260306-panen-raya-di-kampung-hijau-harga-gabah-rp7-000-stabil",
            "title": "Panen Raya di Kampung Hijau, Harga Gabah < Rp7.000 & Stabil",
            "published_at": "2026-03-06T09:15:00+08:00",
            "section": "Nusantara",
            "categories": ["Ekonomi/Bisnis"],
            "image": {"caption": "Petani menjemur padi di Kampung Hijau/Foto: Rudi", "credit": "Dok. Warga"},
            "authors": [
                {"name": "Muh. Ali"},
                {"name": "Nyoman Ma'ruf bin Umar"},
                {"name": "Siti Aminah"},
                {"name": "I Ketut Putra II"},
            ],
            "content_html": "<p>Para petani di Kampung Hijau mulai memanen padi sejak Kamis (5/3) pagi.</p>"
            '<p>Hasilnya "lebih baik" dari tahun lalu: 6 &lt; 7 ton per hektare &amp; kering.</p>'
            "<p>Populer</p><p>Begitu sebutan benih itu di sini, karena semua orang menanamnya.</p>",
        },
    )


def test_boxes_give_each_headline_once_and_a_reason_for_each_bad_line() -> None:
    boxes = imported(PAGE)[1:]
    assert [
        (item.where, item.fields["id"], item.fields["published_at"])
        for item in boxes
        if isinstance(item, FoundArticle) and item.headline_only
    ] == [
        ("UPDATE 1", "20260305-pasar-ikan-buka-lebih-pagi", "2026-03-05T23:59:00+07:00"),
        ("UPDATE 4", "20260310-sekolah-lapang-dibuka", "2026-03-10T08:00:00+09:00"),
        ("Terpopuler 2", "20260304-lomba-perahu-ditunda", "2026-03-04T07:00:00+07:00"),
    ]
    unreadable, undated = (item for item in boxes if isinstance(item, RefusedItem))
    assert unreadable.where == "UPDATE 2"
    assert unreadable.reason.startswith('"Kamis, 31 Februari 2026 | 02:33" is not a date')
    assert undated == RefusedItem("UPDATE 3", 'no time below the headline "Judul yang Kehilangan Waktunya"')


def test_a_headline_in_a_box_and_its_own_page_have_one_id(page: Path) -> None:
    page.write_text("Pasar Ikan Buka Lebih Pagi\nKamis, 5 Maret 2026 | 23:59 WIB | LAPORAN: BUDI\nIsi.")
    [own] = imported(page)
    in_box = imported(PAGE)[1]
    assert isinstance(own, FoundArticle)
    assert isinstance(in_box, FoundArticle)
    assert own.fields["id"] == in_box.fields["id"]
    assert not own.headline_only


@pytest.mark.parametrize(
    ("above", "told"),
    [
        ([], {}),
        (["Dinamika"], {"categories": ["Dinamika"]}),
        (["Berita", "Dinamika"], {"section": "Berita", "categories": ["Dinamika"]}),
        (
            ["Berita", "Pasar ikan", "Dinamika"],
            {"section": "Berita", "categories": ["Dinamika"], "image": {"caption": "Pasar ikan"}},
        ),
        (
            ["Pasar ikan/Ist", "Dinamika"],
            {"categories": ["Dinamika"], "image": {"caption": "Pasar ikan", "credit": "Ist"}},
        ),
        (["Berita", "Hukum/Kriminal"], {"section": "Berita", "categories": ["Hukum/Kriminal"]}),
        (
            ["Berita", "Sapi/Ist", "Hukum/Kriminal"],
            {"section": "Berita", "categories": ["Hukum/Kriminal"], "image": {"caption": "Sapi", "credit": "Ist"}},
        ),
        (["Berita", "Pasar ikan / Ist"], {"section": "Berita", "image": {"caption": "Pasar ikan", "credit": "Ist"}}),
        (
            ["Beranda", "Minggu, 22 Februari 2026", "Terbaru", "Berita", "Pasar ikan/Ist", "Dinamika"],
            {"section": "Berita", "categories": ["Dinamika"], "image": {"caption": "Pasar ikan", "credit": "Ist"}},
        ),
    ],
)
def test_what_stands_above_the_headline_may_be_missing(page: Path, above: list[str], told: dict[str, object]) -> None:
    page.write_text("\n".join([*above, SHORT]))
    [article] = imported(page)
    assert isinstance(article, FoundArticle)
    assert article.fields == told | {
        "id": "20210910-judul",
        "title": "Judul",
        "published_at": "2021-09-10T11:43:00+07:00",
        "content_html": "<p>Isi.</p>",
    }


@pytest.mark.parametrize(
    "data",
    [
        SHORT.replace("\n", "\r\n\r\n\r\n").encode(),
        SHORT.replace(" ", "\u00a0").encode(),
        b"\xef\xbb\xbf" + SHORT.encode(),
        SHORT.encode("utf-16"),
        SHORT.replace(" | ", " - ").replace(":", ".").encode(),
        f"{SHORT}\nSelengkapnya\nTentang Kami".encode(),
        f"{SHORT}\nPopuler".encode(),
    ],
    ids=["CRLF", "no-break spaces", "BOM", "UTF-16", "dashes and dots", "more", "empty box"],
)
def test_the_same_page_in_other_clothes(page: Path, data: bytes) -> None:
    page.write_bytes(data)
    [article] = imported(page)
    assert isinstance(article, FoundArticle)
    assert article.fields["published_at"] == "2021-09-10T11:43:00+07:00"
    assert article.fields["content_html"] == "<p>Isi.</p>"


def test_a_page_that_is_not_unicode_is_read_as_windows_1252(page: Path) -> None:
    page.write_bytes(SHORT.replace("Isi.", "“Kafé”").encode("cp1252"))
    [article] = imported(page)
    assert isinstance(article, FoundArticle)
    assert article.fields["content_html"] == "<p>“Kafé”</p>"


@pytest.mark.parametrize("reporter", [" | LAPORAN: BUDI", ""])
@pytest.mark.parametrize("more", ["Selengkapnya", "Tentang kami"])
def test_boxes_may_stand_above_the_article(page: Path, reporter: str, more: str) -> None:
    box = "Beranda\nPopuler\nJudul B\nKamis, 5 Maret 2026 | 02:33\nJudul C\nKamis, 5 Maret 2026 | 03:33"
    body = "Isi yang panjang. " * 20
    above = "Berita\nPasar ikan/Ist\nDinamika\nJudul\nJumat, 10 September 2021 | 11:43 WIB"
    page.write_text(f"{box}\n{more}\n{above}{reporter}\n{body}\nUPDATE\nJudul D\nKamis, 5 Maret 2026 | 04:33")
    article, *boxes = imported(page)
    assert isinstance(article, FoundArticle)
    assert (article.fields["id"], article.fields["section"]) == ("20210910-judul", "Berita")
    assert article.fields["content_html"] == f"<p>{body.strip()}</p>"
    assert [item.where for item in boxes] == ["Populer 1", "Populer 2", "UPDATE 1"]


def test_the_reporter_may_stand_on_the_next_line(page: Path) -> None:
    page.write_text(SHORT.replace("Isi.", "Oleh: BUDI SANTOSO\nIsi."))
    [article] = imported(page)
    assert isinstance(article, FoundArticle)
    assert article.fields["authors"] == [{"name": "Budi Santoso"}]
    assert article.fields["content_html"] == "<p>Isi.</p>"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Judul\nIsi tanpa waktu.", "looked for a headline and, below it, a dateline such as"),
        ("Jumat, 10 September 2021 | 11:43 WIB\nIsi.", "looked for a headline and, below it, a dateline such as"),
        ("Judul\nUPDATE\nJudul B\nKamis, 5 Maret 2026 | 02:33", "looked for a headline and, below it"),
        ("Judul\nJUMAT, 31 SEPTEMBER 2021 | 11:43 WIB | LAPORAN: BUDI\nIsi.", "is not a date that can be read"),
    ],
)
def test_a_page_without_a_dateline_is_one_clear_line(page: Path, text: str, reason: str) -> None:
    page.write_text(text)
    [source] = importers.find(str(page))
    with source.open() as opened, pytest.raises(SourceUnreadable, match=reason) as refusal:
        list(importers.read(opened, "page", OPTIONS))
    assert str(refusal.value).startswith(f"{page}: ")
    assert "\n" not in str(refusal.value)


@pytest.mark.skipif(not SAMPLE.exists(), reason="the samples are not beside this repository")
def test_the_real_page_is_read_exactly() -> None:
    article, *boxes = imported(SAMPLE)
    assert isinstance(article, FoundArticle)
    told = dict(article.fields)
    body = str(told.pop("content_html"))
    assert told.pop("title") in SAMPLE.read_text().splitlines()
    assert told == {
        "id": told["id"],
        "section": "Berita",
        "categories": ["Dinamika"],
        "published_at": "2021-09-10T11:43:00+07:00",
        "authors": [{"name": "Sarah Meiliana Gunawan"}],
        "image": {"caption": "Sekretaris Jenderal Kemnaker Anwar Sanusi", "credit": "Ist"},
    }
    paragraphs = html.unescape(body).removeprefix("<p>").removesuffix("</p>").split("</p><p>")
    lines = [" ".join(line.split()) for line in SAMPLE.read_text().splitlines() if line.strip()]
    assert paragraphs == lines[5 : lines.index("Populer")]
    assert [item.where for item in boxes] == [f"Populer {n}" for n in range(1, 8)] + [
        f"UPDATE {n}" for n in range(1, 11)
    ]
    assert all(isinstance(item, FoundArticle) and item.headline_only for item in boxes)


lines = st.lists(
    st.text(max_size=30)
    | st.sampled_from([*SHORT.splitlines(), "Populer", "UPDATE", "Selengkapnya", "Baca juga", "A/B"]),
    max_size=15,
)


@given(lines)
def test_any_text_is_read_or_refused_in_one_line(texts: list[str]) -> None:
    data = "\n".join(texts).encode("utf-8", "replace")
    opened = importers.OpenSource.of_bytes("halaman", data)
    try:
        items = list(importers.read(opened, "page", OPTIONS))
    except SourceUnreadable as refusal:
        assert "\n" not in str(refusal)
        return
    assert all(item.fields["title"] and item.fields["published_at"] for item in items if isinstance(item, FoundArticle))
