"""The heads of pages by the published rules of search engines and social networks.

- Google, Article: https://developers.google.com/search/docs/appearance/structured-data/article
- Google, Breadcrumb: https://developers.google.com/search/docs/appearance/structured-data/breadcrumb
- Google, logo: https://developers.google.com/search/docs/appearance/structured-data/logo
- Google, robots meta tag: https://developers.google.com/search/docs/crawling-indexing/robots-meta-tag
- Open Graph: https://ogp.me/
- Facebook: https://developers.facebook.com/docs/sharing/webmasters/images/
- WhatsApp: https://developers.facebook.com/docs/whatsapp/link-previews/
- X: https://developer.x.com/en/docs/x-for-websites/cards/overview/summary-card-with-large-image
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask.testing import FlaskClient

from service.app import create_app
from service.articles.article import Submission
from service.articles.validation import ValidationContext
from service.bootstrap import Services
from service.core.settings.model import Settings
from service.sample import newsroom, photos
from tests.support.articles import submission

BROWSER = {"Accept": "text/html"}
OG_WITHIN = 300_000  # bytes from the beginning of the page (WhatsApp)
MAX_PHOTO_BYTES = 600_000  # WhatsApp
MIN_PHOTO_WIDTH, MAX_PHOTO_RATIO = 300, 4  # WhatsApp
MIN_PIXELS = 50_000  # Google
MIN_LOGO_SIDE = 112  # pixels; Google
ATTACKS = (
    "A &lt;/script&gt;&lt;script&gt;alert(1)&lt;/script&gt;",
    "A &lt;!--&lt;script&gt;",
    '"><img src=x onerror=alert(1)>',
    "\u2028';alert(1)//",
    "{{ 7 * 7 }} &lt;/script&gt;",
    "]]><svg/onload=alert(1)>",
)


@dataclass
class Head(HTMLParser):
    """The head of a page: its elements, and its structured data."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.scripts: list[str] = []
        self._kind = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        self.elements.append((tag, values))
        self._kind = values.get("type", "text/javascript") if tag == "script" else ""
        if self._kind == "application/ld+json":
            self.scripts.append("")

    def handle_data(self, data: str) -> None:
        if self._kind == "application/ld+json":
            self.scripts[-1] += data

    def handle_endtag(self, tag: str) -> None:
        self._kind = ""

    def meta(self, name: str) -> list[str]:
        return [
            values["content"]
            for tag, values in self.elements
            if tag == "meta" and name in (values.get("property"), values.get("name"))
        ]

    def links(self, relation: str) -> list[dict[str, str]]:
        return [values for tag, values in self.elements if tag == "link" and values.get("rel") == relation]

    @property
    def structured(self) -> dict[str, dict[str, Any]]:
        return {data["@type"]: data for data in map(json.loads, self.scripts)}


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"base_url": "https://feeds.example"})


@pytest.fixture
def client(settings: Settings, services: Services) -> FlaskClient:
    return create_app(settings, services).test_client()


def head(client: FlaskClient, path: str) -> Head:
    answer = client.get(path, headers=BROWSER)
    assert answer.status_code == 200, path
    return Head(answer.get_data(as_text=True))


def samples(settings: Settings, services: Services) -> Iterator[str]:
    """Store a part of the sample newsroom. Yields the path of the page of each article."""
    validation = ValidationContext.of(settings)
    fields = [each.fields for each in newsroom.articles(now=datetime.now(UTC), base_url=settings.base_url)]
    chosen = [Submission.read(each, validation) for each in fields[-60:]]
    services.publisher.put(chosen)
    yield from (f"/articles/{each.id}" for each in chosen)


def is_absolute(url: str) -> bool:
    return urlsplit(url).scheme == "https" and bool(urlsplit(url).netloc)


def is_zoned(time: str) -> bool:
    return datetime.fromisoformat(time).tzinfo is not None


def keeps_the_networks_rules(html: bytes, page: Head) -> None:
    for name in ("og:title", "og:type", "og:image", "og:url"):  # the four that Open Graph requires
        assert len(page.meta(name)) == 1, name
    [title], [summary], [url] = page.meta("og:title"), page.meta("og:description"), page.meta("og:url")
    assert title
    assert summary
    assert is_absolute(url)
    assert [link["href"] for link in page.links("canonical")] == [url]
    assert html.index(b'name="twitter:card"') < html.index(b"<style>") < OG_WITHIN
    assert page.meta("twitter:card") == ["summary_large_image"]
    assert page.meta("og:locale") == ["id_ID"]
    [image] = page.meta("og:image")
    assert is_absolute(image)
    assert page.meta("og:image:alt") == page.meta("twitter:image:alt") != [""]
    width, height = int(page.meta("og:image:width")[0]), int(page.meta("og:image:height")[0])
    assert width >= MIN_PHOTO_WIDTH
    assert width >= 1200  # Facebook: for screens of high resolution
    assert height >= 630
    assert width / height <= MAX_PHOTO_RATIO


