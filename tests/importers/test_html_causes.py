"""HTML pages as sites really build them: one small page for each cause of an error that was found on real pages."""

import json
import re
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from service import importers
from service.importers import FoundArticle, OpenSource, ReadOptions
from service.importers.html import dating

OPTIONS = ReadOptions(ZoneInfo("Asia/Jakarta"))
HEADLINE = "Jembatan gantung di Kampung Hulu dibuka lagi"
PARAGRAPHS = [
    "Warga Kampung Hulu kembali menyeberangi sungai setelah jembatan gantung selesai diperbaiki pada hari Senin.",
    "Tali baja yang lama diganti dengan yang baru, dan lantai kayunya dilapisi aspal supaya tidak licin saat hujan.",
    "Anak sekolah tidak lagi memutar lima kilometer, kata kepala desa yang memimpin kerja bakti selama tiga pekan.",
    "Pemerintah kabupaten akan memeriksa tali dan baut dua kali setahun, sebelum dan sesudah musim penghujan tiba.",
]
TEXT = "".join(f"<p>{text}</p>" for text in PARAGRAPHS)
TIME = "<time datetime=2026-03-06T10:00+07:00></time>"


def page(body: str = f"<h1>{HEADLINE}</h1>{TIME}<article>{TEXT}</article>", head: str = "", **node: Any) -> str:
    stated = {"@type": "NewsArticle", "headline": HEADLINE, "datePublished": "2026-03-06T10:00:00+07:00", **node}
    return f'<html><head>{head}<script type="application/ld+json">{json.dumps(stated)}</script></head><body>{body}'


def article(document: str) -> FoundArticle:
    [found] = importers.read(OpenSource.of_bytes("halaman", document.encode()), "html", OPTIONS)
    assert isinstance(found, FoundArticle)
    return found


def title(document: str) -> object:
    return article(document).fields["title"]


def body(document: str) -> str:
    return str(article(document).fields["content_html"])


def paragraphs(document: str) -> list[str]:
    return [text for text in re.split(r"\s*<[^>]*>\s*", body(document)) if text]


def names(document: str) -> list[str]:
    found = article(document).fields.get("authors", ())
    assert isinstance(found, list | tuple)
    return [author["name"] for author in found]


@pytest.mark.parametrize(
    ("heading", "stated", "expected"),
    [
        ("<nav class=breadcrumb><h1>Jembatan dibuka</h1></nav>", HEADLINE, HEADLINE),
        ("<h1 class=breadcrumb__last>Jembatan gantung di Kampung Hulu</h1>", HEADLINE, HEADLINE),
        (f"<h1><span>Infrastruktur desa</span> <span>{HEADLINE}</span></h1>", HEADLINE, HEADLINE),
        (f"<h1><span>Desa</span> <span>{HEADLINE}</span></h1>", f"Sungai: {HEADLINE}", HEADLINE),
        (f"<h1>{HEADLINE.replace('gantung', 'gan&shy;tung')}</h1>", f"{HEADLINE} - Kabar", HEADLINE),
        (f"<h1><a href=/>Kabar Uji Setiap Hari</a></h1><h1>{HEADLINE}</h1>", f"{HEADLINE} hari ini", HEADLINE),
    ],
    ids=["breadcrumb", "breadcrumb by name", "kicker", "another kicker", "soft hyphen", "linked name of the site"],
)
def test_the_headline_is_what_people_see_without_kicker_and_breadcrumb(
    heading: str, stated: str, expected: str
) -> None:
    assert title(page(f"{heading}{TIME}<article>{TEXT}</article>", headline=stated)) == expected


def test_without_a_visible_headline_the_title_for_people_goes_before_that_for_search_engines() -> None:
    head = "<title>Jembatan Kampung Hulu 2026: jadwal, rute</title>"
    head += f'<meta property="og:title" content="{HEADLINE}">'
    shown = f"<article>{TEXT}</article>"
    assert title(page(shown, head, headline="Jembatan Kampung Hulu 2026: jadwal, rute")) == HEADLINE


