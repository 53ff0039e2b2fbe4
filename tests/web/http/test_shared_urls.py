"""URLs as people share them redirect to the one URL of a page or feed."""

from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient

from service.app import create_app
from service.bootstrap import Services
from service.core.settings.catalogue import Catalogue
from service.core.settings.model import Settings
from tests.support.answers import refusal
from tests.support.articles import submission

BASE = "https://feeds.example"


@pytest.fixture
def renamed(settings: Settings) -> Iterator[Services]:
    catalogue = Catalogue(renamed_categories={"hukum-ham": "Hukum dan HAM"})
    services = Services.build(settings.model_copy(update={"catalogue": catalogue}))
    yield services
    services.close()


def target(client: FlaskClient, url: str) -> str:
    """The URL to which a page or feed redirects for good, without Warta's own."""
    answer = client.get(url)
    assert answer.status_code == 301
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["Cache-Control"] == "max-age=60"
    assert client.head(url).headers["Location"] == answer.headers["Location"]
    return answer.headers["Location"].removeprefix(BASE)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("/?utm_source=x", "/"),
        ("/latest.rss?utm_source=x&utm_medium=y", "/latest.rss"),
        ("/latest.json?_=1700000000000", "/latest.json"),
        ("/latest.atom?limit=5&fbclid=x", "/latest.atom?limit=5"),
        ("/popular/24h?GCLID=x&limit=7", "/popular/24h?limit=7"),
        ("/category/dinamika?mc_cid=x", "/category/dinamika"),
        ("/articles/a%20b%2Fc?igshid=x", "/articles/a%20b/c"),
        ("/articles/1?halaman=2&utm%5Fid=x", "/articles/1?halaman=2"),
        ("/feeds.opml?utm_source=x", "/feeds.opml"),
        ("/sitemap-news.xml?utm_source=x", "/sitemap-news.xml"),
        ("/latest.rss?utm_source=x&q=%0d%0a\u00e9", "/latest.rss?q=%0d%0a%C3%83%C2%A9"),
        ("/latest/", "/latest"),
        ("/category/dinamika.rss/", "/category/dinamika.rss"),
        ("/tag/kemarau/archive/0.atom/?limit=5", "/tag/kemarau/archive/0.atom?limit=5"),
        ("/articles/tiada/", "/articles/tiada"),
        ("/latest.RSS", "/latest.rss"),
        ("/LATEST.Atom?limit=5", "/latest.atom?limit=5"),
        ("/latest.rss/?utm_source=x", "/latest.rss"),
        ("/Category/Dinamika.RSS.txt/?limit=5&fbclid=x", "/category/dinamika.rss.txt?limit=5"),
        ("/Popular/7D/?_=1", "/popular/7d"),
        ("/Popular/24H", "/popular/24h"),
        ("/TAG/Kemarau-Panjang.rss", "/tag/kemarau-panjang.rss"),
        ("/tag/Seni%20&%20Budaya", "/tag/seni-budaya"),
        ("/tag/caf%C3%A9.rss?limit=3", "/tag/cafe.rss?limit=3"),
        ("/tag/%E3%81%8B%E3%82%99.json", "/tag/%E3%81%8C.json"),
        ("/tag/F++", "/tag/f~plus~plus"),
        ("/category/Dinamika/Popular/7D.rss", "/category/dinamika/popular/7d.rss"),
    ],
)
def test_another_spelling_of_a_url_redirects(client: FlaskClient, url: str, expected: str) -> None:
    assert target(client, url) == expected


@pytest.mark.parametrize("url", ["/latest.rss?q=1", "/latest.rss?utm=1", "/latest.rss?limit=5&_x=1", "/feeds.opml?x"])
def test_any_other_parameter_is_400(client: FlaskClient, url: str) -> None:
    assert client.get(url).status_code == 400


@pytest.mark.parametrize("path", ["/tiada", "/tag/x/y", "/tag/%20", "/category/x/popular/2h", "/feed/X", "/%2F"])
def test_what_means_no_feed_is_not_found(client: FlaskClient, path: str) -> None:
    assert refusal(client.get(path))


def test_an_id_may_end_with_a_slash(client: FlaskClient, services: Services) -> None:
    services.publisher.put([submission("a/")])
    assert client.get("/articles/a/").status_code == 200


def test_other_urls_take_no_parameter_away(client: FlaskClient, services: Services) -> None:
    services.publisher.put([submission("1")])
    assert client.get("/articles/1/views.gif?_=1").status_code == 200
    assert client.get("/api/changes?utm_source=x").status_code == 401


@pytest.mark.parametrize(
    "rest",
    ["", ".rss", ".atom", ".json", ".headlines.json", "/popular", "/popular/7d.json", "/trending", "/archive/0.rss"],
)
def test_a_renamed_category_redirects(renamed: Services, rest: str) -> None:
    client = create_app(renamed.settings, renamed).test_client()
    assert target(client, f"/category/hukum-ham{rest}") == f"/category/hukum-dan-ham{rest}"
    assert target(client, f"/category/Hukum%20&%20HAM{rest}") == f"/category/hukum-dan-ham{rest}"


def test_articles_of_a_renamed_category_are_in_the_new_feeds(services: Services, renamed: Services) -> None:
    services.publisher.put([submission("lama", categories=["Hukum & HAM", "Politik"])])
    client = create_app(renamed.settings, renamed).test_client()
    renamed.publisher.apply_settings()
    renamed.publisher.put(
        [submission("baru", categories=["Hukum dan HAM"]), submission("dua", categories=["hukum ham"])]
    )
    assert [item["id"][-4:] for item in client.get("/category/hukum-dan-ham.json").json["items"]]  # type: ignore[index]
    shown = client.get("/category/hukum-dan-ham.json").get_data(as_text=True)
    assert all(
        f"https://news.example/{article_id}" in shown or article_id in shown for article_id in ("lama", "baru", "dua")
    )
    assert "Hukum dan HAM" in shown
    assert "lama" in client.get("/category/politik.json").get_data(as_text=True)
    listed = client.get("/feeds.json").get_data(as_text=True)
    assert "category/hukum-dan-ham" in listed
    assert "category/hukum-ham" not in listed
