"""`GET /api/readers`: the report, for whoever may read it."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
from flask.testing import FlaskClient

from service.bootstrap import Services
from service.storage import Scope
from tests.support.answers import payload, refusal
from tests.support.articles import submission


@pytest.fixture
def reading(services: Services) -> dict[str, str]:
    """Headers that let a request read statistics."""
    return {"Authorization": f"Bearer {services.tokens.create('redaksi', Scope.STATS_READ, datetime.now(UTC))}"}


def test_the_report_is_that_of_the_store(client: FlaskClient, services: Services, reading: Mapping[str, str]) -> None:
    services.publisher.put([submission("satu")])
    client.get("/latest.rss", headers={"User-Agent": "NetNewsWire"})
    services.readership.store()
    answer = client.get("/api/readers?days=1", headers=reading)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert payload(answer) == services.readership.report(1).as_json()
    [feed] = payload(answer)["feeds"]
    assert (feed["feed"], feed["single"], feed["days"][0]["day"]) == ("latest", 1, str(datetime.now(UTC).date()))


def test_the_report_covers_a_week_by_default(client: FlaskClient, reading: Mapping[str, str]) -> None:
    told = payload(client.get("/api/readers", headers=reading))
    assert told == payload(client.get("/api/readers?days=7", headers=reading))
    since, until = (datetime.fromisoformat(told[name]) for name in ("since", "until"))
    assert (until - since).days == 6


def test_who_may(client: FlaskClient, token: Mapping[str, str]) -> None:
    assert client.get("/api/readers").status_code == 401
    answer = client.get("/api/readers", headers=token)
    assert answer.status_code == 403
    assert refusal(answer) == "the token's scope is articles:write; this needs stats:read"


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        *(
            (f"days={n}", "days: must be a number from 1 to 90")
            for n in ("0", "91", "100", "-1", "x", "", "01", "1.5", "٣")
        ),
        ("days=1&days=2", "days: is given more than once"),
        ("hari=7", "hari: there is no such parameter, only days, limit, offset, feed"),
        *((f"limit={n}", "limit: must be a number from 1 to 1000") for n in ("0", "1001", "x")),
        *((f"offset={n}", "offset: must be a number from 0 to 1000000") for n in ("-1", "1000001", "01")),
    ],
)
def test_what_is_asked_must_be_understood(
    client: FlaskClient, reading: Mapping[str, str], query: str, reason: str
) -> None:
    answer = client.get(f"/api/readers?{query}", headers=reading)
    assert answer.status_code == 400
    assert refusal(answer) == reason


def test_a_report_has_a_part_of_the_feeds_and_the_sums_of_all(
    client: FlaskClient, services: Services, reading: Mapping[str, str]
) -> None:
    services.publisher.put([submission("satu", categories=["Dinamika", "Politik"])])
    feeds = ("latest", "category/dinamika", "category/politik")
    for place, feed in enumerate(feeds):
        for number in range(3 - place):
            agent = {"User-Agent": "NetNewsWire", "X-Forwarded-For": f"198.51.100.{number}"}
            client.get(f"/{feed}.rss", headers=agent, environ_overrides={"REMOTE_ADDR": f"198.51.100.{number}"})
    services.readership.store()

    def report(query: str) -> dict[str, Any]:
        told: dict[str, Any] = payload(client.get(f"/api/readers?{query}", headers=reading))
        return told

    def names(query: str) -> list[str]:
        return [feed["feed"] for feed in report(query)["feeds"]]

    assert names("days=1") == [*feeds]
    assert names("limit=1") == ["latest"]
    assert names("limit=2&offset=1") == [*feeds[1:]]
    assert names("feed=category/politik") == ["category/politik"]
    assert names("offset=3") == []
    for query in ("limit=1", "limit=2&offset=1", "feed=category/politik"):
        told = report(query)
        assert (told["feed_count"], told["hosted"], told["single"]) == (3, 0, 6)
        assert [day["polls"] for day in told["days"]] == [6]
        assert told["clients"] == [{"name": "NetNewsWire", "hosted": 0, "single": 6}]
    for unknown in ("tiada", "%00", "%ef%bf%bf"):
        answer = client.get(f"/api/readers?feed={unknown}", headers=reading)
        assert answer.status_code == 404


def test_a_token_to_read_statistics_writes_nothing(client: FlaskClient, reading: Mapping[str, str]) -> None:
    assert client.put("/api/articles/x", json={"title": "x"}, headers=reading).status_code == 403
