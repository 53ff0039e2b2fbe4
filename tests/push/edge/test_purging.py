"""Purges on their way: each provider gets them as it wants them, and until it has confirmed they wait."""

import json
import logging
import time
from collections.abc import Callable, Iterator, Mapping
from itertools import pairwise
from pathlib import Path

import pytest
from pydantic import SecretStr

from service.bootstrap import Services
from service.core.errors import EdgeUnavailable, RedisUnavailable, SettingsError
from service.core.metrics import Metrics
from service.core.redis import RedisLink
from service.core.settings.loader import load
from service.core.settings.model import Settings
from service.core.settings.serving import Edge
from service.push.edge import Purger, Purges, purging
from service.storage.migrations import migrate
from service.worker import announcer, edge_workers
from tests.support.articles import submission
from tests.support.build import opened
from tests.support.scripted import Asked, Script, Scripted
from tests.support.server import eventually, free_port

TOKEN = "rahasia-sekali"
SUCCESS = Script(body=json.dumps({"success": True, "errors": [], "result": {"id": "abc"}}).encode())


@pytest.fixture
def api() -> Iterator[Scripted]:
    """A cache or a provider, which confirms."""
    with Scripted() as server:
        server.script = SUCCESS
        yield server


def edge(kind: str, *addresses: str) -> Edge:
    return Edge.model_validate({"kind": kind, "addresses": addresses, "token": TOKEN, "zone": "zona1"})


def purges(edge: Edge, link: RedisLink, metrics: Metrics | None = None) -> Purges:
    """Purges of a cache that Redis knows, with nothing that waits."""
    purges = Purges(edge, link, metrics or Metrics())
    for purger in purges.purgers:
        purger.queue.confirm(purger.queue.take_due(1))
    return purges


# --- what is sent --------------------------------------------------------------------------------------------


def headers(asked: Asked, *names: str) -> list[str | None]:
    return [asked.headers.get(name) for name in names]


def test_varnish_is_asked_with_its_key(api: Scripted, link: RedisLink) -> None:
    [purger] = purges(edge("varnish", api.address), link).purgers
    purger.purge(["latest", "category/dinamika"])
    [asked] = api.asked
    assert (asked.method, asked.path) == ("PURGE", "/")
    assert headers(asked, "Surrogate-Key", "Authorization") == ["latest category/dinamika", f"Bearer {TOKEN}"]
    open_to_all = Edge(kind="varnish", addresses=(api.address,))
    Purger(open_to_all, api.address, link, Metrics()).purge(["latest"])
    assert "Authorization" not in api.asked[-1].headers


def test_fastly_is_asked_softly(api: Scripted, link: RedisLink) -> None:
    [purger] = purges(edge("fastly", api.address), link).purgers
    purger.purge(["latest", "directory"])
    [asked] = api.asked
    assert (asked.method, asked.path, asked.body) == ("POST", "/service/zona1/purge", b"")
    sent = headers(asked, "Surrogate-Key", "Fastly-Key", "Fastly-Soft-Purge")
    assert sent == ["latest directory", TOKEN, "1"]


def test_cloudflare_is_asked_for_thirty_tags_at_most(api: Scripted, link: RedisLink) -> None:
    ordered = purges(edge("cloudflare", f"{api.address}/client/v4/"), link)
    ordered.order([f"tag/{n}" for n in range(70)])
    ordered.purgers[0].deliver()
    assert {(asked.method, asked.path) for asked in api.asked} == {("POST", "/client/v4/zones/zona1/purge_cache")}
    assert api.asked[0].headers["Authorization"] == f"Bearer {TOKEN}"
    tags = [json.loads(asked.body)["tags"] for asked in api.asked]
    assert [len(some) for some in tags] == [30, 30, 10]
    assert {tag for some in tags for tag in some} == {f"tag/{n}" for n in range(70)}


def test_the_providers_are_where_they_are_unless_the_settings_know_better(link: RedisLink) -> None:
    addresses = [purger.url for kind in ("fastly", "cloudflare") for purger in purges(edge(kind), link).purgers]
    assert addresses == ["https://api.fastly.com", "https://api.cloudflare.com/client/v4"]


def test_a_header_never_gets_too_long(api: Scripted, link: RedisLink) -> None:
    [purger] = purges(edge("varnish", api.address), link).purgers
    tags = [f"tag/{'x' * 200}-{n}" for n in range(100)]
    purger.purge(tags)
    sent = [asked.headers["Surrogate-Key"] for asked in api.asked]
    assert max(map(len, sent)) <= 4_000
    assert " ".join(sent).split(" ") == tags


