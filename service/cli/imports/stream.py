"""All items of an import, from all its sources: files, folders, URLs, and the documents that lists name."""

import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urlsplit

from service.articles import dates
from service.cli.imports.progress import Progress
from service.core.errors import WartaError
from service.core.http_client import IpNetwork, OutgoingFailed
from service.importers import FoundUrl, ImportItem, ReadOptions, RefusedItem, SkippedItem, Source, find, of_url, read
from service.importers.lists.robots import Robots

MAX_LIST_DEPTH = 3  # an index of sitemaps, its sitemaps, their pages
MAX_PAUSE_SECONDS = 5.0  # seconds between two requests to a site that answers slowly
MAX_TRIES = 3  # of a document whose server says that it is overloaded
_OVERLOADED = (429, 500, 502, 503, 504)


@dataclass(frozen=True)
class LocatedItem:
    """An item and the name of its source."""

    source: str
    item: ImportItem


@dataclass
class ImportStream:
    """The sources of an import. Documents of lists are fetched one after the other, as their site permits.

    `imported_at` returns the time of the last import of a page. Pages that have not changed since are skipped.
    """

    as_format: str | None
    options: ReadOptions
    allow: Sequence[IpNetwork]
    imported_at: Callable[[str], datetime | None]
    progress: Progress
    _robots: Robots = field(init=False)
    _next_request: dict[str, float] = field(init=False, default_factory=dict)  # the earliest time of it, by host

    def __post_init__(self) -> None:
        self._robots = Robots(self.allow)

    def items(self, arguments: Sequence[str]) -> Iterator[LocatedItem]:
        """Yield the items of all arguments of the command, in their order. Errors of sources become refused items."""
        sources: list[Source | LocatedItem] = []
        for argument in arguments:
            try:
                sources += find(argument, document=lambda url: self._document(url, None))
            except WartaError as error:
                sources.append(_refused(argument, error))
        self.progress.expect(source.size if isinstance(source, Source) else 0 for source in sources)
        for source in sources:
            if isinstance(source, LocatedItem):
                yield source
            else:
                yield from self._read(source, self.as_format, 0)
                self.progress.end_of_source(source.size)

    def _read(self, source: Source, as_format: str | None, depth: int) -> Iterator[LocatedItem]:
        """Yield the items of a source, then those of the documents that it names."""
        named: deque[FoundUrl] = deque()
        try:
            with source.open() as opened:
                for item in read(opened, as_format, self.options):
                    self.progress.read(opened.position())
                    if isinstance(item, FoundUrl):
                        named.append(item)
                    else:
                        yield LocatedItem(source.name, item)
        except WartaError as error:
            yield _refused(source.name, error)
        self.progress.expect_documents(len(named))
        while named:
            yield from self._named(named.popleft(), source, as_format, depth)
            self.progress.end_of_document()

    def _named(self, found: FoundUrl, source: Source, as_format: str | None, depth: int) -> Iterator[LocatedItem]:
        if found.is_continuation:
            yield from self._read(self._document(found.url, None), as_format, depth)
        elif depth >= MAX_LIST_DEPTH:
            yield LocatedItem(source.name, RefusedItem(found.url, f"lists are nested more than {MAX_LIST_DEPTH} deep"))
        elif found.is_article and self._is_known(found):
            yield LocatedItem(source.name, SkippedItem(found.url, "imported before, and not changed since"))
        else:
            yield from self._read(self._document(found.url, self._robots), None, depth + 1)

    def _is_known(self, found: FoundUrl) -> bool:
        """True if the page was imported after its last change. A list without times of changes tells of none."""
        imported_at = self.imported_at(found.url)
        if imported_at is None or not found.modified:
            return imported_at is not None
        try:
            return dates.parse(found.modified, self.options.zone) <= imported_at
        except dates.UnreadableDate:
            return False

    def _document(self, url: str, robots: Robots | None) -> Source:
        """The document at a URL, which waits for its turn, and is tried again if the server is overloaded.

        Without `robots`, a person named the URL. The robots.txt still counts for other documents that it leads to.
        """
        host, named = _host(url), url

        def before(url: str) -> None:
            rules = robots or (self._robots if url != named else None)
            if rules and (reason := rules.refusal(url)):
                raise RobotsRefusal(f"{url}: {reason}")
            time.sleep(max(0.0, self._next_request.get(host, 0.0) - time.monotonic()))

        def after(started: float, error: Exception | None, tries: int) -> bool:
            """Set the time of the next request: a pause as long as the answer took. True to try again."""
            took = time.monotonic() - started
            delay = robots.delay(url) if robots else 0.0
            is_overloaded = isinstance(error, OutgoingFailed) and error.status in _OVERLOADED and tries < MAX_TRIES
            pause = min(max(took, delay, 2.0**tries if is_overloaded else 0.0), max(MAX_PAUSE_SECONDS, delay))
            self._next_request[host] = time.monotonic() + pause
            return is_overloaded

        return of_url(url, allow=self.allow, before=before, after=after)


def _host(url: str) -> str:
    """The host and port of a URL; "" if it is broken, which `fetch` reports."""
    try:
        return urlsplit(url).netloc
    except ValueError:
        return ""


class RobotsRefusal(WartaError):
    """A site does not permit that a program fetches the URL."""


def _refused(name: str, error: WartaError) -> LocatedItem:
    return LocatedItem(name, RefusedItem("", str(error).removeprefix(f"{name}: ")))
