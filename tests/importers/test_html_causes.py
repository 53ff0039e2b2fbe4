"""Metadata of HTML pages as sites really build them: one small page for each cause of an error of real pages."""

from datetime import datetime
from typing import Any

import pytest

from service import importers
from service.importers import OpenSource, RefusedItem
from service.importers.html import dating
from tests.support.html_pages import HEADLINE, OPTIONS, TEXT, TIME, article, names, page, title


@pytest.mark.parametrize(
    ("heading", "stated", "expected"),
    [
        ("<nav class=breadcrumb><h1>Jembatan dibuka</h1></nav>", HEADLINE, HEADLINE),
        ("<h1 class=breadcrumb__last>Jembatan gantung di Kampung Hulu</h1>", HEADLINE, HEADLINE),
        (f"<h1><span>Infrastruktur desa</span> <span>{HEADLINE}</span></h1>", HEADLINE, HEADLINE),
        (f"<h1><span>Desa</span> <span>{HEADLINE}</span></h1>", f"Sungai: {HEADLINE}", HEADLINE),
        (f"<h1>{HEADLINE.replace('gantung', 'gan&shy;tung')}</h1>", f"{HEADLINE} - Kabar", HEADLINE),
        (f"<h1><a href=/>Kabar Uji Setiap Hari</a></h1><h1>{HEADLINE}</h1>", f"{HEADLINE} hari ini", HEADLINE),
        (f"<h1>Desa<span>{HEADLINE}</span></h1>", f"Desa: {HEADLINE}", f"Desa: {HEADLINE}"),
        (f"<h2>{HEADLINE}</h2>", f"{HEADLINE} - Kabar dari desa", HEADLINE),
        (f"<h1>{HEADLINE} | Kabar Uji</h1>", HEADLINE, HEADLINE),
    ],
    ids=[
        "breadcrumb",
        "breadcrumb by name",
        "kicker",
        "another kicker",
        "soft hyphen",
        "linked name of the site",
        "glued kicker",
        "part",
        "site in the h1",
    ],
)
def test_the_headline_is_what_people_see_without_kicker_and_breadcrumb(
    heading: str, stated: str, expected: str
) -> None:
    assert title(page(f"{heading}{TIME}<article>{TEXT}</article>", headline=stated)) == expected


@pytest.mark.parametrize(
    ("json_ld", "opengraph", "expected"),
    [
        (f"Desa: {HEADLINE}", f"Desa: {HEADLINE}", f"Desa: {HEADLINE}"),
        ("Jembatan Kampung Hulu: jadwal dan foto", HEADLINE, HEADLINE),
        ("Jembatan Kampung Hulu: jadwal dan foto", "Jembatan dibuka lagi", "Jembatan Kampung Hulu: jadwal dan foto"),
    ],
    ids=["both have the kicker", "one is written for search engines", "neither is the visible one"],
)
def test_two_titles_that_agree_go_before_a_third(json_ld: str, opengraph: str, expected: str) -> None:
    head = f'<meta property="og:title" content="{opengraph}">'
    assert title(page(f"<h1>{HEADLINE}</h1>{TIME}<article>{TEXT}</article>", head, headline=json_ld)) == expected


def opengraph(headline: str, more: str = "") -> str:
    """The head of a page that states nothing in JSON-LD."""
    stated = "".join(f'<meta property="{name}" content="{headline}">' for name in ("og:title", "twitter:title"))
    return f'<head>{stated}<meta property="og:type" content="article">{more}</head>'


@pytest.mark.parametrize(
    ("in_meta", "site"),
    [
        (f"{HEADLINE} | Kabar Uji Daerah", "Kabar Uji"),
        (f"{HEADLINE} (Published 2026)", "Kabar Uji"),
        (f"{HEADLINE}：カバル", "カバル"),
        (HEADLINE.replace(" dibuka", " &amp;quot;dibuka&amp;quot;"), "Kabar Uji"),
        ("Jembatan Kampung Hulu dibuka, ini fotonya", ""),
    ],
    ids=[
        "part of the site",
        "remark of the site",
        "no space before the site",
        "escaped twice",
        "worded for social networks",
    ],
)
def test_without_json_ld_the_visible_headline_goes_before_that_for_social_networks(in_meta: str, site: str) -> None:
    head = opengraph(in_meta, f'<meta property="og:site_name" content="{site}">')
    assert title(f"<html>{head}<h1>{HEADLINE}</h1>{TIME}<article>{TEXT}</article>") == HEADLINE


