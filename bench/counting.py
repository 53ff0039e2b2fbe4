"""Page views: beacons a second through HTTP, and the time of a ranking among a million articles with full buckets."""

import json
import os
import re
import shutil
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from random import Random
from statistics import median
from typing import Any

from redis import Redis

from bench.machine import LOAD_CORE, SERVER_CORE, table
from bench.newsroom import articles
from bench.results import Run
from bench.server import Running, environment, pinned, serving, warta
from service.core.metrics import Metrics
from service.core.redis import PrivateRedis, RedisLink
from service.core.settings.model import Settings
from service.feeds.names import LATEST, TRENDING, CountableArticle
from service.views import WINDOWS, RedisViews, ViewCounter

ARTICLES = 200
SCRIPT = Path(__file__).with_name("beacons.lua")
HOUR, HOURS, MEMBERS = 3600, 168, 10_000
LIMIT = 50
QUIET = 1.5  # seconds without a new view, after which all views count as counted
SETTLING = 5.0  # seconds for which Redis frees memory and writes its file before the measurement
DELAY = 1  # milliseconds between two requests of a connection
PORTION = 5_000  # articles that are registered in one call
# The steps of time, in seconds, in which views are restored, and the number of buckets of each step in its window.
_STEPS = {window.seconds: window.buckets for window in WINDOWS}


def run(record: Run) -> None:
    figures: dict[str, Any] = {}
    if shutil.which("wrk"):
        figures["beacons"] = _beacons(2 if record.quick else 15)
    else:
        print("wrk is not on PATH: no beacons were sent. Debian's package: apt-get install wrk")
    figures["ranking"] = _ranking(*((2_000, 100) if record.quick else (1_000_000, MEMBERS)))
    record.keep(figures)


# --- beacons -------------------------------------------------------------------------------------------------


def _beacons(seconds: int) -> dict[str, float]:
    """Measure beacons: the server, its worker and Redis on one core, wrk on the other.

    Every request is a view that must count. The figures include the share of counted views.
    """
    with tempfile.TemporaryDirectory(prefix="warta-bench-") as name:
        data_dir = Path(name)
        lines = data_dir / "articles.jsonl"
        lines.write_text("".join(json.dumps(article) + "\n" for article in articles(ARTICLES)))
        warta(["import", str(lines)], environment(data_dir, "http://127.0.0.1:8000"))
        trusting = {"WARTA_TRUSTED_PROXIES": "127.0.0.1/32"}
        with serving(data_dir, core=SERVER_CORE, settings=trusting) as server:
            _sent(server, 1, first=10_000_000)
            _all_counted(server)
            [worker] = server.workers
            before, busy, started = _counted(server), _busy(worker), time.monotonic()
            told = _sent(server, seconds)
            counted = _all_counted(server) - before
            took, busy = time.monotonic() - started - QUIET, _busy(worker) - busy
    assert not told["refused"] and not told["lost"], told
    figures = {
        "answered": told["requests"] / told["microseconds"] * 1e6,
        "counted": counted / took,
        "share": counted / told["requests"],
        "per worker second": told["requests"] / busy,
        "p99": told["p99"] / 1000,
    }
    print(f"beacons of ever new readers, {seconds} s; worker, Redis and all on core {SERVER_CORE}, wrk on {LOAD_CORE}")
    table(
        ["answered a second", "counted a second", "per second of the worker", "of all", "p99"],
        [[*(f"{figures[name]:,.0f}" for name in ("answered", "counted", "per worker second")),
          f"{figures['share']:.2%}", f"{figures['p99']:.1f} ms"]],
    )  # fmt: skip
    return figures


def _sent(server: Running, seconds: int, first: int = 0) -> dict[str, int]:
    command = ["wrk", "-t1", "-c32", f"-d{seconds}s", "-s", str(SCRIPT), server.base]
    env = {**os.environ, "ARTICLES": str(ARTICLES), "FIRST": str(first), "DELAY": str(DELAY)}
    done = subprocess.run(pinned(command, LOAD_CORE), env=env, check=True, capture_output=True, text=True)
    return dict(json.loads(done.stdout.splitlines()[-1]))


