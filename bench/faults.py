"""Faults under load: feeds, PUTs and page views before, during and after a fault of PostgreSQL, Redis or the disk.

Each client sends a request at fixed times. The time of a request counts from then, also if the client could send it
only later because the server had not answered the one before. Editors, who send PUTs, are the exception: while one of
their articles is being stored, they send no other, also not afterwards all at once.
"""

import json
import threading
import time
from collections import defaultdict
from collections.abc import Mapping
from contextlib import closing, suppress
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from bench.faulty_newsroom import ARTICLES, FAULTS, faulty_newsroom
from bench.machine import table
from bench.newsroom import CATEGORIES, articles
from bench.results import Run
from bench.server import Running
from bench.wire import Answer, Wire
from service.articles.slugs import slug

NO_ANSWER_SECONDS = 10  # seconds after which a client gives up
SETTLING_SECONDS = 3.0  # seconds after the end of a fault that belong to it
PROMISED_MILLISECONDS = 250.0  # p99 of the feeds that were served before, whatever hangs
PHASES = ("before", "fault", "after")
FEEDS = [
    f"/{feed}.{extension}"
    for feed in ("latest", "popular", *(f"category/{slug(name)}" for name in CATEGORIES[:6]))
    for extension in ("rss", "atom", "json")
]
# The kinds of requests: number of clients, and seconds between two requests of a client.
CLIENTS = {
    "feeds": (8, 0.1),
    "feeds, never served before": (1, 0.2),
    "front page": (1, 0.5),
    "PUT": (2, 1.0),
    "views": (2, 0.1),
    "/readyz": (1, 0.25),
}
BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


@dataclass
class Measured:
    """The times of requests in milliseconds, and the answers that were errors (by status; 0: none came)."""

    times: list[float] = field(default_factory=list)
    errors: dict[int, int] = field(default_factory=lambda: defaultdict(int))

    def percentile(self, part: float) -> float:
        return sorted(self.times)[int(len(self.times) * part)] if self.times else 0.0

    @property
    def failures(self) -> str:
        return (
            ", ".join(f"{times} × {status or 'no answer'}" for status, times in sorted(self.errors.items())) or "none"
        )


class Load:
    """All clients, each in a thread of its own. `phase` is the phase to which requests that begin now belong."""

    def __init__(self, server: Running, token: str) -> None:
        self.phase = "before"
        self.measured: dict[tuple[str, str], Measured] = defaultdict(Measured)
        self._server = server
        self._token = token
        self._stopping = threading.Event()
        self._lock = threading.Lock()
        self._threads = [
            threading.Thread(target=self._run, args=(kind, number, pause))
            for kind, (clients, pause) in CLIENTS.items()
            for number in range(clients)
        ]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        self._stopping.set()
        for thread in self._threads:
            thread.join()

    def _run(self, kind: str, client: int, pause: float) -> None:
        due = time.perf_counter()
        wire: Wire | None = None
        for number in count(client):
            due += pause
            if kind == "PUT":
                due = max(due, time.perf_counter())
            if self._stopping.wait(max(due - time.perf_counter(), 0)):
                break
            phase, status = self.phase, 0
            with suppress(OSError, IndexError, ValueError):
                wire = wire or Wire(self._server.base, NO_ANSWER_SECONDS)
                status = self._send(wire, kind, client, number).status
            if phase == "before":
                phase = self.phase  # the fault has come while the request ran
            with self._lock:
                measured = self.measured[kind, phase]
                measured.times.append((time.perf_counter() - due) * 1000)
                if not 0 < status < 500:
                    measured.errors[status] += 1
            if not status and wire:
                wire.close()
                wire = None
        if wire:
            wire.close()

    def _send(self, wire: Wire, kind: str, client: int, number: int) -> Answer:
        match kind:
            case "feeds":
                return wire.get(FEEDS[number % len(FEEDS)])
            case "feeds, never served before":
                return wire.get(f"/tag/belum-{client}-{number}.rss")
            case "PUT":
                id_ = f"baru-{client}-{number}"
                body = json.dumps({**_ARTICLE, "id": id_})
                return wire.send("PUT", f"/api/articles/{id_}", body.encode(), self._token)
            case "views":
                path = f"/articles/bench-{number % ARTICLES}/views"
                return wire.send("POST", path, b"", agent=f"{BROWSER}.{client}.{number}")
            case "front page":
                return wire.get("/")
        return wire.get(kind)


_ARTICLE = next(articles(1)) | {"categories": CATEGORIES[:6], "published_at": "2026-10-01T00:00:00Z"}


def run(record: Run) -> None:
    before, fault = (2, 5) if record.quick else (10, 25)
    figures: dict[str, Any] = {}
    missed = []
    for each in FAULTS:
        with faulty_newsroom(each) as (server, parts):
            load = Load(server, server.command("token", "create", "bench", "--scope", "articles:write"))
            for path in FEEDS:
                with closing(Wire(server.base)) as wire:
                    wire.get(path)
            load.start()
            time.sleep(before)
            load.phase = "fault"
            with each.happens(parts):
                time.sleep(fault)
            time.sleep(SETTLING_SECONDS)
            load.phase = "after"
            time.sleep(before)
            load.stop()
        print(
            f"\n{each.name} for {fault} seconds, store in {each.store}, {sum(n for n, _ in CLIENTS.values())} clients"
        )
        _show(load.measured)
        figures[f"{each.name}, {each.store}"] = _figures(load.measured)
        if (p99 := load.measured["feeds", "fault"].percentile(0.99)) > PROMISED_MILLISECONDS:
            missed.append(f"{each.name} ({each.store}): p99 of feeds {p99:.0f} ms")
    record.keep(figures)
    assert not missed, "; ".join(missed)


def _show(measured: Mapping[tuple[str, str], Measured]) -> None:
    rows = []
    for kind in CLIENTS:
        for phase in PHASES:
            each = measured[kind, phase]
            times = [f"{each.percentile(part):.0f} ms" for part in (0.5, 0.99, 1 - 1e-9)]
            rows.append([f"{kind}, {phase}", str(len(each.times)), *times, each.failures])
    table(["requests, phase", "number", "p50", "p99", "longest", "errors"], rows)


def _figures(measured: Mapping[tuple[str, str], Measured]) -> dict[str, Any]:
    return {
        f"{kind}, {phase}": {
            "requests": len(each.times),
            "p50": round(each.percentile(0.5), 1),
            "p99": round(each.percentile(0.99), 1),
            "errors": {str(status): times for status, times in each.errors.items()},
        }
        for (kind, phase), each in sorted(measured.items())
    }