def test_a_page_that_states_its_headline_as_the_name_of_the_site_keeps_it() -> None:
    head = opengraph(HEADLINE, f'<meta name="application-name" content="{HEADLINE}">')
    assert title(f"<html>{head}<h1>{HEADLINE}</h1>{TIME}<article>{TEXT}</article>") == HEADLINE


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
        ("", {"author": "Budi Uji, M.Si"}, ["Budi Uji, M.Si"]),
        ("", {"author": ["Sari Uji", "kabaruji.com"]}, ["Sari Uji"]),
        ("<p>By RBI, in Kota, Ekonomi · 31 Jan 2025, 20:02 · 0 Comments</p>", {}, ["RBI"]),
        ("<a rel=author href=/s><b>Sari Uji</b><i>Redakteurin</i></a>", {}, ["Sari Uji"]),
        ("", {"author": "Sari Uji, Budi Uji, and Rina Uji"}, ["Sari Uji", "Budi Uji", "Rina Uji"]),
        ("<ul class=metaAuthorList><li><a>Sari Uji</a></ul>", {}, ["Sari Uji"]),
        ("<p class=author><a>opini</a></p><p class=author>Sari Uji</p>", {}, ["Sari Uji"]),
        ("<p class=byline>Oleh Sari Uji</p>", {"author": "sariuji"}, ["Sari Uji"]),
        ("<p class=byline>Foto: Budi Uji/Antara</p>", {}, []),
        ("<p class=byline>Sumber: Antara</p>", {"author": "Redaksi kami"}, []),
        ("<p class=byline>BySari Uji</p>", {}, ["Sari Uji"]),
        ("<p class=byline><a>Sari Uji</a> <a>@sariuji</a> <a>See full bio</a></p>", {}, ["Sari Uji"]),
        ("<p class=byline><a>Sari Uji</a> <i>Technology Writer</i></p>", {}, ["Sari Uji"]),
        ("", {"author": ["Sari Uji", "AP Technology Writer"]}, ["Sari Uji"]),
        ("", {"author": "牛镛、岳弘彬"}, ["牛镛", "岳弘彬"]),
        ("", {"author": "Jos&eacute; Uji @joseuji"}, ["José Uji"]),
        ("<p class=byline><i>Published by</i> <b>Sari Uji</b></p>", {}, ["Sari Uji"]),
        ("<p>Kota | Oleh Sari Uji | 10 September 2021</p>", {}, ["Sari Uji"]),
        ("<p>Tanggal: 10/09/2021 Penulis: Sari Uji</p>", {}, ["Sari Uji"]),
        ("<p>Par Sari Uji le 7 mai 2020</p>", {}, ["Sari Uji"]),
        ("<p class=byline>© Foto Uji</p>", {}, []),
        ("<p>By Sari Uji Published</p><p>By Budi Uji</p>", {}, ["Sari Uji"]),
        (
            "<meta name=byl content='By Sari Uji and Budi Uji'><p class=byline>Budi Uji</p>",
            {},
            ["Sari Uji", "Budi Uji"],
        ),
    ],
)
def test_an_author_is_a_person_or_an_agency(shown: str, node: dict[str, Any], expected: list[str]) -> None:
    assert names(page(f"<h1>{HEADLINE}</h1>{shown}<article>{TEXT}</article>", **node)) == expected


@pytest.mark.parametrize("marked", ["rel=author", "itemprop=author"])
def test_the_authors_of_other_articles_are_not_those_of_the_page(marked: str) -> None:
    byline = f"<p><a {marked}>Sari Uji</a> dan <a {marked}>Budi Uji</a></p>"
    others = f"<ul><li><p>{TEXT}</p><a {marked}>Rina Uji</a></ul>"
    assert names(page(f"<h1>{HEADLINE}</h1>{byline}<article>{TEXT}</article>{others}")) == ["Sari Uji", "Budi Uji"]