@pytest.mark.parametrize(
    ("shown", "node", "expected"),
    [
        ("", {"author": {"@type": "Person", "givenName": "Sari", "familyName": "Uji"}}, ["Sari Uji"]),
        ("", {"author": ["Dan Uji-Coba", "Tim Uji", "Tim Redaksi"]}, ["Dan Uji-Coba", "Tim Uji"]),
        ("<p>By RBI, in Kota, Ekonomi · 31 Jan 2025, 20:02 · 0 Comments</p>", {}, ["RBI"]),
        ("<a rel=author href=/s><b>Sari Uji</b><i>Redakteurin</i></a>", {}, ["Sari Uji"]),
        ("", {"author": "Sari Uji, Budi Uji, and Rina Uji"}, ["Sari Uji", "Budi Uji", "Rina Uji"]),
        ("<ul class=metaAuthorList><li><a>Sari Uji</a></ul>", {}, ["Sari Uji"]),
        ("<p class=author><a>opini</a></p><p class=author>Sari Uji</p>", {}, ["Sari Uji"]),
        ("<p class=byline>Oleh Sari Uji</p>", {"author": "sariuji"}, ["Sari Uji"]),
        ("<p class=byline>Foto: Budi Uji/Antara</p>", {}, []),
        ("<p class=byline>Sumber: Antara</p>", {"author": "Redaksi kami"}, []),
    ],
)
def test_an_author_is_a_person_or_an_agency(shown: str, node: dict[str, Any], expected: list[str]) -> None:
    assert names(page(f"<h1>{HEADLINE}</h1>{shown}<article>{TEXT}</article>", **node)) == expected


def test_an_editor_is_no_author_if_a_byline_says_so() -> None:
    shown = "<div class=author>Sari Uji</div><div class=author><span>Editor :</span> <a href=/e>Budi Uji</a></div>"
    assert names(page(f"<h1>{HEADLINE}</h1>{TIME}{shown}<article>{TEXT}</article>", author={"name": "Budi Uji"})) == [
        "Sari Uji"
    ]


@pytest.mark.parametrize(
    ("signature", "expected"),
    [
        ("<strong>Sari Uji/Budi Uji</strong>", ["Sari Uji", "Budi Uji"]),
        ("<b>Kerja bakti warga</b>", []),
        ("Sari Uji", []),
    ],
)
def test_an_author_may_sign_in_bold(signature: str, expected: list[str]) -> None:
    assert names(page(f"<h1>{HEADLINE}</h1><article>{TEXT}<p>{signature}</p></article>")) == expected


LOGO = "https://kabar.example/berlogo/bagikan.jpg"
SEEN = (
    "<figure><img src=https://kabar.example/a/jembatan-hulu-640x360.jpg><figcaption>Jembatan/Ist</figcaption></figure>"
)


@pytest.mark.parametrize(
    ("shown", "stated", "expected"),
    [
        (SEEN, LOGO, "https://kabar.example/a/jembatan-hulu-640x360.jpg"),
        (SEEN, "https://kabar.example/a/jembatan-hulu.jpg", "https://kabar.example/a/jembatan-hulu.jpg"),
        ("<img src=https://kabar.example/abu/placeholder.png>", LOGO, LOGO),
        ("<div class=author><img src=https://kabar.example/sari.jpg></div>", LOGO, LOGO),
        ("<a href=/lain><img src=https://kabar.example/lain.jpg>Pasar ikan buka lebih pagi</a>", LOGO, LOGO),
        ("<img width=40 src=https://kabar.example/kecil.jpg>", LOGO, LOGO),
        (f"{TEXT}{SEEN}", LOGO, LOGO),
    ],
    ids=["seen", "larger", "placeholder", "portrait", "teaser", "icon", "below the text"],
)
def test_the_picture_is_the_one_at_the_head_of_the_article(shown: str, stated: str, expected: str) -> None:
    image = article(page(f"<article><h1>{HEADLINE}</h1>{shown}{TEXT}</article>", image=stated)).fields["image"]
    assert isinstance(image, dict)
    assert image["url"] == expected


