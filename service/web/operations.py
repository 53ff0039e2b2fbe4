"""Handlers for operators and their probes: liveness, readiness, metrics."""

import time
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

from flask import Response

from service.articles.dates import utc_now
from service.bootstrap import Services
from service.core.errors import WartaError
from service.core.metrics import CONTENT_TYPE
from service.web.http.json_answers import json_answer
from service.web.openapi import examples
from service.web.openapi.operation import Body, operation

_STATUS = {"type": "object", "required": ["status"], "properties": {"status": {"type": "string"}}}


class Operations:
    """Handlers that need no token, and that no cache keeps. Do not expose them at the public edge."""

    def __init__(self, services: Services) -> None:
        self._services = services

    @operation(
        "GET",
        "/healthz",
        "The state of the process",
        {200: Body("The process is alive.", _STATUS, example=examples.ALIVE)},
    )
    def healthz(self) -> Response:
        """Answer that the process is alive. Checks nothing else."""
        return json_answer({"status": "alive"})

    @operation(
        "GET",
        "/readyz",
        "The state of each part",
        {
            200: Body("Feeds can be served.", _STATUS, example=examples.READY),
            503: Body("No feed can be served.", _STATUS, example=examples.NOT_READY),
        },
    )
    def readyz(self) -> Response:
        """Report the state of each part, and the milliseconds of its check. 503 only when no feed can be served."""
        store = _check(lambda: {"empty": self._services.store.is_empty()})
        redis = _check(self._redis)
        views = _check(self._views)
        newest = _check(self._newest_article)
        hub = _check(self._hub) if self._services.settings.hub.enabled else {"state": "off"}
        parts = {"store": store, "redis": redis, "views": views, "hub": hub, "newest_article": newest}
        parts |= self._push()
        parts["search"] = _check(self._search)
        wrong = [name for name in ("store", "redis", "views") if parts[name]["state"] != "ok"]
        status = "down" if {"store", "redis"} <= {*wrong} else "degraded" if wrong else "ready"
        return json_answer({"status": status, "parts": parts}, 503 if status == "down" else 200)

    @operation(
        "GET",
        "/metrics",
        "Prometheus metrics",
        {200: Body("The metrics, in the text format 0.0.4.", media_types=("text/plain",), example=examples.METRICS)},
    )
    def metrics(self) -> Response:
        """Return the metrics in the Prometheus text format, summed over all workers."""
        return Response(self._services.metrics.text(), content_type=CONTENT_TYPE)

    def _push(self) -> dict[str, Any]:
        """Return the states of webhooks and of hubs that are pinged, if there are any. Feeds do not depend on them."""
        parts = {}
        urls = self._services.settings.hubs if self._services.settings.ping_hubs else ()
        if urls:
            now = utc_now()
            parts["hubs"] = _check(lambda: _counted(hub.state(now) for hub in self._services.hubs.hubs(urls)))
        webhooks = _check(lambda: _counted(webhook.state for webhook in self._services.webhooks.webhooks()))
        return parts | ({"webhooks": webhooks} if len(webhooks) > 2 else {})

    def _newest_article(self) -> dict[str, Any]:
        now = utc_now()
        newest = self._services.store.newest_published_at(now)
        if newest is None:
            return {"state": "none"}
        return {"published_at": newest.isoformat(), "age_seconds": int((now - newest).total_seconds())}

    def _search(self) -> dict[str, Any]:
        """Return the state of the index of the search, with the number of articles that may be missing in it.

        While the index is built, the search finds the articles that are in it. Feeds do not depend on it.
        """
        index = self._services.search_index.state()
        if index.missing_keys is None:
            return {
                "state": "waiting",
                "detail": "the index of the search will be built by warta serve or warta worker",
            }
        if not index.is_complete:
            return {"state": "building", "detail": "the index is being built", "missing": index.missing_keys}
        return {"lag": index.lag} if index.lag else {}

    def _views(self) -> dict[str, Any]:
        """Return the state of the view counter.

        A Redis that has lost its data is refilled from the store. Until that is done, popular feeds are short, and
        views wait.
        """
        return {} if self._services.counter.registered.is_complete() else {"state": "filling"}

    def _hub(self) -> dict[str, Any]:
        """Return the numbers of subscriptions of the hub. Subscribers that fail do not make the service unready."""
        return vars(self._services.hub_reports.totals())

    def _redis(self) -> dict[str, Any]:
        with self._services.redis.use() as redis:
            redis.ping()
        return {}


def _counted(states: Iterable[str]) -> dict[str, Any]:
    """Return the worst of the states, and the number of each."""
    counts = Counter(states)
    worst = next((state for state in ("disabled", "failing", "silent") if counts[state]), "ok")
    return {"state": worst, **counts}


def _check(part: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    started = time.perf_counter()
    try:
        outcome: dict[str, Any] = {"state": "ok", **part()}
    except WartaError:
        outcome = {"state": "unavailable"}  # the log has the reason; this page may be public
    outcome["ms"] = round((time.perf_counter() - started) * 1000, 2)
    return outcome
