"""Walks through the code: the calls, files and changes of file of a request, a change, a view and an imported line.

The objects are those of a real process, on a real Redis and SQLite. Only calls of functions in `service/` count; a
generator counts at each step. A change of file is a call in another file than the call before it.
"""

import json
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType
from typing import Any

from werkzeug.datastructures import Headers
from werkzeug.test import EnvironBuilder

from bench.machine import table
from bench.newsroom import articles
from bench.results import Run
from service import importers
from service.app import create_app
from service.articles.article import Submission
from service.articles.validation import ValidationContext
from service.bootstrap import Services
from service.core.redis import PrivateRedis
from service.core.settings.model import Settings
from service.storage import Scope
from service.storage.migrations import migrate
from service.web.http.fast_path import FastPath
from service.web.pageviews import PageViews

SERVICE = str(Path(__file__).parents[1] / "service") + "/"
ARTICLES = 10  # of each prefix, all in one category: a feed has ten entries
CATEGORY = "Dinamika"
BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


@dataclass
class Walk:
    """The files of the calls, in their order."""

    files: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, action: Callable[[], object]) -> "Walk":
        """Run the action in this thread, and record its calls."""
        walk = cls()
        sys.setprofile(walk._record)
        try:
            action()
        finally:
            sys.setprofile(None)
        return walk

    def _record(self, frame: FrameType, event: str, _: object) -> None:
        if event == "call" and frame.f_code.co_filename.startswith(SERVICE):
            self.files.append(frame.f_code.co_filename)

    @property
    def changes(self) -> int:
        return sum(one != other for one, other in zip(self.files, self.files[1:], strict=False))

    @property
    def figures(self) -> dict[str, int]:
        return {"calls": len(self.files), "files": len(set(self.files)), "changes of file": self.changes}


class Process:
    """A serving process without a server: its WSGI application and services."""

    def __init__(self, services: Services) -> None:
        self.services = services
        app = create_app(services.settings, services)
        self._app = FastPath(app, services.metrics, PageViews(services).fast_beacon, services.readership.polls)

    def send(self, path: str, method: str = "GET", body: bytes = b"", **headers: str) -> None:
        """Send a request. Its status must begin with 20."""
        sent = {
            "Accept-Encoding": "gzip",
            "User-Agent": BROWSER,
            **{k.replace("_", "-"): v for k, v in headers.items()},
        }
        environ = EnvironBuilder(path=path, method=method, data=body or None, headers=Headers(sent)).get_environ()

        def start_response(status: str, *_: Any) -> None:
            assert status.startswith("20"), f"{method} {path}: {status}"

        list(self._app(environ, start_response))


def run(record: Run) -> None:
    figures = {name: walk.figures for name, walk in _walks().items()}
    print(f"a feed of {ARTICLES} entries")
    table(["walk", "calls", "files", "changes of file"], [[n, *map(str, f.values())] for n, f in figures.items()])
    record.keep(figures)


def _walks() -> dict[str, Walk]:
    with _services() as services:
        process = Process(services)
        secret = services.tokens.create("bench", Scope.ARTICLES_WRITE, datetime.now(UTC))
        token = {"Authorization": f"Bearer {secret}", "Content_Type": "application/json"}
        first, second = (_fields(prefix) for prefix in ("old", "new"))
        _publish(services, first)
        process.send("/popular.rss")  # the first request of a process makes connections
        for _ in range(2):
            _view(process, "old-1")
        walks = {
            "GET cold, entries not rendered yet": Walk.of(lambda: process.send("/latest.rss")),
            "GET cold": Walk.of(lambda: process.send("/category/dinamika.rss")),
            "GET warm": Walk.of(lambda: process.send("/category/dinamika.rss")),
            "GET popular, cold": Walk.of(lambda: process.send("/category/dinamika/popular.rss")),
        }
        article = {**first[-1], "title": "Judul yang diperbaiki"}
        put = json.dumps({name: value for name, value in article.items() if name != "id"}).encode()
        path = f"/api/articles/{article['id']}"
        process.send(path, "PUT", put, **token)
        walks["PUT"] = Walk.of(lambda: process.send(path, "PUT", put.replace(b"Judul", b"Kepala"), **token))
        walks["GET after a change"] = Walk.of(lambda: process.send("/category/dinamika.rss"))
        walks["view"] = Walk.of(lambda: _view(process, "old-2"))
        line = services.settings.data_dir / "line.jsonl"
        line.write_text(json.dumps(second[0]) + "\n")
        walks["import, one line"] = Walk.of(lambda: _import(services, line))
        return walks


@contextmanager
def _services() -> Iterator[Services]:
    with tempfile.TemporaryDirectory(prefix="warta-bench-") as name:
        settings = Settings(data_dir=Path(name))
        redis = PrivateRedis(settings.data_dir)
        redis.start()
        try:
            with closing(Services.build(settings)) as services:
                migrate(services.database)
                services.view_persistence.refill()
                yield services
        finally:
            redis.stop()


def _fields(prefix: str) -> list[dict[str, object]]:
    return [{**article, "categories": [CATEGORY]} for article in articles(ARTICLES, prefix)]


def _publish(services: Services, fields: list[dict[str, object]]) -> None:
    reading = ValidationContext.of(services.settings)
    services.publisher.put([Submission.read(each, reading) for each in fields])


def _view(process: Process, article_id: str) -> None:
    """Send a view, and count it in Redis as the worker of the process does."""
    process.send(f"/articles/{article_id}/views", "POST")
    process.services.counter.flush()


def _import(services: Services, file: Path) -> None:
    reading = ValidationContext.of(services.settings)
    for source in importers.find(str(file)):
        with source.open() as opened:
            items = list(importers.read(opened, None, importers.ReadOptions(reading.zone)))
    found = [item for item in items if isinstance(item, importers.FoundArticle)]
    services.publisher.put([Submission.read(item.fields, reading) for item in found], announce=False)
    services.announcements.announce_due()