def test_the_caption_is_that_of_another_size_of_the_picture() -> None:
    stated = "https://kabar.example/a/jembatan-hulu-1200x675.jpg"
    image = article(page(f"<article><h1>{HEADLINE}</h1>{SEEN}{TEXT}</article>", image=stated)).fields["image"]
    assert image == {"url": stated, "caption": "Jembatan", "credit": "Ist"}


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("Published 10:02 AM EST Nov 19, 2019", "2019-11-19T10:02:00-05:00"),
        ("Last Updated : Nov 20, 2019 01:41 PM IST | Source: Kabar", "2019-11-20T00:00:00+07:00"),
        ("By SARI UJI - 2019-04-10", "2019-04-10T00:00:00+07:00"),
        ("2019年4月10日 9時30分", "2019-04-10T00:00:00+07:00"),
        ("Veröffentlicht am 13. Mai 2026 um 15:44 Uhr", "2026-05-13T15:44:00+07:00"),
        ("1er août 2024 à 9h05", "2024-08-01T09:05:00+07:00"),
    ],
)
def test_a_date_among_other_words_is_read(line: str, expected: str) -> None:
    found = article(f"<html><h1>{HEADLINE}</h1><p>{line}</p><article>{TEXT}</article>").fields["published_at"]
    assert datetime.fromisoformat(str(found)) == datetime.fromisoformat(expected)


def test_a_date_in_a_sentence_is_not_that_of_the_article() -> None:
    sentence = (
        "Jembatan itu dibangun pada 10 April 2019 oleh warga dan dua puluh tukang dari kampung di seberang sungai."
    )
    assert list(dating.in_line(sentence, OPTIONS.zone)) == []


def test_a_page_may_state_its_date_as_a_page() -> None:
    stated = (
        '<script type="application/ld+json">{"@type": "WebPage", "datePublished": "2018-04-18T14:39:09+02:00"}</script>'
    )
    found = article(f"<html>{stated}<h1>{HEADLINE}</h1><article>{TEXT}</article>").fields["published_at"]
    assert found == "2018-04-18T14:39:09+02:00"


LEAD = "Jembatan yang putus sejak banjir tahun lalu kini dapat dilewati lagi oleh pejalan kaki dan sepeda."
RELATED = "".join(f"<li><a href=/{n}>Kabar lain dari kecamatan sebelah nomor {n}</a>" for n in range(4))


@pytest.mark.parametrize(
    "shown",
    [
        f"<div class=kepala><h1>{HEADLINE}</h1><p>{LEAD}</p></div><div class=isi>{TEXT}</div>",
        f"<h1>{HEADLINE}</h1><div><div><p>{LEAD}</p></div></div><div><div class=isi>{TEXT}</div></div>",
    ],
)
def test_a_lead_outside_the_element_with_the_text_is_there(shown: str) -> None:
    assert paragraphs(page(f"<article>{shown}</article>")) == [LEAD, *PARAGRAPHS]


@pytest.mark.parametrize(
    "junk",
    [
        f"<h3>Kabar pilihan hari ini</h3><ul>{RELATED}</ul>",
        "<div><h3>Surat pagi</h3><p>Kabar dari desa, setiap pagi, gratis.</p><input type=email></div>",
        "<div><p>Subscribe now for unlimited access.</p><p>Batalkan kapan saja.</p></div>",
        "<div class=authorBio><p>Sari Uji menulis tentang jalan dan sungai sejak tahun dua ribu sepuluh.</p></div>",
        "<p>Oleh Sari Uji</p>",
        "<p>© Kabar Uji</p>",
        "<p>Don’t miss</p><p><a href=/a>Pasar ikan buka lebih pagi</a> | <a href=/b>Kopi</a> | <a href=/c>Padi</a></p>",
    ],
    ids=["links", "form", "offer", "about the author", "author", "copyright", "links below a label"],
)
def test_boxes_between_the_paragraphs_stay_out(junk: str) -> None:
    shown = TEXT.replace("</p><p>", f"</p>{junk}<p>", 1)
    assert body(page(f"<h1>{HEADLINE}</h1><article>{shown}</article>", author="Sari Uji")) == TEXT


