"""Validation of imported articles. In a long import a second process validates, while this one stores."""

import multiprocessing
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass

from service.articles.article import Submission
from service.articles.validation import ValidationContext
from service.core.errors import ArticleInvalid, FieldError
from service.importers import FoundArticle, RefusedItem

MAX_CHUNK_ITEMS = 500  # items that the other process takes at a time; they are stored in smaller transactions
MAX_CHUNK_CHARACTERS = 8_000_000  # characters of article bodies in a chunk
MAX_WAITING_CHUNKS = 3  # chunks that wait for the other process: enough to keep it busy, and memory stays flat


@dataclass(frozen=True)
class ValidArticle:
    """An article that can be stored, its place, and the values that were left out.

    With `headline_only` it never replaces a stored article.
    """

    where: str
    submission: Submission
    headline_only: bool
    warnings: Sequence[FieldError] = ()


def validate_items(
    items: Iterator[FoundArticle | RefusedItem], context: ValidationContext
) -> Iterator[list[ValidArticle | RefusedItem]]:
    """Validate the items. Yield them in chunks, in their order; invalid ones become a RefusedItem with the reason."""
    first = _chunk(items)
    if first:
        yield _validate(first, context)
    # Most imports are short: the start of a process would take longer than the import.
    if len(first) < MAX_CHUNK_ITEMS:
        for chunk in iter(lambda: _chunk(items), []):
            yield _validate(chunk, context)
        return
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as other:
        waiting: deque[Future[list[ValidArticle | RefusedItem]]] = deque()
        rest = iter(lambda: _chunk(items), [])
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


def _chunk(items: Iterator[FoundArticle | RefusedItem]) -> list[FoundArticle | RefusedItem]:
    """The next items. MAX_CHUNK_CHARACTERS limits the memory that they take."""
    chunk: list[FoundArticle | RefusedItem] = []
    held = 0
    while len(chunk) < MAX_CHUNK_ITEMS and held < MAX_CHUNK_CHARACTERS and (item := next(items, None)):
        chunk.append(item)
        held += len(str(item.fields.get("content_html", ""))) if isinstance(item, FoundArticle) else 0
    return chunk


def _validate(
    chunk: Sequence[FoundArticle | RefusedItem], context: ValidationContext
) -> list[ValidArticle | RefusedItem]:
    answers: list[ValidArticle | RefusedItem] = []
    for item in chunk:
        if isinstance(item, RefusedItem):
            answers.append(item)
            continue
        try:
            submission, warnings = Submission.read_with_warnings(item.fields, context)
            answers.append(ValidArticle(item.where, submission, item.headline_only, (*item.left_out, *warnings)))
        except ArticleInvalid as error:
            answers.append(RefusedItem(item.where, str(error)))
    return answers
