"""What feeds say beside their entries: rank and views, corrections, withdrawals, pins."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient
from lxml import etree

from service.app import create_app
from service.bootstrap import Services
from service.core.redis import PrivateRedis
from service.core.settings.catalogue import Catalogue, CuratedFeed
from service.core.settings.model import Settings
from service.storage.migrations import migrate
from tests.support.articles import submission
from tests.support.background import background_round

ATOM = {"atom": "http://www.w3.org/2005/Atom", "at": "http://purl.org/atompub/tombstones/1.0"}


def feed(client: FlaskClient, path: str) -> dict[str, Any]:
    document: dict[str, Any] = client.get(path).get_json(force=True)
    return document


def titles(client: FlaskClient, path: str) -> list[str]:
    return [item["title"] for item in feed(client, path)["items"]]


def view(services: Services, article_id: str, times: int) -> None:
    services.counter.add(article_id, views=times)


def test_a_popular_feed_says_its_window_its_order_and_how_often_each_story_was_read(
    client: FlaskClient, services: Services
) -> None:
    services.publisher.put([submission("1"), submission("2"), submission("3")])
    view(services, "2", 3)
    view(services, "1", 1)
    document = feed(client, "/popular.json")
    assert document["_warta"]["window"] == "24h"
    assert document["_warta"]["computed_at"]
    assert "24 jam terakhir" in document["description"]
    assert [(item["title"], item["_warta"]["rank"], item["_warta"]["views"]) for item in document["items"]] == [
        ("Judul 2", 1, 3),
        ("Judul 1", 2, 1),
    ]
    page = client.get("/popular", headers={"Accept": "text/html"}).get_data(as_text=True)
    assert "3 kali dibaca" in page


def test_a_popular_feed_stays_the_same_bytes_until_its_order_changes(client: FlaskClient, services: Services) -> None:
    services.publisher.put([submission("1"), submission("2")])
    view(services, "2", 3)
    view(services, "1", 1)
    first = client.get("/popular.rss")
    view(services, "2", 5)
    services.memory.invalidate([])
    assert client.get("/popular.rss").headers["ETag"] == first.headers["ETag"]
    view(services, "1", 9)
    services.memory.invalidate([])
    assert client.get("/popular.rss").headers["ETag"] != first.headers["ETag"]
    assert titles(client, "/popular.json") == ["Judul 1", "Judul 2"]


def test_a_story_enters_once_whatever_the_order_does(client: FlaskClient, services: Services) -> None:
    services.publisher.put([submission("1"), submission("2")])
    view(services, "1", 1)
    background_round(services)
    assert titles(client, "/popular/entered.json") == ["Judul 1"]
    view(services, "2", 2)
    background_round(services)
    view(services, "1", 9)
    background_round(services)
    assert sorted(titles(client, "/popular/entered.json")) == ["Judul 1", "Judul 2"]


@pytest.mark.parametrize("extension", ["rss", "atom", "json"])
def test_a_correction_shows_in_every_format_and_moves_neither_id_nor_publication(
    client: FlaskClient, services: Services, extension: str
) -> None:
    services.publisher.put([submission("1")])
    before = feed(client, "/latest.json")["items"][0]
    services.publisher.put([submission("1", correction="Nama pejabat semula salah tulis.")])
    assert "Nama pejabat semula salah tulis." in client.get(f"/latest.{extension}").get_data(as_text=True)
    after = feed(client, "/latest.json")["items"][0]
    assert (after["id"], after["date_published"]) == (before["id"], before["date_published"])
    assert after["date_modified"] > before["date_modified"]


@pytest.fixture
def curated(settings: Settings, redis_server: PrivateRedis) -> Iterator[tuple[FlaskClient, Services]]:
    """A newsroom with tombstones in Atom and a feed with a pinned story."""
    pinned = CuratedFeed(name="pilihan", title="Pilihan Redaksi", description="Dipilih.", limit=3, pinned=("5",))
    changed = settings.model_copy(update={"catalogue": Catalogue(tombstones=True, feeds=(pinned,))})
    services = Services.build(changed)
    migrate(services.database)
    services.publisher.apply_settings()
    yield create_app(changed, services).test_client(), services
    services.close()


def test_a_withdrawn_story_leaves_at_once_and_feeds_say_so(curated: tuple[FlaskClient, Services]) -> None:
    client, services = curated
    services.publisher.put([submission("1"), submission("2")])
    services.publisher.withdraw("1")
    assert titles(client, "/latest.json") == ["Judul 2"]
    [deleted] = feed(client, "/latest.json")["_warta"]["deleted"]
    root = etree.fromstring(client.get("/category/dinamika.atom").get_data())
    [entry] = root.findall("at:deleted-entry", ATOM)
    assert entry.get("ref") == deleted["id"]
    assert entry.get("when") == deleted["deleted_at"]
    services.publisher.put([submission("1")])
    assert "deleted" not in feed(client, "/latest.json")["_warta"]
    assert deleted["id"] in [item["id"] for item in feed(client, "/latest.json")["items"]]


def test_a_pinned_story_stands_first_and_once(curated: tuple[FlaskClient, Services]) -> None:
    client, services = curated
    services.publisher.put([submission(str(n), published_at=f"2026-02-22T09:{n:02}:00+07:00") for n in range(12)])
    document = feed(client, "/feed/pilihan.json")
    assert document["title"] == "Warta Uji – Pilihan Redaksi"
    assert document["description"] == "Dipilih."
    met = [item["title"] for item in document["items"]]
    assert met == ["Judul 5", "Judul 11", "Judul 10"]
    while "next_url" in document:
        document = feed(client, document["next_url"].removeprefix("https://feeds.example"))
        met += [item["title"] for item in document["items"]]
    assert sorted(met) == sorted(f"Judul {n}" for n in range(12))


def test_the_archive_is_reached_over_http_and_its_next_page_leads_to_the_feed(
    client: FlaskClient, services: Services
) -> None:
    services.publisher.put(
        [submission(str(n), published_at=f"2026-02-21T{n // 60:02}:{n % 60:02}:00+07:00") for n in range(260)]
    )
    document, met = feed(client, "/latest.json"), []
    while True:
        met += [item["title"] for item in document["items"]]
        if "next_url" not in document:
            break
        document = feed(client, document["next_url"].removeprefix("https://feeds.example"))
    assert met == [f"Judul {n}" for n in reversed(range(260))]
    page = client.get("/latest/archive/1.atom")
    assert page.headers["Cache-Control"].startswith("max-age=3600")
    links = {link.get("rel"): link.get("href") for link in etree.fromstring(page.get_data()).findall("atom:link", ATOM)}
    assert links["prev-archive"] == "https://feeds.example/latest/archive/0.atom"
    assert links["next-archive"] == "https://feeds.example/latest/archive/2.atom"
    assert links["current"] == "https://feeds.example/latest.atom"
    to_come = client.get("/latest/archive/3.rss")
    assert (to_come.status_code, to_come.headers["Location"]) == (307, "https://feeds.example/latest.rss")
    for_people = client.get("/latest/archive/3", headers={"Accept": "text/html"})
    assert (for_people.status_code, for_people.headers["Location"]) == (307, "https://feeds.example/latest")
    assert client.get("/latest/archive/9.rss").status_code == 404
    assert client.get("/latest/archive/1.rss?limit=5").status_code == 400
    assert client.get("/popular/archive/0.rss").status_code == 404
