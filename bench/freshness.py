"""The time from the answer to a `PUT` until every worker of another host serves the change, and until Varnish does.

Two servers with data directories of their own are two hosts, with two workers each. They share PostgreSQL and Redis.
Varnish, if the machine has it, caches the documents of the host that does not get the `PUT`. Clients of that host and
of Varnish request the feed without a pause, until each has the new article. All are on this machine: the figures have
no network in them.
"""

import json
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from pathlib import Path
from statistics import median, quantiles
from urllib.parse import urlsplit

from bench.machine import table
from bench.newsroom import articles
from bench.results import Run
from bench.server import Running, environment, free_port, serving, warta
from bench.wire import Wire
from service.core.redis import PrivateRedis
from tests.support.postgres import PostgresServer
from tests.support.varnish import KEY, MODULES, VARNISHD, Varnish

ARTICLES = 200
CLIENTS = 4  # of the other host; a worker has about two of them
PAUSE_SECONDS = 0.3  # between two changes
PROMISED_MILLISECONDS = {"other host": 250.0, "edge": 1_000.0}  # p99


def run(record: Run) -> None:
    rounds = 10 if record.quick else 200
    with tempfile.TemporaryDirectory(prefix="warta-bench-") as name, ExitStack() as stack:
        first, second, edge = _newsroom(Path(name), stack)
        token = first.command("token", "create", "bench", "--scope", "articles:write")
        watched = {"other host": [second.base] * CLIENTS, **({"edge": [edge]} if edge else {})}
        delays = [_delays(first, watched, token, n) for n in range(rounds)]
    figures = {place: _figures([each[place] for each in delays]) for place in watched}
    print(f"{rounds} changes; the other host has 2 workers and {CLIENTS} clients")
    rows = [[place, *(f"{value:.0f} ms" for value in each.values())] for place, each in figures.items()]
    table(["from the answer to a PUT to", "p50", "p99", "longest"], rows)
    record.keep(figures)
    for place, each in figures.items():
        promised = PROMISED_MILLISECONDS[place]
        assert each["p99"] <= promised, f"{place}: p99 is {each['p99']:.0f} ms, more than {promised:.0f}"


def _figures(delays: Sequence[float]) -> dict[str, float]:
    p99 = quantiles(delays, n=100, method="inclusive")[98]
    return {"p50": median(delays), "p99": p99, "longest": max(delays)}


def _newsroom(folder: Path, stack: ExitStack) -> tuple[Running, Running, str]:
    """Two hosts, and the URL of the Varnish of the second one; empty without Varnish."""
    port = free_port()
    edge = {"WARTA_EDGE__KIND": "varnish", "WARTA_EDGE__ADDRESSES": f"http://127.0.0.1:{port}"}
    edge |= {"WARTA_EDGE__TOKEN": KEY}
    if not (VARNISHD and MODULES):
        print("varnishd is not on PATH: the edge was not measured. Debian's packages: varnish, varnish-modules")
        return *_two_hosts(folder, stack, {}), ""
    first, second = _two_hosts(folder, stack, edge)
    varnish = stack.enter_context(Varnish(urlsplit(second.base).port or 0, port=port))
    return first, second, varnish.address


def _two_hosts(folder: Path, stack: ExitStack, settings: Mapping[str, str]) -> tuple[Running, Running]:
    # A folder of its own: as root, PostgreSQL runs as another user.
    database = PostgresServer(Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="warta-pg-"))))
    stack.callback(database.stop)
    database.start()
    redis = PrivateRedis(folder / "redis")
    redis.start()
    stack.callback(redis.stop)
    shared = {"WARTA_DATABASE_URL": database.empty_database(), "WARTA_REDIS_URL": redis.url, **settings}
    hosts: list[Running] = []
    for name in ("a", "b"):
        data = folder / name
        data.mkdir()
        if not hosts:
            _fill(data, shared)
        hosts.append(stack.enter_context(serving(data, workers=2, settings=shared)))
    return hosts[0], hosts[1]


def _fill(data: Path, shared: dict[str, str]) -> None:
    lines = data / "articles.jsonl"
    lines.write_text("".join(json.dumps(article) + "\n" for article in articles(ARTICLES)))
    env = {**environment(data, "http://127.0.0.1:8000"), **shared}
    warta(["migrate"], env)
    warta(["import", str(lines)], env)


def _delays(first: Running, watched: Mapping[str, Sequence[str]], token: str, n: int) -> dict[str, float]:
    """Milliseconds from the answer to a `PUT` on the first host until the last client of each place has the change.

    `watched` has the base URLs of the clients by place.
    """
    time.sleep(PAUSE_SECONDS)
    [article] = articles(1)
    body = json.dumps({**article, "id": f"baru-{n}", "title": f"Berita {n}", "published_at": None})
    changed = threading.Event()

    def poll(base: str) -> float:
        with closing(Wire(base)) as wire:
            before = wire.get("/latest.json").etag
            changed.wait()
            while wire.get("/latest.json").etag == before:
                pass
            return time.perf_counter()

    with ThreadPoolExecutor(sum(map(len, watched.values()))) as clients:
        polling = {place: [clients.submit(poll, base) for base in bases] for place, bases in watched.items()}
        time.sleep(0.05)  # all have the feed as it was
        changed.set()
        with closing(Wire(first.base)) as wire:
            assert wire.send("PUT", f"/api/articles/baru-{n}", body.encode(), token).status == 201
        answered = time.perf_counter()
        return {
            place: max(max(each.result(timeout=10) for each in polls) - answered, 0.0) * 1000
            for place, polls in polling.items()
        }
