"""The time of searches in a store of 100,000 articles, in SQLite and in PostgreSQL, and of what the index costs.

Searches and changes are measured at the store, in a process that does nothing else. `python -m bench searching`.
"""

import multiprocessing
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path
from random import Random
from statistics import median
from typing import Any

from bench.category import NOW, READING, build
from bench.machine import table
from bench.newsroom import _WORDS, articles
from bench.results import Run
from service.articles.article import Submission
from service.search import Analyser, Word, parse
from service.storage import ArticleSearch, ArticleStore, Database, Search, SearchIndex, search_index
from service.worker import SEARCH_ROUND_SECONDS
from tests.support.postgres import PostgresServer

SEED = 2_000  # articles that are put as usual; the others are copies with another time
ARTICLES = 100_000
ENTRIES = 50
ROUNDS = 100
PUTS = 100
FILL_SECONDS = 10  # seconds in which the speed of the first index is measured
ANALYSER = Analyser("id")

Figures = dict[str, Any]


def run(record: Run) -> None:
    count = 4_000 if record.quick else ARTICLES
    figures: dict[str, Figures] = {}
    with tempfile.TemporaryDirectory(prefix="warta-bench-") as name:
        folder = Path(name)
        for database, url in _urls(folder):
            figures[database] = _measured(url, count, 10 if record.quick else ROUNDS)
            _print(database, count, figures[database])
            if not record.quick:
                record.keep(figures)


def _urls(folder: Path) -> Iterator[tuple[str, str]]:
    yield "SQLite", f"sqlite:///{folder / 'store.sqlite'}"
    server_folder = Path(tempfile.mkdtemp(prefix="warta-pg-"))
    server = PostgresServer(server_folder)
    try:
        server.start()
        yield "PostgreSQL", server.empty_database().replace("postgresql://", "postgresql+psycopg://")
    finally:
        server.stop()
        shutil.rmtree(server_folder, ignore_errors=True)


def _measured(url: str, count: int, rounds: int) -> Figures:
    build(url, SEED, count, 200)
    with closing(Database(url)) as database:
        alone = _puts(database, PUTS)
        SearchIndex(database, ANALYSER).catch_up(NOW)  # which begins it
        with _indexing(url):
            filling = _puts(database, PUTS)
            missing = SearchIndex(database, ANALYSER).state().missing_keys or 0
            started = time.perf_counter()
            time.sleep(FILL_SECONDS)
            left = SearchIndex(database, ANALYSER).state().missing_keys or 0
            rate = (missing - left) / (time.perf_counter() - started)
        _fill_quickly(database)
        with _indexing(url):
            beside = _puts(database, PUTS)
        return {
            "articles_per_second": rate,
            "put": {
                "without the index": _summary(alone),
                "with the index": _summary(beside),
                "while it is built": _summary(filling),
            },
            "searches": {name: _summary(_searches(database, search, rounds)) for name, search in _kinds().items()},
        }


def _kinds() -> dict[str, Callable[[Random], Search]]:
    """Searches by kind. The words of the invented articles are frequent in the order of their list."""

    def words(dice: Random, first: int, last: int, count: int = 1) -> list[str]:
        return dice.sample(_WORDS[first:last], count)

    def of(text: str, **limits: Any) -> Search:
        return Search(parse(text, ANALYSER), **limits)

    return {
        "a word of nearly all articles": lambda dice: of(words(dice, 0, 8)[0]),
        "a word of every tenth": lambda dice: of(words(dice, 500, 700)[0]),
        "a word of every hundredth": lambda dice: of(words(dice, 1900, 2100)[0]),
        "a word of one article": lambda dice: of(f"{dice.randrange(SEED)}"),
        "a word of no article": lambda dice: of(f"tiada{dice.randrange(SEED)}"),
        "three frequent words": lambda dice: of(" ".join(words(dice, 0, 30, 3))),
        "a phrase of two frequent words": lambda dice: of('"' + " ".join(words(dice, 0, 30, 2)) + '"'),
        "a phrase of four frequent words": lambda dice: of('"' + " ".join(words(dice, 0, 30, 4)) + '"'),
        "a frequent word in a category": lambda dice: of(words(dice, 0, 30)[0], list_names=["category/kategori-3"]),
        "a frequent word without another": lambda dice: of("{} -{}".format(*words(dice, 0, 8, 2))),
        "a frequent word in a past month": lambda dice: of(
            words(dice, 0, 30)[0], since=NOW - timedelta(days=60), until=NOW - timedelta(days=30)
        ),
    }


def _searches(database: Database, search: Callable[[Random], Search], rounds: int) -> list[float]:
    dice, engine = Random(7), ArticleSearch(database)
    return [_timed(lambda: engine.find(search(dice), ENTRIES, NOW)) for _ in range(rounds)]


def _puts(database: Database, rounds: int) -> list[float]:
    store, dice = ArticleStore(database), Random(time.time_ns())
    changed = [
        Submission.read({**each, "title": f"{each['title']} {dice.random()}"}, READING) for each in articles(rounds)
    ]
    taken = []
    for submission in changed:
        taken.append(_timed(lambda: store.put([submission], NOW)))  # noqa: B023
        time.sleep(0.02)
    return taken


@contextmanager
def _indexing(url: str) -> Iterator[None]:
    """In the block, another process does the background work of the index."""
    process = multiprocessing.get_context("spawn").Process(target=_index, args=(url,), daemon=True)
    process.start()
    time.sleep(3)  # until it has loaded its modules
    yield
    process.kill()
    process.join()


def _index(url: str) -> None:
    index = SearchIndex(Database(url), ANALYSER)
    while True:
        while index.catch_up(NOW):
            pass
        time.sleep(SEARCH_ROUND_SECONDS)


class _Remembering(Analyser):
    """An analyser that remembers texts: most articles are copies."""

    def __init__(self, language: str) -> None:
        super().__init__(language)
        self._known: dict[str, list[Word]] = {}

    def words(self, text: str) -> Iterator[Word]:
        if text not in self._known:
            self._known[text] = [*super().words(text)]
        return iter(self._known[text])


def _fill_quickly(database: Database) -> None:
    search_index.PORTION, usual = 1_000, search_index.PORTION
    index = SearchIndex(database, _Remembering("id"))
    while index.catch_up(NOW):
        pass
    search_index.PORTION = usual


def _timed(call: Callable[[], object]) -> float:
    started = time.perf_counter()
    call()
    return (time.perf_counter() - started) * 1000


def _summary(taken: Sequence[float]) -> dict[str, float]:
    in_order = sorted(taken)
    return {
        "p50": round(median(in_order), 2),
        "p99": round(in_order[min(len(in_order) - 1, int(len(in_order) * 0.99))], 2),
    }


def _print(database: str, count: int, figures: Figures) -> None:
    print(f"{database}, {count:,} articles; {figures['articles_per_second']:.0f} articles a second into the index")
    rows = {**figures["searches"], **{f"PUT {name}": each for name, each in figures["put"].items()}}
    table(["", "p50", "p99"], [[name, f"{each['p50']:.1f} ms", f"{each['p99']:.1f} ms"] for name, each in rows.items()])
