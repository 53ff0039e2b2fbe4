"""The time from the commit of an article to its arrival at 10 to 100,000 subscribers of one feed.

One `warta worker` on one core delivers; `warta serve --no-worker` and the receiver share the other. Each subscriber has
a secret of its own, so that each delivery is signed. The subscriptions are stored directly, since their verification is
measured apart. 100 of 10,000 subscribers never answer in the second part, and two workers share in the third.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any

from bench.machine import LOAD_CORE, SERVER_CORE, table
from bench.newsroom import articles
from bench.results import Run
from bench.server import Running, free_port, pinned, serving, wait_for
from bench.wire import Wire
from service.core.settings.loader import load
from service.push.hub import TopicUrls
from service.storage import Database, Subscriptions
from service.storage.hub import PendingRequest, Settlement, TopicContent

ARTICLES = 50
SIZES = (10, 100, 1_000, 10_000, 100_000)
CROWD = 10_000  # subscribers that must be served within CROWD_SECONDS
CROWD_SECONDS = 10.0
FIRST_MILLISECONDS = 200.0
MEMORY_MEGABYTES = 150.0  # over an idle worker
SLOW = 100
PORTION = 5_000  # subscriptions that one transaction stores
MAX_SECONDS = 300.0


def run(record: Run) -> None:
    sizes = SIZES[:3] if record.quick else SIZES
    crowd = 500 if record.quick else CROWD
    figures: dict[str, Any] = {f"{size}": _measured(size) for size in sizes}
    figures["slow"] = _measured(crowd, slow=SLOW)
    figures["two workers"] = _measured(crowd, workers=2)
    table(
        ["subscribers", "document", "first byte", "all served after", "processor", "sent twice", "memory over idle"],
        [_row(name, each) for name, each in figures.items()],
    )
    record.keep(figures)
    if not record.quick:
        for name in (f"{CROWD}", "slow"):
            _check(figures[name])


def _row(name: str, each: dict[str, float]) -> list[str]:
    return [
        *(name, f"{each['bytes'] / 1000:.0f} kB", f"{each['first'] * 1000:.0f} ms", f"{each['all']:.2f} s"),
        *(f"{each['processor']:.2f} s", f"{each['twice']:.0f}", f"{each['memory']:.0f} MB"),
    ]


def _check(figures: dict[str, float]) -> None:
    assert figures["all"] <= CROWD_SECONDS, f"{CROWD:,} subscribers took {figures['all']:.1f} s"
    assert figures["first"] * 1000 <= FIRST_MILLISECONDS, f"the first byte took {figures['first'] * 1000:.0f} ms"
    assert figures["memory"] <= MEMORY_MEGABYTES, f"the worker took {figures['memory']:.0f} MB more than idle"


def _measured(subscribers: int, *, slow: int = 0, workers: int = 1) -> dict[str, float]:
    """Deliver one article to the subscribers. `slow` more of them never answer."""
    with ExitStack() as stack:
        data_dir = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="warta-bench-")))
        receiver = stack.enter_context(_receiving())
        settings = {"WARTA_OUTGOING_ALLOW": "127.0.0.0/8"}
        server = stack.enter_context(serving(data_dir, core=LOAD_CORE, settings=settings, options=("--no-worker",)))
        lines = data_dir / "articles.jsonl"
        lines.write_text("".join(json.dumps(article) + "\n" for article in articles(ARTICLES)))
        server.command("import", str(lines))
        token = server.command("token", "create", "bench", "--scope", "articles:write")
        processes = [stack.enter_context(_working(server)) for _ in range(workers)]
        _subscribe(server, [f"{receiver}/to/0"])
        _until_served(receiver, 1)
        time.sleep(2.0)  # the worker settles, and is idle
        idle = sum(map(_memory, processes))
        _subscribe(server, [f"{receiver}/slow/{n}" for n in range(slow)])  # they are the first to be served
        _subscribe(server, [f"{receiver}/to/{n}" for n in range(1, subscribers)])
        time.sleep(1.0)
        urllib.request.urlopen(f"{receiver}/reset").close()  # noqa: S310 - our own receiver
        processor = sum(map(_processor_seconds, processes))
        started = time.monotonic()
        _publish(server, token, 1)
        committed = time.monotonic()
        found = _until_served(receiver, subscribers)
        with closing(Wire(server.base)) as wire:
            length = len(wire.get("/latest.rss").body)
        processor = sum(map(_processor_seconds, processes)) - processor
        peak = sum(_memory(process, "VmHWM") for process in processes)
    return {
        "subscribers": subscribers,
        "bytes": length,
        "first": found["first"] - committed,
        "publish": committed - started,
        "all": found["last"] - committed,
        "twice": found["twice"],
        "memory": peak - idle,
        "processor": processor,
    }


@contextmanager
def _receiving() -> Iterator[str]:
    port = free_port()
    process = subprocess.Popen(pinned([sys.executable, "-m", "bench.receiver", str(port)], LOAD_CORE))
    try:
        wait_for(f"http://127.0.0.1:{port}/figures", process)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.kill()
        process.wait()


@contextmanager
def _working(server: Running) -> Iterator[int]:
    command = pinned([sys.executable, "-m", "service.cli", "worker"], SERVER_CORE)
    with (Path(server.environment["WARTA_DATA_DIR"]) / "worker.log").open("ab") as log:
        process = subprocess.Popen(command, env=server.environment, stdout=log, stderr=log)
    try:
        yield process.pid
    finally:
        process.terminate()
        process.wait(20)


def _subscribe(server: Running, callbacks: Sequence[str]) -> None:
    """Store the subscriptions, as if the callbacks had confirmed. The first of a topic gets the content at once."""
    settings = load(server.environment)
    topic = TopicUrls(settings).read(f"{server.base}/latest.rss")
    content = TopicContent("other content", topic.name.list_name, is_ranked=False)
    with closing(Database(settings.store_url.get_secret_value())) as database:
        for start in range(0, len(callbacks), PORTION):
            requests = [
                PendingRequest("subscribe", topic.path, callback, "127.0.0.1", 864_000, f"secret of {callback}")
                for callback in callbacks[start : start + PORTION]
            ]
            Subscriptions(database).settle_requests(Settlement([(request, content) for request in requests]))


def _publish(server: Running, token: str, n: int) -> None:
    [article] = articles(1)
    body = json.dumps({**article, "id": f"new-{n}", "published_at": f"2026-11-20T01:{n:02}:00+07:00"})
    with closing(Wire(server.base)) as wire:
        assert wire.send("PUT", f"/api/articles/new-{n}", body.encode(), token).status == 201


def _until_served(receiver: str, subscribers: int) -> dict[str, Any]:
    deadline = time.monotonic() + MAX_SECONDS
    while time.monotonic() < deadline:
        with urllib.request.urlopen(f"{receiver}/figures") as answer:  # noqa: S310 - our own receiver
            found: dict[str, Any] = json.load(answer)
        if found["count"] >= subscribers:
            return found
        time.sleep(0.1)
    raise RuntimeError(f"only {found['count']:,} of {subscribers:,} subscribers were served")


def _memory(process: int, field: str = "VmRSS") -> float:
    """Megabytes of resident memory of a process: the current value (VmRSS) or the peak (VmHWM)."""
    status = Path(f"/proc/{process}/status").read_text()
    return int(status.partition(f"{field}:")[2].split()[0]) / 1024


def _processor_seconds(process: int) -> float:
    """Seconds of processor time that a process has used."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