def test_news_above_the_headline_and_far_below_the_text_stay_out() -> None:
    news = "".join(f"<li><p>{text.replace('jembatan', 'pasar')}</p></li>" for text in PARAGRAPHS[:2])
    far = "".join(f"<p class=daftar><a href=/{n}>Kabar lain nomor {n}</a></p>" for n in range(6))
    shown = f"<div class=a><ul>{news}</ul></div><h1>{HEADLINE}</h1><div class=isi><div>{TEXT}</div></div>"
    shown += f"<div class=b><div><div>{far}<div><p>{PARAGRAPHS[0].replace('Hulu', 'Hilir')}</p></div></div></div></div>"
    assert paragraphs(page(shown)) == PARAGRAPHS


def test_an_offer_is_no_offer_in_the_middle_of_a_sentence() -> None:
    told = "Warga dapat sign up for pelatihan itu di balai desa, dan berlangganan sekarang koran dinding setiap pekan."
    shown = TEXT.replace("</p><p>", f"</p><p>{told}</p><p>", 1)
    assert told in body(page(f"<h1>{HEADLINE}</h1><article>{shown}</article>"))


def test_the_box_of_a_picture_is_a_figure() -> None:
    box = (
        "<div class=image-widget><span><img src=/a.jpg></span><p>Jembatan dilihat dari hulu.</p><p>Foto: Budi</p></div>"
    )
    shown = TEXT.replace("</p><p>", f"</p>{box}<p>", 1)
    text = body(page(f"<h1>{HEADLINE}</h1><article>{shown}</article>"))
    assert "<figcaption>Jembatan dilihat dari hulu. <span>Foto: Budi</span></figcaption></figure>" in text


def test_a_text_that_is_named_as_a_caption_joins_the_picture_above_it() -> None:
    shown = TEXT.replace("</p><p>", "</p><p><img src=/a.jpg></p><p class=photo-caption>Jembatan dari hulu</p><p>", 1)
    text = body(page(f"<h1>{HEADLINE}</h1><article>{shown}</article>"))
    assert (
        '<figure><p><img src="/a.jpg"></p><figcaption class="photo-caption">Jembatan dari hulu</figcaption></figure>'
        in text
    )


def test_a_short_text_around_a_form_stays() -> None:
    form = "<div class=surat><h4>Surat pagi</h4><form><input type=email><button>Kirim</button></form></div>"
    text = body(page(f"<h1>{HEADLINE}</h1><div class=isi><p>{LEAD}</p>{form}<p>{PARAGRAPHS[1]}</p></div>"))
    assert text == f"<p>{LEAD}</p><p>{PARAGRAPHS[1]}</p>"


def test_a_tag_with_long_settings_hides_nothing() -> None:
    script = f"<script data-settings='{'x' * 70_000}'>for (n = 0; n<text.length; n++) run(text[n]);</script>"
    assert paragraphs(page(f"<h1>{HEADLINE}</h1>{script}<article>{TEXT}</article>")) == PARAGRAPHS


def test_a_body_in_parts_of_the_same_classes_is_whole() -> None:
    parts = [
        f"<div class=baris><div class=kolom><div class=isi><p class=alinea>{text}</p></div></div></div>"
        f"<div class=iklan><p>Iklan</p></div>"
        for text in PARAGRAPHS
    ]
    assert paragraphs(page(f"<h1>{HEADLINE}</h1><main>{''.join(parts)}</main>")) == PARAGRAPHS


def test_a_hidden_paragraph_of_the_text_stays() -> None:
    shown = TEXT.replace("<p>", "<p class=paywall aria-hidden=true>").replace(
        "<p class=paywall aria-hidden=true>", "<p>", 1
    )
    text = body(page(f"<h1>{HEADLINE}</h1><article>{shown}</article>"))
    assert [paragraph for paragraph in PARAGRAPHS if paragraph not in text] == []


@pytest.mark.parametrize(
    "box",
    ["<section class=iklan>Iklan</section>", "<aside><h4>Terkait</h4><a href=/b>Pasar baru dibuka</a></aside>"],
)
def test_a_paragraph_with_a_box_in_it_is_whole(box: str) -> None:
    """HTML ends a paragraph at a block. The parser does not know all blocks, and leaves the box in the paragraph."""
    text = TEXT.replace("</p>", f" {box}</p>", 1)
    assert paragraphs(page(f"<h1>{HEADLINE}</h1>{TIME}<article>{text}</article>")) == PARAGRAPHS


