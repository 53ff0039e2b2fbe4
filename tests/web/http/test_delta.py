"""Deltas (RFC 3229): a program that the settings name gets what has changed since its copy, or everything."""

import gzip
from typing import Any

import feedparser
import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from service.bootstrap import Services
from service.core.settings.catalogue import Catalogue
from service.core.settings.model import Settings
from service.core.settings.serving import Http
from tests.support.answers import payload
from tests.support.articles import submission

FEEDS = ("/latest.rss", "/latest.atom", "/latest.json")


AGENT = "Pembaca/2.1 (+https://pembaca.example)"


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"http": Http(delta_agents=("lain", "pembaca"))})


@pytest.fixture
def newsroom(services: Services) -> Services:
    put(services, "satu", "dua", "tiga")
    return services


def put(services: Services, *ids: str, **fields: object) -> None:
    minute = {"satu": 1, "dua": 2, "tiga": 3, "empat": 4, "lima": 5}
    services.publisher.put(
        [submission(id_, published_at=f"2026-02-22T09:{minute[id_]:02}:00+07:00", **fields) for id_ in ids]
    )


def poll(client: FlaskClient, path: str, etag: str, **headers: str) -> TestResponse:
    return client.get(path, headers={"User-Agent": AGENT, "A-IM": "feed", "If-None-Match": etag, **headers})


def ids(answer: TestResponse) -> list[str]:
    """The ids of the entries, as a reader sees them."""
    if answer.content_type.startswith("application/feed+json"):
        return [item["id"].rpartition(":")[2] for item in payload(answer)["items"]]
    parsed: Any = feedparser.parse(answer.data)
    assert not parsed.bozo, parsed.bozo_exception
    return [entry.id.rpartition(":")[2] for entry in parsed.entries]


@pytest.mark.parametrize("path", FEEDS)
def test_a_reader_with_an_earlier_copy_gets_the_new_entries(client: FlaskClient, newsroom: Services, path: str) -> None:
    before = client.get(path).headers["ETag"]
    put(newsroom, "empat")
    put(newsroom, "satu", title="Judul yang diperbaiki")
    whole = client.get(path)
    part = poll(client, path, before)
    assert part.status_code == 226
    assert ids(part) == ["empat", "satu"]
    assert ids(whole) == ["empat", "tiga", "dua", "satu"]
    assert part.headers["IM"] == "feed"
    assert part.headers["Delta-Base"] == before
    assert part.headers["ETag"] == whole.headers["ETag"]  # which the reader has from now on
    assert part.headers["Cache-Control"] == "no-store, im"
    assert part.headers["Vary"] == whole.headers["Vary"]
    assert part.content_type == whole.content_type
    assert len(part.data) == part.content_length < len(whole.data)
    assert poll(client, path, part.headers["ETag"]).status_code == 304


@pytest.mark.parametrize("path", FEEDS)
def test_a_part_is_the_whole_without_the_rest(client: FlaskClient, newsroom: Services, path: str) -> None:
    """The same head, the same bytes of every entry."""
    before = client.get(path).headers["ETag"]
    put(newsroom, "empat")
    whole, part = client.get(path).data, poll(client, path, before).data
    first, last = _common(whole, part), _common(whole[::-1], part[::-1])
    assert first + last >= len(part)


def _common(one: bytes, other: bytes) -> int:
    return next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


def test_it_comes_in_the_coding_that_the_reader_accepts(client: FlaskClient, newsroom: Services) -> None:
    before = client.get("/latest.rss", headers={"Accept-Encoding": "gzip"}).headers["ETag"]
    put(newsroom, "empat")
    part = poll(client, "/latest.rss", before, **{"Accept-Encoding": "gzip"})
    assert (part.status_code, part.headers["Content-Encoding"]) == (226, "gzip")
    assert part.headers["ETag"].endswith('-gzip"')
    assert feedparser.parse(gzip.decompress(part.data)).entries[0].id.endswith(":empat")


def test_several_changes_back(client: FlaskClient, newsroom: Services) -> None:
    tags = [client.get("/latest.atom").headers["ETag"]]
    for id_ in ("empat", "lima"):
        put(newsroom, id_)
        tags.append(client.get("/latest.atom").headers["ETag"])
    assert ids(poll(client, "/latest.atom", tags[0])) == ["lima", "empat"]
    assert ids(poll(client, "/latest.atom", tags[1])) == ["lima"]
    assert ids(poll(client, "/latest.atom", f'W/"lain", {tags[1]}')) == ["lima"]
    assert poll(client, "/latest.atom", tags[2]).status_code == 304