def test_everything_makes_all_other_tags_needless(api: Scripted, link: RedisLink) -> None:
    ordered = purges(edge("fastly", api.address), link)
    ordered.order(["latest"])
    ordered.renew()
    ordered.renew()
    ordered.purgers[0].deliver()
    assert [asked.headers["Surrogate-Key"] for asked in api.asked] == ["warta"]


# --- what is answered ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("script", "said"),
    [
        (Script(401, b'{"msg": "rahasia-sekali is not valid"}'), "answers 401; is edge.token right?"),
        (Script(403), "answers 403; is edge.token right?"),
        (Script(429, headers={"Retry-After": "1"}), "answers 429"),
        (Script(500), "answers 500"),
        (Script(302, headers={"Location": "http://127.0.0.1:1/"}), "answers 302"),
        (Script(body=b'{"success": false, "errors": [{"code": 1012}]}'), "does not confirm a purge"),
        (Script(body=b"<html>"), "does not confirm a purge"),
        (Script(body=b"[]"), "does not confirm a purge"),
        (Script(delay=5), "does not answer: no whole answer within 0.4 seconds"),
        (Script(refuses=True), "does not answer: the server closed the connection without an answer"),
    ],
    ids=["401", "403", "429", "500", "302", "no success", "no JSON", "no object", "hang", "closed"],
)
def test_what_is_not_confirmed_waits_on(
    api: Scripted, link: RedisLink, script: Script, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(purging, "PURGE_TIMEOUT_SECONDS", 0.4 if script.delay else 10)
    monkeypatch.setattr(purging, "FIRST_PAUSE_SECONDS", 0.05)
    metrics = Metrics()
    ordered = purges(edge("cloudflare", api.address), link, metrics)
    [purger] = ordered.purgers
    ordered.order(["latest"])
    api.script = script
    for _ in range(3):  # it is asked once: the other times it is too early
        with pytest.raises(EdgeUnavailable) as failure:
            purger.deliver()
        assert str(failure.value) == f"{api.address} {said}"
    assert len(api.asked) == (0 if script.refuses else 1)
    api.script = SUCCESS

    def delivered() -> bool:
        try:
            purger.deliver()
        except EdgeUnavailable:
            return False
        return True

    eventually(delivered)
    assert json.loads(api.asked[-1].body) == {"tags": ["latest"]}
    assert b'warta_edge_purges_total{outcome="failed"} 1.0' in metrics.text()
    assert b'warta_edge_purges_total{outcome="confirmed"} 1.0' in metrics.text()
    assert b"warta_edge_delay_seconds_count 1.0" in metrics.text()
    assert b'warta_edge_delay_seconds_bucket{le="0.01"} 0.0' in metrics.text()  # the wait after the failure counts


def test_missing_feeds_and_invalid_names_get_the_same_answer(link: RedisLink) -> None:
    for address in (f"http://127.0.0.1:{free_port()}", "https://127.0.0.1:1", f"http://{'x' * 64}.invalid"):
        with pytest.raises(EdgeUnavailable, match=f"^{address} does not answer: "):
            Purger(edge("varnish", address), address, link, Metrics()).try_out()


@pytest.mark.parametrize(("kind", "expected"), [("fastly", [0.5, 1, 2, 4, 8, 10]), ("varnish", [0.5] * 6)])
def test_pauses_get_longer_and_end_with_the_first_success(
    api: Scripted, link: RedisLink, monkeypatch: pytest.MonkeyPatch, kind: str, expected: list[float]
) -> None:
    """Not at Varnish: one that has just started serves at once, and a change must not wait for its first purge."""
    now = 1000.0
    monkeypatch.setattr(time, "monotonic", lambda: now)
    ordered = purges(edge(kind, api.address), link)
    [purger] = ordered.purgers

    def pauses(count: int) -> list[float]:
        """How long nobody is asked after each failure."""
        nonlocal now
        ordered.order(["latest"])
        times: list[float] = []
        while len(times) <= count:
            asked = len(api.asked)
            with pytest.raises(EdgeUnavailable):
                purger.deliver()
            times += [now] * (len(api.asked) - asked)
            now += 0.25
        now += 100
        return [after - before for before, after in pairwise(times)]

    api.script = Script(500)
    assert pauses(6) == expected
    api.script = SUCCESS
    purger.deliver()
    api.script = Script(500)
    assert pauses(1) == [0.5]


# --- from the change to the edge -----------------------------------------------------------------------------


@pytest.fixture
def newsroom(settings: Settings, api: Scripted) -> Iterator[tuple[Services, Scripted]]:
    """A newsroom with two caches in front of it; the second is not there."""
    addresses = (api.address, f"http://127.0.0.1:{free_port()}")
    with opened(settings.model_copy(update={"edge": edge("varnish", *addresses)})) as services:
        yield services, api


def sent(api: Scripted) -> set[str]:
    return {tag for asked in api.asked for tag in asked.headers["Surrogate-Key"].split()}


def test_every_change_reaches_each_cache_that_answers(
    newsroom: tuple[Services, Scripted], caplog: pytest.LogCaptureFixture
) -> None:
    """Also one that a crash left behind, and the first start; a cache that is away keeps no other waiting."""
    caplog.set_level(logging.WARNING)
    services, api = newsroom
    workers = [announcer(services), *edge_workers(services)]

    def rounds() -> None:
        for worker in workers:
            worker.round()

    rounds()
    assert "warta" in sent(api)
    api.asked.clear()
    services.publisher.put([submission("satu", tags=["ASEAN"])])
    rounds()
    assert sent(api) >= {"latest", "category/dinamika", "tag/asean", "directory", "popular/entered"}
    eventually(lambda: rounds() or "latest" not in waiting(services, 0))  # type: ignore[func-returns-value]
    api.asked.clear()
    services.store.put([submission("dua", categories=["Ekonomi"])], services.publisher._clock())  # and a crash
    rounds()
    assert sent(api) >= {"latest", "category/ekonomi", "directory"}
    api.asked.clear()
    services.announcements.invalidate_all()
    rounds()
    assert sent(api) >= {"latest", "category/dinamika", "category/ekonomi", "tag/asean", "directory"}
    away = services.edge.purgers[1].url
    failures = [record.getMessage() for record in caplog.records if away in record.getMessage()]
    assert len(failures) == 1
    assert "latest" in waiting(services, 1) or "warta" in waiting(services, 1)


def waiting(services: Services, cache: int) -> list[str]:
    with services.redis.use() as redis:
        return [member.decode()[1:] for member in redis.zrange(services.edge.purgers[cache].queue.key, 0, -1)]


def test_without_redis_a_change_waits_in_the_log(settings: Settings, api: Scripted, tmp_path: Path) -> None:
    """No cursor passes it before Redis has the purge."""
    changed = {"edge": edge("varnish", api.address), "redis_url": SecretStr("unix:///tiada.sock")}
    services = Services.build(settings.model_copy(update=changed))
    migrate(services.database)
    services.publisher.put([submission("satu")])
    with pytest.raises(RedisUnavailable):
        services.announcements.announce_due()
    assert not services.announcements.is_complete()
    with pytest.raises(RedisUnavailable):
        services.edge.renew()
    services.close()


def test_without_an_edge_nothing_waits_and_nobody_works(services: Services) -> None:
    services.publisher.put([submission("satu")])
    services.edge.renew()
    assert edge_workers(services) == []
    with services.redis.use() as redis:
        assert redis.keys("warta:{edge}:*") == []


# --- settings ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"KIND": "squid"}, "WARTA_EDGE__KIND: must be empty, 'varnish', 'fastly' or 'cloudflare'"),
        ({"KIND": "varnish"}, "addresses must list every Varnish, because edge.kind is varnish"),
        ({"KIND": "varnish", "ADDRESSES": "10.0.0.5:6081"}, "WARTA_EDGE__ADDRESSES: must be an http or https URL"),
        ({"KIND": "fastly", "ZONE": "abc"}, "token must be set, because edge.kind is fastly"),
        ({"KIND": "cloudflare", "TOKEN": "x"}, "zone must be set, because edge.kind is cloudflare"),
        ({"ZONE": "a/b"}, "WARTA_EDGE__ZONE: "),
        ({"TOKEN": "dua kata"}, "WARTA_EDGE__TOKEN: must be printable ASCII without spaces"),
        ({"MAX_AGE": "0"}, "WARTA_EDGE__MAX_AGE: "),
    ],
    ids=lambda value: str(value) if isinstance(value, dict) else "",
)
def test_a_setting_that_cannot_be_is_named(given: Mapping[str, str], said: str) -> None:
    with pytest.raises(SettingsError) as failure:
        load({f"WARTA_EDGE__{name}": value for name, value in given.items()})
    assert said in str(failure.value)
    assert "dua kata" not in str(failure.value)


def test_the_token_is_never_shown() -> None:
    settings = Settings(edge=Edge(kind="fastly", token=SecretStr(TOKEN), zone="abc"))
    shown: list[Callable[[], str]] = [settings.__repr__, settings.__str__, settings.model_dump_json]
    assert [TOKEN in show() for show in shown] == [False] * 3