def test_text_directly_in_a_list_is_an_item() -> None:
    text = TEXT + "<ul>Bahan jembatan:<li>tali baja</li><li>papan kayu ulin</li></ul>"
    shown = body(page(f"<h1>{HEADLINE}</h1>{TIME}<article>{text}</article>"))
    assert "<li>Bahan jembatan:</li><li>tali baja</li>" in shown


def test_a_class_that_says_how_a_text_is_printed_hides_nothing() -> None:
    """Tailwind: `print:article-print` is no box around a button to print the page."""
    first, *rest = [f"<p>{text}</p>" for text in PARAGRAPHS]
    text = f'<div class="my-6 print:article-print">{first}</div><div class=my-6>{"".join(rest)}</div>'
    assert paragraphs(page(f"<h1>{HEADLINE}</h1>{TIME}<article>{text}</article>")) == PARAGRAPHS


def test_cards_of_other_articles_stay_out() -> None:
    cards = "".join(
        f"<div class=kartu><h3><a href=/{n}>Pasar nomor {n} di tepi sungai dibuka</a></h3>"
        f"<p>Pedagang dari desa {n} kini berjualan di bangunan baru yang lebih teduh dan dekat jalan.</p></div>"
        for n in range(3)
    )
    shown = paragraphs(page(f"<h1>{HEADLINE}</h1>{TIME}<article>{TEXT}<div>{cards}</div></article>"))
    assert shown == PARAGRAPHS


def test_links_below_one_label_stay_out_in_any_language() -> None:
    link = "<p>FUNDA OLUNYE UDABA LAPHA | <a href=/{0}>Kuvulwe imakethe entsha eceleni komfula {0}</a></p>"
    one, two, *rest = [f"<p>{text}</p>" for text in PARAGRAPHS]
    text = one + link.format(1) + two + link.format(2) + "".join(rest)
    stated = re.sub("<[^>]*>", "", text.replace("</p>", "\n"))
    shown = paragraphs(page(f"<h1>{HEADLINE}</h1>{TIME}<article>{text}</article>", articleBody=stated))
    assert shown == PARAGRAPHS


def test_the_text_is_there_once_if_the_page_holds_it_again_in_one_piece() -> None:
    again = f"<div class=tersembunyi>{' '.join(PARAGRAPHS)}</div>"
    assert paragraphs(page(f"<h1>{HEADLINE}</h1>{TIME}<article>{TEXT}{again}</article>")) == PARAGRAPHS


def test_a_paragraph_may_be_repeated_far_from_the_beginning() -> None:
    text = f"<div>{TEXT}</div><h2>Sekali lagi</h2><div><p>{PARAGRAPHS[2]}</p></div>"
    shown = paragraphs(page(f"<h1>{HEADLINE}</h1>{TIME}<article>{text}</article>"))
    assert shown == [*PARAGRAPHS, "Sekali lagi", PARAGRAPHS[2]]


def test_a_stated_text_that_is_another_one_takes_nothing_away() -> None:
    """The body in JSON-LD has two paragraphs of the page, and others: what is outside of the two stays."""
    more = [f"{text} Begitu pula di kampung sebelah, yang menunggu giliran." for text in PARAGRAPHS]
    shown = [*PARAGRAPHS, *more]
    other = "\n".join([shown[1], *(f"Ini laporan lain. {text[::-1]}" for text in shown), shown[7]])
    text = "".join(f"<div class=halaman><p>{text}</p></div>" for text in shown)
    assert paragraphs(page(f"<h1>{HEADLINE}</h1>{TIME}<article>{text}</article>", articleBody=other)) == shown


def test_a_page_of_headlines_is_read_in_time() -> None:
    headings = f"<h1>{HEADLINE}</h1>" * 20_000  # comparing each with each took a minute
    assert title(page(f"{headings}{TIME}<article>{TEXT}</article>")) == HEADLINE