def test_any_doubt_gives_the_whole(client: FlaskClient, newsroom: Services) -> None:
    before = client.get("/latest.rss").headers["ETag"]
    other = client.get("/latest.atom").headers["ETag"]
    put(newsroom, "empat")
    assert poll(client, "/latest.rss", before).status_code == 226
    for etag in ('"lain"', other, "", '""', '"', before.strip('"')[:-1], "x" * 4000):
        assert poll(client, "/latest.rss", etag).status_code == 200
    for manipulations in ("", "vcdiff", "feed;q=0", "gzip, diffe", "*", "*, feed;q=0"):
        assert poll(client, "/latest.rss", before, **{"A-IM": manipulations}).status_code == 200, manipulations
    for accepted in ("gzip, feed", "FEED", "feed;q=0.5"):
        assert poll(client, "/latest.rss", before, **{"A-IM": accepted}).status_code == 226
    assert client.get("/latest.rss", headers={"User-Agent": AGENT, "A-IM": "feed"}).status_code == 200


@pytest.mark.parametrize(
    ("agent", "status"),
    [
        *((agent, 226) for agent in (AGENT, "pembaca", "PEMBACA (x)", "Lain/1")),
        *(
            (agent, 200)
            for agent in ("rss2email/3.13 (https://x.example)", "Mozilla/5.0 Pembaca/2.1", "Pembaca2/1", "")
        ),
    ],
)
def test_only_programs_that_the_settings_name_get_deltas(
    client: FlaskClient, newsroom: Services, agent: str, status: int
) -> None:
    before = client.get("/latest.rss").headers["ETag"]
    put(newsroom, "empat")
    assert poll(client, "/latest.rss", before, **{"User-Agent": agent}).status_code == status


class TestByDefault:
    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        return settings.model_copy(update={"http": Http()})

    def test_nobody_gets_deltas(self, client: FlaskClient, newsroom: Services) -> None:
        """Feedparser sends A-IM for every program that uses it, and rss2email takes no 226."""
        before = client.get("/latest.rss").headers["ETag"]
        put(newsroom, "empat")
        for agent in (AGENT, feedparser.USER_AGENT, ""):
            assert poll(client, "/latest.rss", before, **{"User-Agent": agent}).status_code == 200


def test_who_has_everything_anew_gets_the_whole(client: FlaskClient, newsroom: Services) -> None:
    before = client.get("/latest.rss").headers["ETag"]
    put(newsroom, "satu", "dua", "tiga", title="Semua lain")
    assert poll(client, "/latest.rss", before).status_code == 200


def test_a_withdrawal_is_told_where_the_format_can(client: FlaskClient, newsroom: Services) -> None:
    before = {path: client.get(path).headers["ETag"] for path in FEEDS}
    newsroom.publisher.withdraw("dua")
    put(newsroom, "empat")
    assert poll(client, "/latest.rss", before["/latest.rss"]).status_code == 200
    assert poll(client, "/latest.atom", before["/latest.atom"]).status_code == 200  # tombstones are off
    part = poll(client, "/latest.json", before["/latest.json"])
    assert (part.status_code, ids(part)) == (226, ["empat"])
    assert [gone["id"].rpartition(":")[2] for gone in payload(part)["_warta"]["deleted"]] == ["dua"]


class TestWithTombstones:
    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        return settings.model_copy(update={"catalogue": Catalogue(tombstones=True)})

    def test_atom_tells_withdrawals(self, client: FlaskClient, newsroom: Services) -> None:
        before = client.get("/latest.atom").headers["ETag"]
        newsroom.publisher.withdraw("dua")
        part = poll(client, "/latest.atom", before)
        assert (part.status_code, ids(part)) == (226, [])
        assert b'deleted-entry ref="tag:uji.example,2026:dua"' in part.data


def test_a_popular_feed_in_another_order_comes_whole(client: FlaskClient, newsroom: Services) -> None:
    for id_, views in {"satu": 3, "dua": 2}.items():
        newsroom.counter.add(id_, views=views)
    before = client.get("/popular.rss").headers["ETag"]
    newsroom.counter.add("dua", views=5)
    newsroom.memory.invalidate([])
    assert poll(client, "/popular.rss", before).status_code == 200
