"""A running Warta that is measured: times of a request, a change and an imported line, and memory of a worker."""

import json
import shutil
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from random import Random

from bench import category
from bench.newsroom import AUTHORS, CATEGORIES, TAGS, articles
from bench.server import Running, filled, serving
from bench.wire import Wire

SEED = 1_000  # articles that are put as usual; the others are older copies of them
RECENT = 40  # newest articles of the seed, which are the ones that change
WARM = 5  # warm requests in each round
LIMIT = 10  # entries of a tag's feed: as many as the rarest tag has

Times = dict[str, list[float]]  # milliseconds, by the name of the measured action


def build(file: Path, count: int, tags: int) -> None:
    """Make a store of `count` articles. The file appears under its name only when it is complete."""
    unfinished = file.with_suffix(".unfinished")
    unfinished.unlink(missing_ok=True)
    category.build(f"sqlite:///{unfinished}", max(SEED, tags), count, tags)
    unfinished.rename(file)


class Growing:
    """One server, connections to it, and the articles that change."""

    def __init__(self, running: Running, tags: int, workers: int) -> None:
        self.running = running
        self._tags = tags
        self._token = running.command("token", "create", "bench", "--scope", "articles:write")
        self._wires = [Wire(running.base) for _ in range(workers * 3)]  # the kernel distributes them over the workers
        self._articles = list(articles(max(SEED, tags), tags=tags))[-RECENT:]
        self._dice = Random(1)
        self._edits = 0

    def round(self, times: Times) -> None:
        """Make one change and measure it, then measure requests for the changed feed and for others."""
        article = self._dice.choice(self._articles)
        touched, other = _category(article), _category(self._other(article))
        self._wire().get(other)
        self._publish(article, touched, times)
        self._timed("another feed after it", other, times)
        for _ in range(WARM):
            self._timed("warm", touched, times)
        self._timed("a tag's feed", f"/tag/topik-{self._dice.randrange(self._tags)}.rss?limit={LIMIT}", times)

    def visit(self, paths: Sequence[str], rounds: int) -> None:
        """Request each of the feeds over many connections, so that every worker has served most of them."""
        for _ in range(rounds):
            for start in range(0, len(paths), 20):
                wire = Wire(self.running.base)
                for path in paths[start : start + 20]:
                    assert wire.get(path).status == 200, path
                wire.close()

    def import_lines(self, prefix: str, count: int, times: Times) -> None:
        """Send `count` new articles in one batch, and measure the time of a line."""
        lines = b"".join(json.dumps(article).encode() + b"\n" for article in articles(count, prefix, self._tags))
        started = time.perf_counter()
        answer = self._wire().send("POST", "/api/articles", lines, self._token)
        times.setdefault("imported line", []).append((time.perf_counter() - started) * 1000 / count)
        assert answer.body.count(b'"added"') == count, answer.body[:500]

    def close(self) -> None:
        for wire in self._wires:
            wire.close()

    def _publish(self, article: dict[str, object], feed: str, times: Times) -> None:
        """Measure a change until its answer, and until a reader sees it. The first request builds the document anew."""
        self._edits += 1
        title = f"Suntingan {self._edits} dari {article['id']}"
        body = json.dumps({**article, "title": title}).encode()
        started = time.perf_counter()
        answer = self._wire().send("PUT", f"/api/articles/{article['id']}", body, self._token)
        stored = time.perf_counter()
        assert answer.status == 200, answer.body
        seen = self._wire().get(feed, "identity").body
        cold = time.perf_counter()
        while title.encode() not in seen:
            seen = self._wire().get(feed, "identity").body
            assert time.perf_counter() - started < 10, f"{feed} never shows the change"
        visible = time.perf_counter()
        for what, seconds in (
            ("publish", stored - started),
            ("cold", cold - stored),
            ("publish until seen", visible - started),
        ):
            times.setdefault(what, []).append(seconds * 1000)

    def _timed(self, what: str, path: str, times: Times) -> None:
        wire = self._wire()
        started = time.perf_counter()
        answer = wire.get(path)
        times.setdefault(what, []).append((time.perf_counter() - started) * 1000)
        assert answer.status == 200, path

    def _wire(self) -> Wire:
        return self._dice.choice(self._wires)

    def _other(self, article: dict[str, object]) -> dict[str, object]:
        return self._dice.choice([each for each in self._articles if each["categories"] != article["categories"]])


@contextmanager
def growing(file: Path, folder: Path, *, tags: int = TAGS, workers: int = 1) -> Iterator[Growing]:
    """Run a server on a copy of the store, because the measurement changes it."""
    folder.mkdir()
    shutil.copyfile(file, folder / "warta.sqlite")
    with serving(folder, workers=workers) as running:
        filled(running.base)
        site = Growing(running, tags, workers)
        try:
            yield site
        finally:
            site.close()


def feeds() -> list[str]:
    """The paths of the feeds of every category, tag and author in three formats: several hundred documents."""
    slugs = [f"category/{_slug(name)}" for name in CATEGORIES]
    slugs += [f"tag/topik-{number}" for number in range(TAGS)]
    slugs += [f"author/penulis-{number}" for number in range(AUTHORS)]
    return [f"/{slug}.{extension}" for slug in slugs for extension in ("rss", "atom", "json")]


def tag_feeds(tags: int) -> list[str]:
    return [f"/tag/topik-{number}.rss?limit={LIMIT}" for number in range(tags)]


def _category(article: dict[str, object]) -> str:
    categories = article["categories"]
    assert isinstance(categories, list)
    return f"/category/{_slug(categories[0])}.rss"


def _slug(name: str) -> str:
    return name.lower().replace(" ", "-")
