"""Memory of the worker while it receives a batch of 10,000 articles. It must not grow with the batch."""

import http.client
import json
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from bench.machine import table
from bench.newsroom import articles
from bench.results import Run
from bench.server import Running, serving

ALLOWED = 40  # MB; less growth between a small and a large batch counts as flat


def run(record: Run) -> None:
    sizes = (500, 1_000) if record.quick else (1_000, 10_000)
    rows = []
    peaks = []
    with tempfile.TemporaryDirectory(prefix="warta-bench-") as folder, serving(Path(folder)) as server:
        token = server.command("token", "create", "bench", "--scope", "articles:write")
        for size in sizes:
            before = server.memory()
            _forget_peak(server)
            started = time.monotonic()
            outcomes, megabytes = _batch(server, token, size)
            seconds = time.monotonic() - started
            assert outcomes == {"added": size}, f"of {size} lines were answered: {dict(outcomes)}"
            peaks.append(server.memory("VmHWM"))
            rows.append(
                [f"{size:,} articles, {megabytes:.0f} MB", f"{seconds:.1f} s", f"{size / seconds:,.0f}",
                 f"{before:.0f} MB", f"{peaks[-1]:.0f} MB"]
            )  # fmt: skip
    table(["`POST /api/articles`, one worker", "time", "articles a second", "memory before", "peak"], rows)
    growth = peaks[-1] - peaks[0]
    print(f"{sizes[-1] // sizes[0]} times the batch: the peak is {growth:+.0f} MB; "
          f"flat {'holds' if growth < ALLOWED else 'DOES NOT HOLD'}")  # fmt: skip
    record.keep({"rows": rows})


def _batch(server: Running, token: str, size: int) -> tuple[Counter[str], float]:
    """Send the lines as a stream. Returns the number of each outcome, and the megabytes sent.

    Answers are read while lines are sent, as a client should do: a client that reads no answers blocks the server as
    soon as the buffers are full.
    """
    sent = 0

    def lines() -> Iterator[bytes]:
        nonlocal sent
        for article in articles(size, f"batch{size}"):
            line = json.dumps(article).encode() + b"\n"
            sent += len(line)
            yield line

    address = urlsplit(server.base)
    connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=120)
    connection.putrequest("POST", "/api/articles")
    connection.putheader("Authorization", f"Bearer {token}")
    connection.putheader("Content-Type", "application/jsonl")
    connection.putheader("Transfer-Encoding", "chunked")
    connection.endheaders()

    def send() -> None:
        for line in lines():
            connection.send(b"%x\r\n%s\r\n" % (len(line), line))
        connection.send(b"0\r\n\r\n")

    sender = threading.Thread(target=send)
    sender.start()
    outcomes: Counter[str] = Counter()
    with connection.getresponse() as response:
        while answer := response.readline():
            outcomes[json.loads(answer).get("outcome", "refused")] += 1
    sender.join()
    connection.close()
    return outcomes, sent / 1e6


def _forget_peak(server: Running) -> None:
    for worker in server.workers:
        Path(f"/proc/{worker}/clear_refs").write_text("5")  # proc(5)