def test_every_sample_article_keeps_googles_rules_and_those_of_the_networks(
    client: FlaskClient, services: Services, settings: Settings
) -> None:
    for path in samples(settings, services):
        html = client.get(path, headers=BROWSER).data
        page = Head(html.decode())
        keeps_the_networks_rules(html, page)
        assert page.meta("robots") == ["max-image-preview:large"]
        assert page.meta("og:type") == ["article"]
        assert all(map(is_zoned, page.meta("article:published_time") + page.meta("article:modified_time")))
        assert page.meta("article:section")
        assert page.meta("article:tag")
        assert all(map(is_absolute, page.meta("article:author")))
        article, trail = page.structured["NewsArticle"], page.structured["BreadcrumbList"]
        assert article["@context"] == "https://schema.org"
        assert article["headline"] == page.meta("og:title")[0]
        assert is_zoned(article["datePublished"])
        assert datetime.fromisoformat(article["datePublished"]) <= datetime.fromisoformat(article["dateModified"])
        for author in article["author"]:
            assert author["@type"] == "Person"
            assert author["name"]
            assert is_absolute(author["url"])
        logo = article["publisher"]["logo"]
        assert min(logo["width"], logo["height"]) >= MIN_LOGO_SIDE
        assert client.get(urlsplit(logo["url"]).path).mimetype == "image/png"
        for image in article.get("image", []):
            assert is_absolute(image["url"])
            assert image["width"] * image["height"] >= MIN_PIXELS
            assert image["url"] == page.meta("og:image")[0]
        assert [item["position"] for item in trail["itemListElement"]] == [1, 2, 3]
        assert all(item["name"] and is_absolute(item["item"]) for item in trail["itemListElement"])
    assert len(photos.draw("demo-nusantara-0199")) < MAX_PHOTO_BYTES
    assert len(client.get("/icons/card.png").data) < MAX_PHOTO_BYTES


def test_the_front_page_and_feeds_have_a_card_and_archives_are_for_no_search_engine(
    client: FlaskClient, services: Services, settings: Settings
) -> None:
    list(samples(settings, services))
    for path in ("/", "/latest", "/popular", "/category/nusantara"):
        answer = client.get(path, headers=BROWSER)
        page = Head(answer.get_data(as_text=True))
        keeps_the_networks_rules(answer.data, page)
        assert page.meta("og:type") == ["website"]
    assert head(client, "/").structured["WebSite"]["url"] == "https://feeds.example/"
    trail = head(client, "/category/nusantara").structured["BreadcrumbList"]["itemListElement"]
    assert [item["name"] for item in trail][1:] == ["Nusantara"]
    assert head(client, "/latest?limit=3").links("canonical")[0]["href"] == "https://feeds.example/latest"
    assert head(client, "/popular/24h").links("canonical")[0]["href"] == "https://feeds.example/popular"
    older = urlsplit(head(client, "/latest").links("next")[0]["href"]).path
    archive = head(client, older)
    assert archive.meta("robots") == ["noindex, follow"]
    assert archive.meta("og:title") == []


def test_a_story_without_a_usable_photo_is_shared_with_the_picture_of_the_site(
    client: FlaskClient, services: Services
) -> None:
    tiny = {"url": "https://x.example/a.jpg", "width": 120, "height": 90}
    long = {"url": "https://x.example/a.jpg", "width": 4000, "height": 300}
    for number, image in enumerate((None, tiny, long, {"url": "https://x.example/a.svg", "type": "image/svg+xml"})):
        services.publisher.put([submission(f"a{number}", image=image)])
        page = head(client, f"/articles/a{number}")
        assert page.meta("og:image") == ["https://feeds.example/icons/card.png"], image
    services.publisher.put([submission("b", image={"url": "https://x.example/b.jpg"})])  # of a size that nobody knows
    assert head(client, "/articles/b").meta("og:image") == ["https://x.example/b.jpg"]
    assert head(client, "/articles/b").meta("og:image:width") == []


def test_readers_find_the_feeds_of_a_story_by_titles_that_they_can_read(
    client: FlaskClient, services: Services
) -> None:
    services.publisher.put([submission("satu", categories=["Dinamika"])])
    titles = [link["title"] for link in head(client, "/articles/satu").links("alternate")]
    assert [title for title in titles if "RSS" in title] == [
        "Warta Uji – Terbaru (RSS 2.0)",
        "Warta Uji – Dinamika (RSS 2.0)",
    ]
    assert len(set(titles)) == len(titles)


@pytest.mark.parametrize("attack", ATTACKS, ids=range(len(ATTACKS)))
def test_no_text_leaves_the_head(client: FlaskClient, services: Services, attack: str) -> None:
    """A text of an article is a text in each of its places: no element and no script is made of it."""
    services.publisher.put([submission("calm")])
    scripts = [values for tag, values in head(client, "/articles/calm").elements if tag == "script"]
    image = {"url": "https://x.example/a.jpg", "caption": attack, "credit": attack}
    services.publisher.put(
        [
            submission(
                "a", title=attack, summary=attack, tags=[attack], categories=[attack], authors=[attack],
                section=attack, correction=attack, license=attack, image=image,
            )
        ]
    )  # fmt: skip
    page = head(client, "/articles/a")
    assert len(page.structured) == 2
    assert [values for tag, values in page.elements if tag == "script"] == scripts
    assert not [name for _, values in page.elements for name in values if name.startswith("on")]
    raw = client.get("/articles/a", headers=BROWSER).get_data(as_text=True)
    for block in raw.split('<script type="application/ld+json">')[1:]:
        assert not set("<>&'") & set(block.partition("</script>")[0])