def _all_counted(server: Running) -> int:
    """The number of counted views, as soon as it has not changed for QUIET seconds."""
    counted, since = -1, time.monotonic()
    while time.monotonic() < since + QUIET:
        if (now := _counted(server)) != counted:
            counted, since = now, time.monotonic()
        time.sleep(0.1)
    return counted


def _counted(server: Running) -> int:
    with urllib.request.urlopen(f"{server.base}/metrics") as answer:  # noqa: S310 - our own server
        found = re.search(r'warta_views_total{fate="counted"} (\S+)', answer.read().decode())
    return int(float(found[1])) if found else 0


def _busy(process: int) -> float:
    """Seconds of processor time that the process has used."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


# --- ranking -------------------------------------------------------------------------------------------------


def _ranking(known: int, members: int) -> dict[str, float]:
    """Measure the top of each window among `known` articles, then the work at the end of an hour.

    In each of 168 hours, `members` of the articles have views.
    """
    with tempfile.TemporaryDirectory(prefix="warta-bench-") as name:
        settings = Settings(data_dir=Path(name))
        redis = PrivateRedis(settings.data_dir)
        redis.start()
        try:
            patient = Redis.from_url(redis.url, socket_timeout=30)  # meanwhile Redis rewrites its large file
            return _ranked(settings, patient, known, members)
        finally:
            redis.stop()


def _ranked(settings: Settings, client: Any, known: int, members: int) -> dict[str, float]:
    now = [time.time() // HOUR * HOUR + HOUR / 2]
    link = RedisLink(client, Metrics())
    counter = ViewCounter(link, Metrics(), settings, lambda: now[0])
    client.config_set("maxmemory", 0)
    _register(counter, known, now[0])
    redis_views = RedisViews(link, settings)
    for step, buckets in _STEPS.items():
        redis_views.restore(_viewed(now[0], step, buckets, known, members))
    redis_views.end_restore()
    time.sleep(SETTLING)  # Redis frees deleted values and writes its file
    megabytes = client.info("memory")["used_memory"] / 2**20
    client.config_set("slowlog-log-slower-than", 0)
    client.config_set("slowlog-max-len", 100_000)
    client.slowlog_reset()
    windows = [*(window.name for window in WINDOWS), TRENDING]
    figures = {window: _milliseconds(partial(counter.rankings.top, LATEST, window, LIMIT), 200) for window in windows}
    now[0] += HOUR
    figures["an hour's end"] = _milliseconds(counter.rankings.retire, 1)
    slowest = max(client.slowlog_get(100_000), key=lambda each: each["duration"])
    figures["slowest command"] = slowest["duration"] / 1000
    print(f"top {LIMIT} of {known:,} articles, {members:,} in each of {HOURS} hours and of all other steps")
    table(["", "median"], [[name, f"{figure:.2f} ms"] for name, figure in figures.items()])
    figures["megabytes"] = megabytes
    print(
        f"Redis has {megabytes:,.0f} MB; the slowest of Redis's commands was {slowest['command'].split()[0].decode()}"
    )
    return figures


def _register(counter: ViewCounter, known: int, now: float) -> None:
    article = CountableArticle([], datetime.fromtimestamp(now - HOUR, UTC))
    for first in range(0, known, PORTION):
        counter.registered.register({f"a{n}": article for n in range(first, min(first + PORTION, known))})
    counter.registered.mark_complete()


def _viewed(now: float, step: int, buckets: int, known: int, members: int) -> Iterator[tuple[str, int, int, int]]:
    dice = Random(step)
    for bucket in range(buckets):
        start = int(now // step - bucket) * step
        for n in dice.sample(range(known), members):
            yield f"a{n}", step, start, 1 + int(dice.paretovariate(1.2))


def _milliseconds(call: Callable[..., object], times: int) -> float:
    taken = []
    for _ in range(times):
        started = time.perf_counter()
        call()
        taken.append((time.perf_counter() - started) * 1000)
    return median(taken)
