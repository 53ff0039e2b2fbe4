"""Encodings of a feed of 50 entries: time and size, by library and level."""

import gzip
import hashlib
import time
from collections.abc import Callable
from datetime import timedelta
from statistics import median

import brotli
import deflate
import zstandard
from isal import igzip_lib

from bench.machine import table
from bench.newsroom import NEWEST, articles
from bench.results import Run
from service.articles.article import Submission
from service.articles.validation import ValidationContext
from service.core.settings.model import Settings
from service.documents.formats import FORMATS, RenderContext
from service.feeds.catalogue import FeedCatalogue
from service.feeds.names import LATEST, ArticleList, FeedName

USUAL = "zlib, gzip 6"

Encode = Callable[[bytes], bytes]


def _zlib(level: int) -> Encode:
    return lambda body: gzip.compress(body, level, mtime=0)


def _libdeflate(level: int) -> Encode:
    return lambda body: bytes(deflate.gzip_compress(body, level))


def _isal(level: int) -> Encode:
    return lambda body: igzip_lib.compress(body, level, igzip_lib.COMP_GZIP)


def _brotli(quality: int) -> Encode:
    return lambda body: bytes(brotli.compress(body, mode=brotli.MODE_TEXT, quality=quality))


def _zstd(level: int) -> Encode:
    return lambda body: zstandard.ZstdCompressor(level=level).compress(body)


CHOICES: dict[str, Encode] = {
    **{f"zlib, gzip {level}": _zlib(level) for level in (1, 5, 6, 9)},
    **{f"libdeflate, gzip {level}": _libdeflate(level) for level in (1, 2, 4, 6, 9, 12)},
    **{f"isal, gzip {level}": _isal(level) for level in (0, 1, 2, 3)},
    **{f"Brotli {quality}": _brotli(quality) for quality in (0, 1, 2, 4, 5, 9, 11)},
    **{f"zstd {level}": _zstd(level) for level in (1, 3, 6, 12, 19)},
}


def run(record: Run) -> None:
    body = _feed()
    print(f"an RSS feed of 50 entries, {len(body):,} bytes; median of calls in turn")
    times: dict[str, list[float]] = {name: [] for name in CHOICES}
    sizes = {name: len(encode(body)) for name, encode in CHOICES.items()}
    for _ in range(3 if record.quick else 41):
        for name, encode in CHOICES.items():
            started = time.perf_counter()
            encode(body)
            times[name].append((time.perf_counter() - started) * 1000)
    rows = []
    for name, taken in times.items():
        more = sizes[name] / sizes[USUAL] - 1
        rows.append([name, f"{sizes[name]:,}", f"{more:+.1%}", f"{median(taken):.2f} ms"])
    table(["encoding", "bytes", f"more than {USUAL}", "time"], rows)
    started = time.perf_counter()
    hashlib.sha256(body).hexdigest()
    print(f"SHA-256 of the same: {(time.perf_counter() - started) * 1000:.2f} ms")
    record.keep({name: {"bytes": sizes[name], "ms": round(median(taken), 3)} for name, taken in times.items()})


def _feed() -> bytes:
    settings = Settings()
    reading = ValidationContext.of(settings)
    now = NEWEST + timedelta(days=1)
    entries = [Submission.read(fields, reading).article(None, now) for fields in articles(50)]
    feed = FeedCatalogue(settings).feed(FeedName(LATEST), ArticleList(LATEST, "", now))
    return bytes(FORMATS["rss"].render(RenderContext(feed, entries, "https://feeds.example/latest.rss", settings)))
