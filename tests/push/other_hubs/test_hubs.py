"""Hubs of others: pings of all touched topics, retries, and the evidence of what the hub does with them."""

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qsl

import pytest
from flask.testing import FlaskClient
from werkzeug.test import Client

from service.app import create_app
from service.bootstrap import Services
from service.core.errors import HubUnavailable
from service.core.metrics import Metrics
from service.core.settings.model import Settings
from service.push.other_hubs import HubPinger, pinger
from service.push.other_hubs.fetches import agents_of_hubs
from service.storage import AnnouncementLog, ArticleStore, Database, HubStore
from service.storage.announcement_log import MAX_BACKLOG
from service.storage.hubs import SILENT_AFTER
from service.web.http.fast_path import FastPath
from tests.support.answers import payload
from tests.support.articles import NOW, submission
from tests.support.clock import Clock
from tests.support.command import run
from tests.support.scripted import Script, Scripted

LENGTH = timedelta(seconds=30)


@pytest.fixture
def hub() -> Iterator[Scripted]:
    with Scripted() as hub:
        yield hub


@pytest.fixture
def settings(settings: Settings, hub: Scripted) -> Settings:
    return settings.model_copy(update={"hubs": (f"{hub.address}/",), "ping_hubs": True})


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Pings without a debounce and without pauses."""
    monkeypatch.setattr(pinger, "DEBOUNCE_SECONDS", 0.0)
    monkeypatch.setattr(pinger, "FIRST_PAUSE_SECONDS", 0.0)
    yield


@pytest.fixture
def ping(services: Services, now: None) -> Callable[[], None]:
    """A round of the worker. The hub is known from the beginning."""
    [one] = services.hub_pingers
    one.run()
    return one.run


def topics(hub: Scripted, request: int = -1) -> list[str]:
    form = parse_qsl(hub.asked[request].body.decode())
    assert form[0] == ("hub.mode", "publish")
    return [value for name, value in form if name == "hub.url"]


def test_a_hub_is_told_of_every_touched_feed_in_every_format(
    services: Services, hub: Scripted, ping: Callable[[], None]
) -> None:
    assert hub.asked == []
    services.publisher.put([submission("satu", categories=["Politik"], tags=["ASEAN"])])
    services.publisher.put([submission("satu", categories=["Ekonomi"], tags=["ASEAN"])])
    ping()
    assert len(hub.asked) == 1  # both changes
    told = {topic.removeprefix("https://feeds.example/") for topic in topics(hub)}
    lists = ("latest", "category/politik", "category/ekonomi", "tag/asean", "popular/entered")
    assert told >= {f"{name}.{extension}" for name in lists[:4] for extension in ("rss", "atom", "json")}
    ping()
    assert len(hub.asked) == 1
    [known] = services.hubs.hubs(services.settings.hubs)
    assert (known.answer, known.topics, known.failing_since) == ("the hub answers 200", len(told), None)


def test_many_topics_are_several_pings(services: Services, hub: Scripted, ping: Callable[[], None]) -> None:
    services.publisher.put([submission("satu", tags=[f"tag {number}" for number in range(50)])])
    ping()
    told = [topic for number in range(len(hub.asked)) for topic in topics(hub, number)]
    assert len(hub.asked) == 2
    assert len(told) == len(set(told)) > 150


@pytest.mark.parametrize("script", [Script(status=500), Script(status=302), Script(refuses=True)], ids=str)
def test_a_ping_that_fails_is_repeated_with_what_has_changed_since(
    services: Services, hub: Scripted, ping: Callable[[], None], script: Script
) -> None:
    hub.script = script
    services.publisher.put([submission("satu", tags=["satu"])])
    with pytest.raises(HubUnavailable, match=hub.address):
        ping()
    [known] = services.hubs.hubs(services.settings.hubs)
    assert known.failing_since
    services.publisher.put([submission("dua", tags=["dua"])])
    hub.script = Script(status=204)
    ping()
    assert {"https://feeds.example/tag/satu.rss", "https://feeds.example/tag/dua.rss"} <= {*topics(hub)}
    [known] = services.hubs.hubs(services.settings.hubs)
    assert known.failing_since is None


def test_a_hub_that_was_away_for_long_starts_over(
    services: Services, hub: Scripted, ping: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It gets the lists that have changed since its last ping."""
    assert MAX_BACKLOG > 1
    monkeypatch.setattr("service.storage.announcement_log.MAX_BACKLOG", 1)
    services.publisher.put([submission("satu", tags=["satu"])])
    ping()
    for tag in ("dua", "tiga", "empat"):
        services.publisher.put([submission(tag, tags=[tag])])
    services.announcements.announce_due()
    services.announcements.announce_due()
    ping()
    assert {f"https://feeds.example/tag/{tag}.rss" for tag in ("dua", "tiga", "empat")} <= {*topics(hub)}