def test_a_byline_beside_the_headline_counts_though_the_page_has_a_sidebar() -> None:
    byline = "<span class=byline>Oleh <a>Sari Uji</a></span>"
    comment = "<div class=comments><span class=author>Budi Uji</span></div>"
    shown = f"<main class='has-sidebar comments-open'><h1>{HEADLINE}</h1>{byline}<article>{TEXT}</article>{comment}"
    assert names(page(shown)) == ["Sari Uji"]


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


@pytest.mark.parametrize(
    ("stated", "expected"),
    [
        ({"articleSection": "Desa"}, ["Desa"]),
        ({"articleSection": ["news_news", "Nyheter"]}, ["Desa"]),
        ({"articleSection": HEADLINE}, ["Desa"]),
        ({}, ["Desa"]),
    ],
    ids=["stated", "names of all articles", "the headline", "in the trail"],
)
def test_a_category_is_a_section_of_the_site(stated: dict[str, Any], expected: list[str]) -> None:
    trail = f"<nav class=breadcrumb><a href=/>Beranda</a> <a href=/desa>Desa</a> <a href=/a>{HEADLINE[8:]}</a></nav>"
    found = article(page(f"{trail}<h1>{HEADLINE}</h1><article>{TEXT}</article>", **stated))
    assert found.fields["categories"] == expected


CATEGORY = "<div class=taxonomy-category><a href=/k/kota rel=tag>Kota</a></div>"
TAGS = "<div class=taxonomy-post_tag><a rel=tag href=/t/1>pasar</a>, <a rel=tag href=/t/2>sungai</a></div>"


@pytest.mark.parametrize("category", [CATEGORY, "<p><a href=/k/kota rel='category tag'>Kota</a></p>"])
def test_categories_and_tags_are_those_that_the_article_links_to(category: str) -> None:
    """Block themes and classic themes of WordPress; a list of other posts has its own categories and tags."""
    others = f"<ul><li><p>{TEXT}</p>{category.replace('Kota', 'Desa')}{TAGS.replace('pasar', 'padi')}</ul>"
    shown = f"<main><h1>{HEADLINE}</h1>{TIME}<div class=entry-content>{TEXT}</div>{category}{TAGS}</main>{others}"
    fields = article(page(shown)).fields
    assert (fields["categories"], fields["tags"]) == (["Kota"], ["pasar", "sungai"])


@pytest.mark.parametrize("window", ["Kabar Uji", "Kabar Uji – Kabar Uji"])
def test_the_name_of_the_site_is_no_headline(window: str) -> None:
    """WordPress names the site in the title of its feed. A short note may have no headline of its own."""
    head = (
        f"<title>{window}</title><link rel=alternate type=application/rss+xml title='Kabar Uji &raquo; Feed' href=/f>"
    )
    document = f"<html><head>{head}</head><body>{TIME}<article class=post>{TEXT}</article>"
    [found] = importers.read(OpenSource.of_bytes("halaman", document.encode()), "html", OPTIONS)
    assert found == RefusedItem("article", "not an article page: it has no headline")


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
        ("Sari Uji, 9 April 2019 13:05 WITA, Kabar", "2019-04-09T13:05:00+08:00"),
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


def test_a_headline_of_marks_is_read_in_time() -> None:
    heading = f"{HEADLINE} {'| a ' * 50_000}"  # comparing each rest with the titles took minutes
    found = title(page(f"<h1>{heading}</h1>{TIME}<article>{TEXT}</article>", headline=HEADLINE))
    assert str(found).startswith(HEADLINE)


def test_a_page_of_headlines_is_read_in_time() -> None:
    headings = f"<h1>{HEADLINE}</h1>" * 20_000  # comparing each with each took a minute
    assert title(page(f"{headings}{TIME}<article>{TEXT}</article>")) == HEADLINE
