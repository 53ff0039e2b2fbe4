"""Articles that a site divides into several pages: by URL all of them are read, and a saved page says what it lacks."""

import re
from collections.abc import Iterator
from ipaddress import ip_network
from typing import Any

import pytest

from service import importers
from service.importers import FoundArticle, ImportItem, OpenSource, SkippedItem
from service.importers.html.paging import paging
from tests.support.html_pages import HEADLINE, OPTIONS, PARAGRAPHS, TIME
from tests.support.http_server import LocalServer, QuietHandler

PICTURE = "<figure><img src=/jembatan.jpg></figure>"
TEXTS = [f"Bagian {n}. {text}" for n in (1, 2, 3) for text in PARAGRAPHS]
LEAD = "Jembatan yang putus sejak banjir tahun lalu kini dapat dilewati lagi oleh pejalan kaki dan sepeda."


class Site(LocalServer):
    """A site with one article on three pages. `pages` are its documents by their path."""

    def __init__(self) -> None:
        super().__init__(Requests)
        self.pages: dict[str, str] = {}

    def publish(self, forms: list[str], whole: str = "") -> None:
        """Publish the pages at the URLs of the `forms`, and all in one at the URL `whole`."""
        links = [f"<a href='{form}'>{number}</a>" for number, form in enumerate(forms, 1)]
        for number, form in enumerate(forms, 1):
            beside = " ".join(link for at, link in enumerate(links, 1) if at != number)
            beside += f" <a href='{whole}'>Semua halaman</a>" if whole else ""
            self.pages[form] = document(number, TEXTS[4 * number - 4 : 4 * number], beside, forms[0])
        if whole:
            self.pages[whole] = document(1, TEXTS, "", forms[0])


class Requests(QuietHandler):
    server: Site

    def do_GET(self) -> None:
        page = self.server.pages.get(self.path)
        self.send_response(200 if page else 404)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write((page or "").encode())


def document(number: int, texts: list[str], links: str, canonical: str) -> str:
    title = HEADLINE if number == 1 else f"{HEADLINE} - Halaman {number}"
    text = f"<p>{LEAD}</p>{PICTURE}" + "".join(f"<p>{text}</p>" for text in texts)
    head = f"<title>{title}</title><link rel=canonical href='{canonical}'><meta property=og:type content=article>"
    return f"<html><head>{head}</head><body><article><h1>{title}</h1>{TIME}{text}</article><p>{links}</p>"


@pytest.fixture
def site() -> Iterator[Site]:
    with Site() as server:
        yield server


def imported(url: str) -> ImportItem:
    source = importers.of_url(url, allow=[ip_network("127.0.0.0/8")])
    with source.open() as opened:
        [item] = importers.read(opened, "html", OPTIONS)
    return item


FORMS = [
    ["/berita/jembatan", "/berita/jembatan/2", "/berita/jembatan/3"],
    ["/2026/03/jembatan/", "/2026/03/jembatan/2/", "/2026/03/jembatan/3/"],
    ["/baca?id=7", "/baca?id=7&page=2", "/baca?id=7&page=3"],
    ["/berita/jembatan", "/berita/jembatan/halaman-2", "/berita/jembatan/halaman-3"],
]


@pytest.mark.parametrize("forms", FORMS, ids=["number", "WordPress", "parameter", "word and number"])
def test_all_pages_are_fetched_and_repeat_neither_lead_nor_picture(site: Site, forms: list[str]) -> None:
    site.publish(forms)
    item = imported(site.url + forms[0])
    assert isinstance(item, FoundArticle)
    body = str(item.fields["content_html"])
    assert re.findall("<p>(.*?)</p>", body) == [LEAD, *TEXTS]
    assert body.count("<img") == 1
    assert item.doubt == ""


def test_the_page_with_the_whole_article_is_preferred(site: Site) -> None:
    site.publish(["/jembatan", "/jembatan?page=2", "/jembatan?page=3"], "/jembatan?page=all")
    del site.pages["/jembatan?page=2"]
    item = imported(f"{site.url}/jembatan")
    assert isinstance(item, FoundArticle)
    assert re.findall("<p>(.*?)</p>", str(item.fields["content_html"])) == [LEAD, *TEXTS]
    assert item.doubt == ""


