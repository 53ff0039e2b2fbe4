"""What operators and their probes ask: alive, ready, measured, logged. Outages are in test_faults.py."""

import json
import logging

import pytest
from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families
from redis import Redis

from service.bootstrap import Services
from service.core.logging import JsonLines
from service.worker import search_worker
from tests.support.answers import payload
from tests.support.articles import submission
from tests.support.people import reader


def test_alive_and_ready_with_each_part_and_how_long_it_took(client: FlaskClient, services: Services) -> None:
    assert payload(client.get("/healthz")) == {"status": "alive"}
    empty = payload(client.get("/readyz"))
    assert (empty["status"], empty["parts"]["newest_article"]["state"]) == ("ready", "none")
    services.publisher.put([submission("satu"), submission("nanti", published_at="2199-01-01T00:00:00Z")])
    search_worker(services).round()
    answer = client.get("/readyz")
    ready = payload(answer)
    assert (answer.status_code, ready["status"]) == (200, "ready")
    assert ready["parts"].keys() == {"store", "redis", "views", "hub", "newest_article", "search"}
    for part in ready["parts"].values():
        assert part["state"] == "ok"
        assert part["ms"] >= 0
    assert ready["parts"]["newest_article"]["published_at"] == "2026-02-22T02:00:00+00:00"
    assert ready["parts"]["newest_article"]["age_seconds"] > 0
    for path in ("/healthz", "/readyz"):
        assert client.get(path).headers["Cache-Control"] == "no-store"


def test_while_a_redis_that_lost_everything_is_filled_again_the_service_is_degraded(
    client: FlaskClient, services: Services, redis_url: str
) -> None:
    services.publisher.put([submission("satu")])
    with Redis.from_url(redis_url) as redis:
        redis.flushall()
    answer = client.get("/readyz")
    ready = payload(answer)
    assert (answer.status_code, ready["status"], ready["parts"]["views"]["state"]) == (200, "degraded", "filling")
    services.view_persistence.refill()
    assert payload(client.get("/readyz"))["status"] == "ready"


def samples(client: FlaskClient) -> dict[tuple[str, ...], float]:
    """Every sample by its name and the values of its labels."""
    answer = client.get("/metrics")
    assert answer.content_type == "text/plain; version=0.0.4; charset=utf-8"
    families = text_string_to_metric_families(answer.get_data(as_text=True))
    return {(s.name, *map(str, s.labels.values())): s.value for family in families for s in family.samples}


def test_metrics_tell_what_was_served_counted_and_taken(client: FlaskClient, services: Services) -> None:
    services.publisher.put([submission("satu")])
    services.publisher.put([submission("satu"), submission("dua")])
    for _ in range(2):
        client.get("/latest.rss")
    services.memory.invalidate([])
    client.get("/latest.rss")
    client.get("/tiada")
    client.post("/articles/satu/views", headers=reader())
    client.post("/articles/tiada/views", headers=reader())
    services.counter.flush()
    seen = samples(client)
    assert seen["warta_requests_total", "Feeds_document", "GET", "200"] == 3
    assert seen["warta_requests_total", "Feeds_negotiated", "GET", "404"] == 1
    assert seen["warta_request_seconds_count", "Feeds_document"] == 3
    assert seen["warta_documents_total", "built"] == 1
    assert seen["warta_documents_total", "held"] == 1
    assert seen["warta_documents_total", "fresh"] == 1
    assert seen["warta_build_seconds_count", "rss"] == 1
    assert seen["warta_views_total", "counted"] == 1
    assert seen["warta_views_total", "unknown"] == 1
    assert seen["warta_articles_total", "added"] == 2
    assert seen["warta_articles_total", "unchanged"] == 1
    assert seen[("warta_redis_failures_total",)] == 0


def test_nobody_from_outside_can_add_series_without_end(client: FlaskClient) -> None:
    """Labels have few values, whatever is asked for. A busy machine may add a few for answers with 503."""

    def after(word: str) -> int:
        for n in range(10):
            client.get(f"/tag/{word}-{n}.rss")
            client.get(f"/{word}/{n}")
            client.post(f"/articles/{word}-{n}/views")
            client.get("/latest.rss", headers={"User-Agent": f"{word}/{n}"})
        return len(samples(client))

    samples(client)  # which is a request like any other
    first, second = after("satu"), after("dua")
    assert second - first < 5


def test_every_request_is_one_log_line(client: FlaskClient, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    client.get("/latest.rss?limit=2", headers={"User-Agent": 'pembaca/1 "x"'})
    client.get("/tiada%0A")
    client.post("/articles/satu/views")
    entries = [json.loads(JsonLines().format(record)) for record in caplog.records if record.name == "warta.request"]
    assert [(e["method"], e["path"], e["status"]) for e in entries] == [
        ("GET", "/latest.rss?limit=2", 200),
        ("GET", "/tiada\n", 404),
        ("POST", "/articles/satu/views", 404),
    ]
    assert entries[0].keys() == {
        "time",
        "level",
        "logger",
        "message",
        "method",
        "path",
        "status",
        "ms",
        "bytes",
        "agent",
    }
    assert entries[0]["agent"] == 'pembaca/1 "x"'
    assert entries[0]["bytes"] > 100