def test_the_polls_of_a_hub_are_evidence(services: Services, hub: Scripted, ping: Callable[[], None]) -> None:
    app = FastPath(create_app(services.settings, services), services.metrics, lambda _: None, services.readership.polls)
    client = Client(app)
    services.publisher.put([submission("satu")])
    ping()
    [known] = services.hubs.hubs(services.settings.hubs)
    assert known.state(NOW) == "ok"
    assert known.unfetched_since
    assert known.is_silent(known.unfetched_since + SILENT_AFTER)
    client.get("/latest.rss", headers={"User-Agent": "NetNewsWire"})
    services.hub_fetches.note()
    assert services.hubs.hubs(services.settings.hubs) == [known]
    for _ in range(2):
        client.get("/latest.rss", headers={"User-Agent": "Hub/1.0 (+http://127.0.0.1/)"})
    services.readership.aggregate()  # takes the polls away; the hub's are noted before
    services.hub_fetches.note()
    [fetched] = services.hubs.hubs(services.settings.hubs)
    assert fetched.agent == "Hub/1.0 (+http://127.0.0.1/)"
    assert fetched.unfetched_since is None
    assert fetched.lag_seconds is not None
    assert fetched.lag_seconds < 60
    assert b"warta_hub_lag_seconds_count" in services.metrics.text()
    services.hub_fetches.note()
    assert services.hubs.hubs(services.settings.hubs) == [fetched]


def test_a_silent_hub_is_seen_in_metrics_readiness_and_the_command(
    services: Services, hub: Scripted, ping: Callable[[], None], client: FlaskClient, tmp_path: Path
) -> None:
    config = tmp_path / "warta.toml"
    config.write_text(f'hubs = ["{hub.address}/"]\nping_hubs = true\n')
    state = payload(client.get("/readyz"))
    assert state["parts"]["hubs"]["state"] == "ok"
    services.publisher.put([submission("satu")])
    ping()
    [known] = services.hubs.hubs(services.settings.hubs)
    assert known.unfetched_since
    past = known.unfetched_since - SILENT_AFTER
    services.hubs.note_fetch(known.url, "Hub", past)
    services.hubs.note_ping(known.url, past, 1, "the hub answers 200", accepted=True)
    for _ in range(2):
        ping()
    assert f'warta_hub_pings_total{{hub="{known.url}",outcome="unfetched"}} 1.0' in services.metrics.text().decode()
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert payload(answer)["parts"]["hubs"]["state"] == "silent"
    assert payload(answer)["status"] == payload(client.get("/readyz"))["status"] != "down"
    [shown] = json.loads(run(tmp_path, "hubs", "--json", WARTA_CONFIG=str(config)).output)
    assert (shown["url"], shown["state"], shown["answer"]) == (known.url, "silent", "the hub answers 200")
    assert shown["unfetched_since"]


def test_hubs_that_are_not_pinged_are_listed_too(tmp_path: Path) -> None:
    config = tmp_path / "warta.toml"
    config.write_text('hubs = ["https://hub.example/"]\n')
    done = run(tmp_path, "hubs", WARTA_CONFIG=str(config))
    assert done.output.split("\t")[:3] == ["https://hub.example/", "new", ""]
    assert done.output.endswith("\thub.example\n")
    assert "ping_hubs is false" in done.errors


def test_agents_of_hubs() -> None:
    urls = (
        "https://pubsubhubbub.appspot.com/",
        "https://push.superfeedr.com/",
        "http://10.0.0.7/",
        "https://hub.test/a",
    )
    agents = {"https://hub.test/a": "Hub/"}
    settings = Settings(hubs=urls, hub_agents=agents)
    assert list(agents_of_hubs(settings).values()) == ["FeedFetcher-Google", "superfeedr.com", "10.0.0.7", "Hub/"]


class TestStorage:
    """On both databases."""

    def test_one_process_pings_at_a_time(self, database: Database) -> None:
        hubs = HubStore(database)
        assert hubs.take_turn("https://hub.test/", NOW, LENGTH)
        assert hubs.take_turn("https://hub.test/", NOW, LENGTH) is None
        assert hubs.take_turn("https://hub.test/", NOW + LENGTH, LENGTH)
        hubs.end_turn("https://hub.test/")
        assert hubs.take_turn("https://hub.test/", NOW, LENGTH)

    def test_the_lag_counts_from_the_first_ping(self, database: Database) -> None:
        hubs, url = HubStore(database), "https://hub.test/"
        assert hubs.note_fetch(url, "Hub", NOW) is None
        hubs.take_turn(url, NOW, LENGTH)
        for seconds in (0, 5):
            hubs.note_ping(url, NOW + timedelta(seconds=seconds), 3, "ok", accepted=True)
        assert hubs.note_fetch(url, "Hub", NOW + timedelta(seconds=7)) == 7.0
        assert hubs.note_fetch(url, "Hub", NOW + timedelta(seconds=9)) is None
        [known] = hubs.hubs((url,))
        assert (known.lag_seconds, known.fetched_at) == (7.0, NOW + timedelta(seconds=9))
        for seconds in (10, 20):
            hubs.note_ping(url, NOW + timedelta(seconds=seconds), 3, "500", accepted=False)
        [known] = hubs.hubs((url,))
        assert (known.state(NOW), known.failing_since) == ("failing", NOW + timedelta(seconds=10))

    def test_a_process_that_was_killed_after_the_ping_pings_again(
        self, database: Database, store: ArticleStore, hub: Scripted, metrics: Metrics, clock: Clock, now: None
    ) -> None:
        """The cursor has not moved; the turn of the dead process ends."""
        from service.feeds.catalogue import FeedCatalogue

        log, hubs, url = AnnouncementLog(database), HubStore(database), f"{hub.address}/"

        def another() -> HubPinger:
            return HubPinger(url, store, log, hubs, FeedCatalogue(Settings()), metrics, clock)

        another().run()
        store.put([submission("satu")], clock())
        hubs.take_turn(url, clock(), pinger.TURN_LENGTH)  # and then it was killed
        another().run()
        assert hub.asked == []
        clock.forward(seconds=pinger.TURN_LENGTH.total_seconds())
        another().run()
        assert len(hub.asked) == 1
