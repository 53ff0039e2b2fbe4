"""Pages: answers a second of warm pages beside a warm feed, and the time of the front page and OPML at many topics."""

import json
import shutil
import subprocess
import tempfile
import time
import urllib.request
from pathlib import Path
from statistics import median

from bench.growing import build, growing
from bench.machine import LOAD_CORE, SERVER_CORE, table
from bench.results import Run
from bench.server import pinned, serving
from bench.serving import CONNECTIONS, SCRIPT, fill
from bench.wire import Wire

RATE = 0.8  # a warm page has at least this part of the rate of a warm feed with as many bytes
MAX_MILLISECONDS = 250  # for a page or a list that is built anew, however many topics there are
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
LISTS = ("/", "/feeds.opml", "/feeds.opml?all", "/feeds.json", "/feeds.json?q=topik-77", "/latest")


def run(record: Run) -> None:
    figures = {"rates": _rates(record.quick)} if shutil.which("wrk") else {}
    if not figures:
        print("wrk is not on PATH: the rates were not measured. Debian's package: apt-get install wrk")
    record.keep({**figures, "lists": _lists(record.quick)})


def _rates(quick: bool) -> dict[str, float]:
    """Answers a second of each page, and of a feed that has about as many bytes. The answers are gzipped."""
    seconds, rounds = (1, 1) if quick else (3, 7)
    with tempfile.TemporaryDirectory(prefix="warta-bench-") as name:
        folder = Path(name)
        fill(folder)
        with serving(folder, core=SERVER_CORE) as running:
            urls = {path: f"{running.base}{path}" for path in ("/", "/latest", _article(running.base))}
            limit = _limit(running.base, _size(urls["/latest"]))
            urls = {f"/latest.rss?limit={limit}": f"{running.base}/latest.rss?limit={limit}", **urls}
            rates: dict[str, list[float]] = {path: [] for path in urls}
            for _ in range(rounds):
                for path, url in urls.items():
                    rates[path].append(_wrk(url, seconds))
            sizes = {path: _size(url) for path, url in urls.items()}
    best = median(next(iter(rates.values())))
    rows = [
        [path, f"{sizes[path]:,}", f"{median(taken):,.0f}", f"{median(taken) / best:.2f}"]
        for path, taken in rates.items()
    ]
    table(["warm", "bytes", "a second", "of the feed"], rows)
    if not quick:
        slow = median(rates["/latest"]) / best
        assert slow >= RATE, f"the page of a feed has {slow:.2f} of the rate of a feed with as many bytes, not {RATE}"
    return {path: median(taken) for path, taken in rates.items()}


def _lists(quick: bool) -> dict[str, float]:
    """Median milliseconds of the lists that name feeds, each after a change, with many topics."""
    articles, tags, rounds = (2_000, 1_000, 3) if quick else (100_000, 100_000, 15)
    with tempfile.TemporaryDirectory(prefix="warta-bench-") as name:
        file = Path(name) / "store.sqlite"
        build(file, articles, tags)
        with growing(file, Path(name) / "data", tags=tags) as site:
            wire = Wire(site.running.base)
            times: dict[str, list[float]] = {path: [] for path in LISTS}
            for _ in range(rounds):
                for path in LISTS:
                    site.round({})  # a change: everything is built anew
                    started = time.perf_counter()
                    answer = wire.get(path, accept=BROWSER)
                    times[path].append((time.perf_counter() - started) * 1000)
                    assert answer.status == 200, path
            wire.close()
    found = {path: median(taken) for path, taken in times.items()}
    print(f"\n{tags:,} topics, SQLite; after a change")
    table(["list", "ms"], [[path, f"{value:.1f}"] for path, value in found.items()])
    slowest = max(found, key=lambda path: found[path])
    assert quick or found[slowest] < MAX_MILLISECONDS, f"{slowest} takes {found[slowest]:.0f} ms"
    return found


def _article(base: str) -> str:
    """The path of the newest article's page. The id in the feed is a tag URI, which ends with the id in the CMS."""
    with urllib.request.urlopen(f"{base}/latest.json?limit=1") as answer:  # noqa: S310 - our own server
        guid: str = json.load(answer)["items"][0]["id"]
    return f"/articles/{guid.rpartition(':')[2]}"


def _limit(base: str, size: int) -> int:
    """The number of entries with which the feed has about `size` bytes, gzipped."""
    return min(range(1, 101), key=lambda limit: abs(_size(f"{base}/latest.rss?limit={limit}") - size))


def _size(url: str) -> int:
    request = urllib.request.Request(url, headers={"Accept-Encoding": "gzip", "Accept": BROWSER})  # noqa: S310 - ours
    with urllib.request.urlopen(request) as answer:  # noqa: S310
        assert answer.headers["Content-Encoding"] == "gzip", url
        return len(answer.read())


def _wrk(url: str, seconds: int) -> float:
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "-s", str(SCRIPT)]
    command += ["-H", "Accept-Encoding: gzip", "-H", f"Accept: {BROWSER}", url]
    done = subprocess.run(pinned(command, LOAD_CORE), check=True, capture_output=True, text=True)
    told = json.loads(done.stdout.splitlines()[-1])
    assert not told["refused"], f"{url} answered {told['refused']} requests with an error"
    rate: float = told["requests"] / told["microseconds"] * 1e6
    return rate
