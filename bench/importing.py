"""Articles a second of `warta import` as a real process: start, reading, validation, sanitizing, SQLite, Redis."""

import json
import resource
import tempfile
import time
from pathlib import Path

from bench.machine import table
from bench.newsroom import articles
from bench.results import Run
from bench.server import environment, warta

PROMISED = 2_000  # articles a second from JSON Lines, at least


def run(record: Run) -> None:
    lines, items = (1_000, 500) if record.quick else (20_000, 5_000)
    rows = []
    with tempfile.TemporaryDirectory(prefix="warta-bench-") as name:
        folder = Path(name)
        jsonl = _json_lines(folder / "articles.jsonl", lines)
        print(
            f"{lines:,} articles of {jsonl.stat().st_size / lines / 1000:.1f} KB as JSON Lines, {items:,} as JSON Feed"
        )
        feed = _json_feed(folder / "feed.json", items)
        added = 0.0
        for what, file, count, data in (
            ("JSON Lines, new", jsonl, lines, "lines"),
            ("JSON Lines, the same again", jsonl, lines, "lines"),
            ("JSON Feed, new", feed, items, "feed"),
            ("JSON Feed, the same again", feed, items, "feed"),
        ):
            busy = _processor_seconds()
            seconds = _imported(file, folder / data, count)
            busy = _processor_seconds() - busy
            rate = count / seconds
            added = added or rate
            rows.append(
                [what, f"{count:,}", f"{seconds:.1f} s", f"{busy:.1f} s", f"{rate:,.0f}", f"{rate / added:.2f}"]
            )
    table(["`warta import` into SQLite", "articles", "time", "of processors", "a second", "ratio"], rows)
    if not record.quick:  # a short import is mostly the start of a process
        print(
            f"the promise, {PROMISED:,} a second from JSON Lines, {'holds' if added >= PROMISED else 'DOES NOT HOLD'}"
        )
    record.keep({"rows": rows})


def _imported(file: Path, data_dir: Path, count: int) -> float:
    env = environment(data_dir, "http://127.0.0.1:8000")
    started = time.monotonic()
    summary = warta(["import", str(file)], env)
    seconds = time.monotonic() - started
    assert f"{count:,} added" in summary or f"{count:,} unchanged" in summary, summary
    return seconds


def _processor_seconds() -> float:
    """Seconds of processor time that all imports so far have used. Busy neighbours hardly change this figure."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _json_lines(path: Path, count: int) -> Path:
    with path.open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(article) + "\n" for article in articles(count))
    return path


def _json_feed(path: Path, count: int) -> Path:
    items = [
        {
            "id": article["id"],
            "url": article["url"],
            "title": article["title"],
            "summary": article["summary"],
            "content_html": article["content_html"],
            "date_published": article["published_at"],
            "authors": article["authors"],
            "tags": article["tags"],
        }
        for article in articles(count)
    ]
    document = {"version": "https://jsonfeed.org/version/1.1", "title": "Bench", "items": items}
    path.write_text(json.dumps(document), encoding="utf-8")
    return path
