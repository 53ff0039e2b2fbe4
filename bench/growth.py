"""Growth: time and memory with 1,000 articles or a million, 10 feeds or 10,000, one worker or four.

The servers of a comparison run at the same time and get requests in turn, so that a busy neighbour slows all equally.
"""

import statistics
import tempfile
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from bench.growing import Growing, Times, build, feeds, growing, tag_feeds
from bench.machine import table
from bench.newsroom import TAGS
from bench.results import Run

RATIO = 1.5  # permitted ratio of the time with the most articles to the time with few
MEMORY = 200  # MB; a worker must stay below
FLAT = ("warm", "cold", "publish")

Site = tuple[int, int, int]  # articles, tags, workers


def run(record: Run) -> None:
    """Measure growth by articles, feeds and workers. Stores of earlier runs are used, because a build takes minutes."""
    figures: dict[str, Any] = {}
    with tempfile.TemporaryDirectory(prefix="warta-bench-") as name:
        bench = _Bench(Path(name), record.stores or Path(name), record.quick)
        for axis, compare in (("articles", _articles), ("feeds", _feeds), ("workers", _workers)):
            print(f"\n### by {axis}")
            figures[axis] = compare(bench)
            record.keep(figures)


class _Bench:
    """The folders of the stores, and the number of rounds, batches and lines."""

    def __init__(self, folder: Path, stores: Path, quick: bool) -> None:
        self._folder = folder
        self._stores = stores
        self.quick = quick
        self.rounds, self.batches, self.lines = (8, 1, 50) if quick else (150, 5, 500)
        stores.mkdir(parents=True, exist_ok=True)

    def compare(self, sites: Mapping[str, Site], visits: Callable[[int], list[str]]) -> dict[str, dict[str, float]]:
        """Measure the sites. Returns the figures of each: median milliseconds, and memory of the largest worker in MB.

        `start` is the milliseconds until the server answered. `visits` returns, for the number of tags of a site, the
        feeds that its workers serve before the measurement.
        """
        times: dict[str, Times] = {name: {} for name in sites}
        memory: dict[str, float] = {}
        with ExitStack() as until_done:
            running = {name: self._started(site, until_done) for name, site in sites.items()}
            for name, (_, tags, workers) in sites.items():
                running[name].visit(visits(tags), 2 * workers if workers > 1 else 1)
            for _ in range(self.rounds):
                for name, site in running.items():
                    site.round(times[name])
            for batch in range(self.batches):
                for name, site in running.items():
                    site.import_lines(f"baris-{batch}", self.lines, times[name])
            memory = {name: site.running.memory() for name, site in running.items()}
            starts = {name: round(site.running.start) for name, site in running.items()}
        return {name: {**_medians(times[name]), "start": starts[name], "memory": memory[name]} for name in sites}

    def _started(self, site: Site, until_done: ExitStack) -> Growing:
        count, tags, workers = site
        file = self._stores / f"{count}-{tags}.sqlite"
        if not file.exists():
            started = time.monotonic()
            build(file, count, tags)
            print(f"{count:,} articles with {tags:,} tags, {file.stat().st_size / 1e6:,.0f} MB, "
                  f"built in {time.monotonic() - started:.0f} s")  # fmt: skip
        folder = Path(tempfile.mkdtemp(dir=self._folder)) / "data"
        return until_done.enter_context(growing(file, folder, tags=tags, workers=workers))


def _articles(bench: _Bench) -> dict[str, dict[str, float]]:
    sizes = (1_000, 5_000) if bench.quick else (1_000, 10_000, 100_000, 1_000_000)
    visits = feeds()[:: 20 if bench.quick else 1]
    found = bench.compare({f"{size:,}": (size, TAGS, 1) for size in sizes}, lambda _tags: visits)
    print(f"one worker each, after {len(visits):,} documents of categories, tags and authors")
    _show("articles", found)
    few, many = found[f"{sizes[-3 if len(sizes) > 2 else 0]:,}"], found[f"{sizes[-1]:,}"]
    for what in FLAT:
        _verdict(f"{what}: {many[what] / few[what]:.2f} times, at most {RATIO}", many[what] / few[what] <= RATIO)
    _small(found)
    return found


def _feeds(bench: _Bench) -> dict[str, dict[str, float]]:
    counts = (10, 100) if bench.quick else (10, 100, 1_000, 10_000)
    size = 5_000 if bench.quick else 100_000
    found = bench.compare({f"{tags:,}": (size, tags, 1) for tags in counts}, tag_feeds)
    print(f"{size:,} articles, one worker each, after every tag's feed was asked for")
    _show("tags", found)
    _small(found)
    return found


def _workers(bench: _Bench) -> dict[str, dict[str, float]]:
    size = 5_000 if bench.quick else 100_000
    visits = feeds()[:: 20 if bench.quick else 1]
    found = bench.compare({str(count): (size, TAGS, count) for count in (1, 2, 4)}, lambda _tags: visits)
    print(f"{size:,} articles, after {len(visits):,} documents; memory of the largest worker")
    _show("workers", found)
    _small(found)
    return found


def _medians(times: Times) -> dict[str, float]:
    return {what: round(statistics.median(taken), 3) for what, taken in times.items()}


def _show(axis: str, found: Mapping[str, Mapping[str, float]]) -> None:
    first, last = next(iter(found)), list(found)[-1]
    rows = []
    for what in found[first]:
        unit = "MB" if what == "memory" else "ms"
        digits = 0 if what == "memory" else 2
        values = [f"{found[name][what]:.{digits}f} {unit}" for name in found]
        rows.append([what, *values, f"{found[last][what] / found[first][what]:.2f}"])
    table([f"median, by {axis}", *found, "last of first"], rows)


def _small(found: Mapping[str, Mapping[str, float]]) -> None:
    largest = max(each["memory"] for each in found.values())
    _verdict(f"memory of a worker: {largest:.0f} MB, below {MEMORY}", largest < MEMORY)


def _verdict(what: str, holds: bool) -> None:
    print(f"{what}: {'holds' if holds else 'DOES NOT HOLD'}")
