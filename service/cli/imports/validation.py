"""Validation of imported articles. In a long import a second process validates, while this one stores."""

import gc
import multiprocessing
import signal
import time
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass

from service.articles.article import Submission
from service.articles.validation import ValidationContext
from service.cli.imports.stream import LocatedItem
from service.core.errors import ArticleInvalid, FieldError
from service.importers import FoundArticle
from service.storage import MAX_IMPORTED_PER_TRANSACTION, ImportedArticle

MAX_CHUNK_CHARACTERS = 8_000_000  # characters of article bodies in a chunk
MAX_CHUNK_SECONDS = 2.0  # seconds for which a chunk waits for further items: what was fetched is soon stored
MAX_WAITING_CHUNKS = 3  # chunks that wait for the other process: enough to keep it busy, and memory stays flat
# Fields that say nothing of what the article is. If one contradicts another field, it is left out.
_SPARE = frozenset({"updated_at"})


@dataclass(frozen=True)
class ValidArticle:
    """An article that can be stored, its source and place, the values that were left out, notes, and a doubt."""

    source: str
    where: str
    imported: ImportedArticle
    left_out: Sequence[FieldError] = ()
    notes: Sequence[str] = ()
    doubt: str = ""


@dataclass(frozen=True)
class InvalidArticle:
    """An article that cannot be stored, with the reason."""

    source: str
    where: str
    reason: str
    title: str = ""


CheckedItem = ValidArticle | InvalidArticle | LocatedItem


def validate_items(items: Iterator[LocatedItem], context: ValidationContext) -> Iterator[list[CheckedItem]]:
    """Validate the articles among the items. Yield all items in chunks, in their order."""
    rest = iter(lambda: _chunk(items), [])
    for chunk in rest:
        yield _validate(chunk, context)
        if len(chunk) == MAX_IMPORTED_PER_TRANSACTION:  # most imports are shorter than the start of a process takes
            break
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn"), _prepare) as other:
        yield from _validate_beside(rest, other, context)


def _validate_beside(
    rest: Iterator[list[LocatedItem]], other: ProcessPoolExecutor, context: ValidationContext
) -> Iterator[list[CheckedItem]]:
    """Validate chunks in the other process and, while it starts, in this one. Yield them in their order."""
    waiting: deque[Future[list[CheckedItem]]] = deque()
    try:
        while True:
            while len(waiting) < MAX_WAITING_CHUNKS and (chunk := next(rest, [])):
                waiting.append(other.submit(_validate, chunk, context))
            if not waiting:
                return
            # The other process takes a second to start. Validate a chunk here instead of waiting for it.
            if not waiting[0].done() and len(waiting) < 2 * MAX_WAITING_CHUNKS and (chunk := next(rest, [])):
                waiting.append(Future())
                waiting[-1].set_result(_validate(chunk, context))
            else:
                yield waiting.popleft().result()
    finally:
        for future in waiting:
            future.cancel()


def _prepare() -> None:
    """Prepare the other process. Ctrl-C goes to all processes of a terminal; the main process ends this one."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _collect_garbage_seldom()


@contextmanager
def garbage_collected_seldom() -> Iterator[None]:
    """In the block, Python's garbage collector seldom examines objects: in a long import it takes a fifth of the time.

    An import makes many objects and hardly any cycles.
    """
    before = gc.get_threshold()
    _collect_garbage_seldom()
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()


def _collect_garbage_seldom() -> None:
    gc.freeze()  # the objects of the libraries are never garbage
    gc.set_threshold(50_000, 20, 100)


def _chunk(items: Iterator[LocatedItem]) -> list[LocatedItem]:
    """The next items, for one transaction. MAX_CHUNK_CHARACTERS limits the memory that they take."""
    chunk: list[LocatedItem] = []
    held = 0
    end = time.monotonic() + MAX_CHUNK_SECONDS
    while len(chunk) < MAX_IMPORTED_PER_TRANSACTION and held < MAX_CHUNK_CHARACTERS and (located := next(items, None)):
        chunk.append(located)
        held += len(str(located.item.fields.get("content_html", ""))) if isinstance(located.item, FoundArticle) else 0
        if time.monotonic() > end:
            break
    return chunk


def _validate(chunk: Sequence[LocatedItem], context: ValidationContext) -> list[CheckedItem]:
    return [
        _checked(located.source, located.item, context) if isinstance(located.item, FoundArticle) else located
        for located in chunk
    ]


def _checked(source: str, found: FoundArticle, context: ValidationContext) -> CheckedItem:
    left_out = [*found.left_out]
    fields = dict(found.fields)
    while True:
        try:
            submission, warnings = Submission.read_with_warnings(fields, context)
        except ArticleInvalid as error:
            spare = [reason for reason in error.errors if reason.field in _SPARE and reason.field in fields]
            if not spare or len(spare) < len(error.errors):
                return InvalidArticle(source, found.where, str(error), str(found.fields.get("title", ""))[:200])
            left_out += spare
            fields = {name: value for name, value in fields.items() if name not in _SPARE}
            continue
        imported = ImportedArticle(submission, found.kind, found.same_as, found.old_urls, found.headline_only)
        return ValidArticle(source, found.where, imported, [*left_out, *warnings], found.notes, found.doubt)