@pytest.mark.parametrize(
    ("page", "reason"),
    [
        (None, "the server answered 404 Not Found"),
        (document(1, TEXTS, "", "/lain").replace(HEADLINE, "Pasar ikan buka lebih pagi"), "it has another headline"),
        (f"<html><title>{HEADLINE}</title><body><article></article>", "it has no text"),
        (" ", "the document is empty"),
    ],
    ids=["missing", "another article", "no text", "empty"],
)
def test_a_page_that_cannot_be_read_is_named(site: Site, page: str | None, reason: str) -> None:
    site.publish(FORMS[0])
    site.pages |= {FORMS[0][2]: page or ""}
    item = imported(site.url + FORMS[0][0])
    assert isinstance(item, FoundArticle)
    assert re.findall("<p>(.*?)</p>", str(item.fields["content_html"])) == [LEAD, *TEXTS[:8]]
    assert item.doubt == f"{site.url}{FORMS[0][2]}, a page of the article, is missing: {reason}"


@pytest.mark.parametrize("forms", FORMS)
def test_a_later_page_names_the_first_one(site: Site, forms: list[str]) -> None:
    site.publish(forms)
    item = imported(site.url + forms[1])
    assert isinstance(item, SkippedItem)
    assert item.reason.rstrip("/") == f"page 2 of an article; import the first one, {site.url}{forms[0]}".rstrip("/")


def saved(page: str) -> ImportItem:
    [item] = importers.read(OpenSource.of_bytes("halaman", page.encode()), "html", OPTIONS)
    return item


def test_a_saved_page_says_that_others_are_missing_and_a_later_one_replaces_nothing(site: Site) -> None:
    """All pages of an article may have the canonical URL of the first one."""
    site.publish(
        ["https://kabar.example/jembatan", "https://kabar.example/jembatan/2", "https://kabar.example/jembatan/3"]
    )
    first, second, third = map(saved, site.pages.values())
    assert isinstance(first, FoundArticle)
    assert first.doubt == "the page is the first of 3; import it by its URL for the others"
    assert [type(item) for item in (second, third)] == [SkippedItem, SkippedItem]


@pytest.mark.parametrize(("mark", "expected"), [("page", SkippedItem), ("false", FoundArticle)])
def test_the_mark_of_the_current_page_tells_the_number_of_a_saved_page(mark: str, expected: type[ImportItem]) -> None:
    links = "".join(f"<a href=https://kabar.example/jembatan/{number}>{number}</a>" for number in (2, 3))
    marked = f"<span aria-current={mark}>3</span>{links}"
    page = document(1, TEXTS, marked, "https://kabar.example/jembatan")
    assert isinstance(saved(page), expected)


@pytest.mark.parametrize(
    ("links", "current", "expected"),
    [
        ([("2", "/a?page=2#komentar")], 0, (1, 0)),
        ([("3", "/a?page=2")], 0, (1, 0)),
        ([("2", "/b/2"), ("2", "https://lain.example/a/2")], 0, (1, 0)),
        ([("13", "/2026/03/13"), ("14", "/2026/03/14")], 0, (1, 0)),
        ([("1", "/a"), ("2", "/a/2")], 2, (2, 1)),
        ([("2", "/a/2"), ("9", "/a/9")], 0, (1, 8)),
    ],
    ids=["comments", "another number", "other pages", "calendar", "marked as current", "not all are linked"],
)
def test_pages_of_an_article_are_told_by_links_with_their_numbers(
    links: list[Any], current: int, expected: tuple[int, int]
) -> None:
    raw = {"page_links": links, "current_page": current, "title": ""}
    place = paging(raw, ["https://kabar.example/a"], is_fetched=False)
    assert (place.number, len(place.others)) == expected


def test_the_url_of_a_fetched_page_tells_its_number_and_not_a_mark_in_the_page() -> None:
    """A row of pictures may mark its third one as current."""
    raw = {"page_links": [("2", "/a/2"), ("3", "/a/3")], "current_page": 3, "title": ""}
    assert paging(raw, ["https://kabar.example/a"], is_fetched=True).number == 1
