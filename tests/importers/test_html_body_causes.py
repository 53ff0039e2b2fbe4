"""Bodies of HTML pages as sites really build them: one small page for each cause of an error of real pages."""

import re

import pytest

from tests.support.html_pages import HEADLINE, PARAGRAPHS, TEXT, TIME, body, page, paragraphs

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
        f"<p>Pedagang dari desa {n} kini berjualan di bangunan baru.</p></div>"
        for n in range(3)
    )
    shown = paragraphs(page(f"<h1>{HEADLINE}</h1>{TIME}<article>{TEXT}<div>{cards}</div></article>"))
    assert shown == PARAGRAPHS


def test_an_article_of_short_parts_with_linked_headings_is_whole() -> None:
    parts = "".join(
        f"<div class=bagian><h3><a href=/{n}>Pasar nomor {n} di tepi sungai</a></h3><p>{text}</p></div>"
        for n, text in enumerate(PARAGRAPHS)
    )
    shown = paragraphs(page(f"<h1>{HEADLINE}</h1>{TIME}<article><p>{LEAD}</p>{parts}</article>"))
    assert [text for text in shown if text in PARAGRAPHS] == PARAGRAPHS


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


@pytest.mark.parametrize("text", ["<p>Hujan turun.</p>", TEXT])
def test_the_body_is_in_the_element_with_the_class_of_a_microformat(text: str) -> None:
    """WordPress's themes show categories and authors below `entry-content`."""
    below = "<div><p>Posted</p><p>in</p><a href=/k>Kota</a> <p>by</p><a href=/s>Sari Uji</a></div>"
    shown = page(f"<main><h1>{HEADLINE}</h1>{TIME}<div class='is-layout entry-content'>{text}</div>{below}</main>")
    assert paragraphs(shown) == re.findall("<p>(.*?)</p>", text)


def test_a_table_at_the_end_of_the_text_stays() -> None:
    table = "<figure class=tabel><table><tr><th>Barang<th>Harga<tr><td>Beras<td>12.000</table></figure>"
    assert paragraphs(page(f"<h1>{HEADLINE}</h1>{TIME}<article>{TEXT}{table}</article>"))[-1] == "12.000"


def test_what_a_player_says_to_old_browsers_is_no_text() -> None:
    player = "<p><audio controls src=/a.mp3><a href=/a.mp3>https://kabar.example/a.mp3</a></audio></p>"
    first, *rest = [f"<p>{text}</p>" for text in PARAGRAPHS]
    shown = body(page(f"<h1>{HEADLINE}</h1>{TIME}<article>{first}{player}{''.join(rest)}</article>"))
    assert "/a.mp3" in shown
    assert "kabar.example/a.mp3</a>" not in shown


@pytest.mark.parametrize(("seen", "expected"), [(1, PARAGRAPHS), (3, PARAGRAPHS[:3])], ids=["preview", "most of it"])
def test_the_body_of_a_page_with_a_preview_is_that_of_json_ld(seen: int, expected: list[str]) -> None:
    preview = "".join(f"<p>{text}</p>" for text in PARAGRAPHS[:seen])
    shown = page(f"<h1>{HEADLINE}</h1>{TIME}<article>{preview}</article>", articleBody="\n\n".join(PARAGRAPHS))
    assert paragraphs(shown) == expected


def test_of_several_articles_below_each_other_the_one_with_the_title_of_the_page_is_read() -> None:
    """Some sites show the next articles below the first one. Each has an `h1`, and the first may be the shortest."""
    link = "<h4><a href=/kota>Kota</a></h4>"
    others = "<p>Pedagang ikan kini datang pukul dua dini hari.</p>" * 9
    next_one = f"<article>{link}<h1>Pasar ikan buka lebih pagi</h1>{others}</article>"
    shown = f"<main><article>{link}<h1>{HEADLINE}</h1>{TIME}{TEXT}</article>{next_one * 2}</main>"
    assert paragraphs(page(shown, f"<title>Kabar Uji | {HEADLINE}</title>")) == PARAGRAPHS


def test_a_short_article_with_the_title_does_not_give_way_to_another_one() -> None:
    brief = f"<article><h1>{HEADLINE}</h1>{TIME}<p>Jembatan dibuka.</p></article>"
    fish = (
        "Pedagang ikan kini datang pukul dua dini hari, sebab kapal nelayan bersandar lebih awal daripada tahun lalu.",
        "Pembeli dari empat kecamatan menyusul satu jam kemudian, membawa kotak es, timbangan, dan lampu kepala.",
        "Menurut kepala pasar, jam buka yang baru dicoba selama tiga bulan, lalu dibicarakan lagi dengan semua pihak.",
    )
    other = f"<article><h1>Pasar ikan buka lebih pagi</h1>{''.join(f'<p>{text}</p>' for text in fish)}</article>"
    more = "".join(f"<p>Menurut catatan desa: {text}</p>" for text in (LEAD, *fish, *PARAGRAPHS[::-1]))
    shown = paragraphs(page(f"<main>{brief}<div>{TEXT}{more}</div>{other}</main>", f"<title>{HEADLINE}</title>"))
    assert shown[: 1 + len(PARAGRAPHS)] == ["Jembatan dibuka.", *PARAGRAPHS]


def test_a_paragraph_in_a_box_of_its_own_between_others_stays() -> None:
    """Each paragraph may be in a module of the page's program; trafilatura leaves some of them out."""
    asked = "Kapan jembatan itu diperiksa lagi?"
    modules = "".join(
        f"<div class=modul id=m{at}><div class=isi><div class=teks><p>{text}</p></div></div></div>"
        for at, text in enumerate([PARAGRAPHS[0], asked, *PARAGRAPHS[1:]])
    )
    shown = paragraphs(page(f"<h1>{HEADLINE}</h1>{TIME}<section>{modules}</section>"))
    assert shown == [PARAGRAPHS[0], asked, *PARAGRAPHS[1:]]
