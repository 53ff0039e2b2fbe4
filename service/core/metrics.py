"""Metrics for Prometheus: one object, which every part of the service that counts receives."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest, start_http_server, values
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_BUCKETS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)

_DELAYS = (0.05, 0.1, 0.2, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0, 1800.0, 3600.0, 21600.0)


def share(folder: Path) -> None:
    """Keep the values of this process, and of those that it starts, in files in `folder`. `Metrics.text` sums them."""
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(folder)
    values.ValueClass = values.get_value_class()  # the import of the module has chosen the class without the folder


class Metrics:
    """Counters, gauges and histograms of this process; `text` sums them over all workers of `warta serve`."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self.requests = Counter(
            "warta_requests",
            "HTTP requests by endpoint, method and status.",
            ("endpoint", "method", "status"),
            registry=self._registry,
        )
        self.request_seconds = Histogram(
            "warta_request_seconds",
            "Time to answer, by endpoint; not of requests that memory answers.",
            ("endpoint",),
            buckets=_BUCKETS,
            registry=self._registry,
        )
        self.documents = Counter(
            "warta_documents",
            "Feed documents by how they came: held, fresh, built, previous, stale.",
            ("how",),
            registry=self._registry,
        )
        self.build_seconds = Histogram(
            "warta_build_seconds",
            "Time to build a feed document, by format.",
            ("format",),
            buckets=_BUCKETS,
            registry=self._registry,
        )
        self.left_out = Counter(
            "warta_left_out",
            "Articles left out of a partner's feed each time that it is built, by profile.",
            ("profile",),
            registry=self._registry,
        )
        self.views = Counter(
            "warta_views",
            "Page views by fate: counted, repeated, limited, bot, prefetch, no agent, unknown, waiting, dropped.",
            ("fate",),
            registry=self._registry,
        )
        self.forwarding_problems = Counter(
            "warta_forwarding_problems",
            "Page views, and clients that poll, whose forwarding headers are not used: untrusted, unreadable.",
            ("problem",),
            registry=self._registry,
        )
        self.articles = Counter(
            "warta_articles",
            "Articles handed in, by outcome.",
            ("outcome",),
            registry=self._registry,
        )
        self.edge_purges = Counter(
            "warta_edge_purges",
            "Purges of the edge by outcome: confirmed, failed.",
            ("outcome",),
            registry=self._registry,
        )
        self.edge_delay_seconds = Histogram(
            "warta_edge_delay_seconds",
            "Time from the order of a purge, right after the commit of its change, to its confirmation by the cache.",
            buckets=_BUCKETS,
            registry=self._registry,
        )
        self.hub_verifications = Counter(
            "warta_hub_verifications",
            "Verifications of the hub's subscribers by outcome: confirmed, failed, denied.",
            ("outcome",),
            registry=self._registry,
        )
        self.hub_deliveries = Counter(
            "warta_hub_deliveries",
            "Deliveries of the hub by outcome: delivered, failed, given up, ended.",
            ("outcome",),
            registry=self._registry,
        )
        self.hub_delay_seconds = Histogram(
            "warta_hub_delay_seconds",
            "Time from the commit of a change to the answer of a subscriber that got it.",
            buckets=_DELAYS,
            registry=self._registry,
        )
        self.webhook_deliveries = Counter(
            "warta_webhook_deliveries",
            "Deliveries of events, by webhook and outcome: delivered, failed, given up.",
            ("webhook", "outcome"),
            registry=self._registry,
        )
        self.webhook_delay_seconds = Histogram(
            "warta_webhook_delay_seconds",
            "Time from a change to the answer of a webhook that got its event, by webhook.",
            ("webhook",),
            buckets=_DELAYS,
            registry=self._registry,
        )
        self.hub_pings = Counter(
            "warta_hub_pings",
            "Pings of hubs of others, by hub and outcome: accepted, failed, unfetched (no poll followed).",
            ("hub", "outcome"),
            registry=self._registry,
        )
        self.hub_lag_seconds = Histogram(
            "warta_hub_lag_seconds",
            "Time from the ping of a hub of others to its poll, by hub.",
            ("hub",),
            buckets=(0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0, 600.0),
            registry=self._registry,
        )
        self.change_seconds = Histogram(
            "warta_change_seconds",
            "Time from the commit of a change on another host until this host knows of it, by the clocks of both.",
            buckets=_BUCKETS,
            registry=self._registry,
        )
        self.waiting_requests = Gauge(
            "warta_waiting_requests",
            "Long polls that wait for a change now.",
            registry=self._registry,
            multiprocess_mode="livesum",
        )
        self.redis_failures = Counter("warta_redis_failures", "Failed uses of Redis.", registry=self._registry)
        self._circuits_opened = Counter(
            "warta_circuits_opened",
            "Times that a process began to refuse a part that hangs, fails or is slow: store, redis.",
            ("part",),
            registry=self._registry,
        )
        self._open_circuits = Gauge(
            "warta_open_circuits",
            "Processes that refuse a part now: store, redis.",
            ("part",),
            registry=self._registry,
            multiprocess_mode="livesum",
        )

    def circuit(self, part: str) -> Callable[[bool], None]:
        """The report of a circuit breaker for this part: call it with True when it opens, with False when it closes."""
        opened, now_open = self._circuits_opened.labels(part), self._open_circuits.labels(part)

        def report(is_open: bool) -> None:
            opened.inc(is_open)
            now_open.set(is_open)

        return report

    @contextmanager
    def served(self, host: str, port: int) -> Iterator[None]:
        """Serve the metrics of this process over HTTP for the block, in a thread. Raises OSError for the port."""
        server, thread = start_http_server(port, host, self._registry)
        try:
            yield
        finally:
            server.shutdown()
            server.server_close()
            thread.join()

    def text(self) -> bytes:
        """The exposition of all values, in the Prometheus text format."""
        if "PROMETHEUS_MULTIPROC_DIR" in os.environ:  # set by `share`
            _forget_ended_processes(Path(os.environ["PROMETHEUS_MULTIPROC_DIR"]))
            registry = CollectorRegistry()
            MultiProcessCollector(registry)
            return generate_latest(registry)
        return generate_latest(self._registry)


def _forget_ended_processes(folder: Path) -> None:
    """Delete the gauges of processes that have ended. Their counters stay."""
    for file in folder.glob("gauge_live*_*.db"):
        pid = int(file.stem.rpartition("_")[2])
        if not Path(f"/proc/{pid}").exists():
            mark_process_dead(pid, str(folder))
