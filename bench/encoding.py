"""What the encodings of a 50-entry feed cost and save, by library and level."""

import gzip
import time
from collections.abc import Callable
from datetime import timedelta
from statistics import median

import brotli
import zstandard

from bench.machine import table
from bench.newsroom import NEWEST, articles
from service.article import Reading, Submission
from service.catalogue import FeedCatalogue
from service.feed import LATEST, FeedName, Shelf
from service.render import FORMATS, Edition
from service.settings import Settings

CHOICES: dict[str, Callable[[bytes], bytes]] = {
    **{f"gzip {level}": lambda body, level=level: gzip.compress(body, level, mtime=0) for level in (1, 5, 6, 9)},  # type: ignore[misc]
    **{
        f"Brotli {level}": lambda body, level=level: brotli.compress(body, mode=brotli.MODE_TEXT, quality=level)  # type: ignore[misc]
        for level in (4, 5, 9, 11)
    },
    **{f"zstd {level}": zstandard.ZstdCompressor(level=level).compress for level in (3, 6, 12)},
}


def run(*, quick: bool) -> None:
    body = _feed()
    print(f"an RSS feed of 50 entries, {len(body):,} bytes")
    times: dict[str, list[float]] = {name: [] for name in CHOICES}
    sizes = {}
    for _ in range(3 if quick else 21):
        for name, compress in CHOICES.items():
            started = time.perf_counter()
            sizes[name] = len(compress(body))
            times[name].append((time.perf_counter() - started) * 1000)
    first = median(times["gzip 6"])
    table(
        ["encoding", "bytes", "time", "of gzip 6"],
        [[name, f"{sizes[name]:,}", f"{median(t):.1f} ms", f"{median(t) / first:.2f}"] for name, t in times.items()],
    )


def _feed() -> bytes:
    settings = Settings()
    reading = Reading.of(settings)
    now = NEWEST + timedelta(days=1)
    entries = [Submission.read(fields, reading).article(None, now) for fields in articles(50)]
    feed = FeedCatalogue(settings).feed(FeedName(LATEST), Shelf(LATEST, "", now))
    return FORMATS["rss"].render(Edition(feed, entries, "https://feeds.example/latest.rss", [], settings))
