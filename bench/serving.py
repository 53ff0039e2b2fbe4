"""Requests a second of one worker for a warm feed of 50 entries: the whole feed (200, gzipped) and not modified (304).

The same rounds also measure nginx with the same bytes as a static file, Granian with an application that does nothing,
nginx and Varnish as edges, and Flask and Django with a usual implementation of such a service. All servers run on one
core, wrk on another.
"""

import json
import shutil
import subprocess
import tempfile
import time
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path

from bench import edges, targets
from bench.machine import LOAD_CORE, SERVER_CORE, table
from bench.newsroom import articles
from bench.results import Run
from bench.server import environment, pinned, serving, warta
from bench.targets import Target
from service.documents.builder import HOT_AFTER_SECONDS
from service.documents.encodings import Level

CONNECTIONS = 32
SETTLED = 3.0  # seconds without a new ETag, after which the document counts as final
OURS = "Warta, one worker"
SCRIPT = Path(__file__).with_name("wrk.lua")


@dataclass(frozen=True)
class Figures:
    """The result of wrk: `rate` in answers a second, latencies in milliseconds."""

    rate: float
    p50: float
    p99: float
    p999: float


def run(record: Run) -> None:
    if not shutil.which("wrk"):
        print("wrk is not on PATH: nothing was measured. Debian's package: apt-get install wrk")
        return
    seconds, rounds = (1, 1) if record.quick else (3, 9)
    with tempfile.TemporaryDirectory(prefix="warta-bench-") as name, ExitStack() as until_done:
        compared = _targets(Path(name), until_done)
        size = compared[0].size
        print(f"/latest.rss, 50 entries, {size:,} bytes gzipped; servers on core {SERVER_CORE}, wrk on "
              f"{LOAD_CORE}, {CONNECTIONS} connections; {rounds} × {seconds} s each, interleaved, median")  # fmt: skip
        found = _measured(compared, seconds, rounds)
    first = compared[0].name
    for conditional, answer in ((False, "200"), (True, "304")):
        rows = [_row(target, found[target.name, conditional], found[first, conditional]) for target in compared]
        table([f"{answer} a second", "bytes", "rate", f"of {first}", "p50", "p99", "p99.9"], rows)
        print()
    record.keep(
        {
            target.name: {
                "bytes": target.size,
                "200": asdict(found[target.name, False]),
                "304": asdict(found[target.name, True]),
            }
            for target in compared
        }
    )


def _targets(folder: Path, until_done: ExitStack) -> list[Target]:
    """The servers that the machine has. The others are compared with the first."""
    fill(folder)
    address = f"{until_done.enter_context(serving(folder, core=SERVER_CORE)).base}/latest.rss"
    settle(address)
    ours = Target.at(OURS, address)
    (folder / "latest.rss.gz").write_bytes(targets.fetched(address)[0])
    compared = [until_done.enter_context(targets.bare(folder)), ours]
    compared += [Target.at(f"{OURS}, {coding}", address, coding) for coding in ("br", "identity")]
    if shutil.which("nginx"):
        compared.insert(0, until_done.enter_context(targets.nginx(folder)))
    else:
        print("nginx is not on PATH: the static file is left out. Debian's package: apt-get install nginx")
    compared += until_done.enter_context(edges.edges(address))
    if (targets.PEERS / "bin" / "gunicorn").exists():
        compared += until_done.enter_context(targets.peers(folder))
    else:
        print("Flask and Django are left out: `make bench` makes their environment")
    return compared


def settle(address: str) -> None:
    """Wait until the document is final: a document with many requests is compressed once more in the background.

    Otherwise that would happen during the rounds, and the document would then have fewer bytes than the others that
    it is compared with.
    """
    for _ in range(HOT_AFTER_SECONDS + 2):
        _wrk(Target.at(OURS, address), False, 1)
    etag, since = "", time.monotonic()
    while time.monotonic() < since + SETTLED:
        if (now := targets.fetched(address)[1]) != etag:
            etag, since = now, time.monotonic()
        time.sleep(0.2)
    assert etag.endswith(f'-{Level.SMALL.value}"'), f"{address} was not compressed once more: {etag}"


def _row(target: Target, figures: Figures, best: Figures) -> list[str]:
    latencies = [f"{value:.2f} ms" for value in (figures.p50, figures.p99, figures.p999)]
    return [target.name, f"{target.size:,}", f"{figures.rate:,.0f}", f"{figures.rate / best.rate:.3f}", *latencies]


def _measured(compared: list[Target], seconds: int, rounds: int) -> dict[tuple[str, bool], Figures]:
    found: dict[tuple[str, bool], list[Figures]] = {}
    for _ in range(rounds):
        for conditional in (False, True):
            for target in compared:
                found.setdefault((target.name, conditional), []).append(_wrk(target, conditional, seconds))
    return {key: sorted(taken, key=lambda each: each.rate)[len(taken) // 2] for key, taken in found.items()}  # median


def _wrk(target: Target, conditional: bool, seconds: int) -> Figures:
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "-s", str(SCRIPT)]
    command += ["-H", f"Accept-Encoding: {target.coding}"]
    if conditional:  # a peer's cached document may be rebuilt with another ETag, because its date differs
        command += ["-H", f"If-None-Match: {targets.fetched(target.url, target.coding)[1]}"]
    done = subprocess.run(pinned([*command, target.url], LOAD_CORE), check=True, capture_output=True, text=True)
    told = json.loads(done.stdout.splitlines()[-1])
    assert not told["refused"], f"{target.name} answered {told['refused']} requests with an error"
    if told["lost"]:
        print(f"{target.name}: {told['lost']} requests got no answer, or none within two seconds")
    whole = told["bytes"] / told["requests"] > target.size / 2
    assert whole != conditional, f"{target.name} answered with {'all' if whole else 'none'} of the feed"
    return Figures(
        told["requests"] / told["microseconds"] * 1e6, told["p50"] / 1000, told["p99"] / 1000, told["p999"] / 1000
    )


def fill(data_dir: Path) -> None:
    """Import the newsroom of 200 articles."""
    lines = data_dir / "articles.jsonl"
    lines.write_text("".join(json.dumps(article) + "\n" for article in articles(200)))
    warta(["import", str(lines)], environment(data_dir, "http://127.0.0.1:8000"))
