"""Validating what importers find; long imports do it in a second process, while this one stores."""

import multiprocessing
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass

from service.articles.article import Submission
from service.articles.validation import Reading
from service.core.errors import ArticleInvalid
from service.importers import Found, Refused
from service.storage import CHUNK

CHUNK_BYTES = 8_000_000  # of bodies
AHEAD = 3  # chunks in the other process: enough to keep it busy, and memory flat


@dataclass(frozen=True)
class Valid:
    """An article that can be stored. `headline_only` ones never replace what is known."""

    submission: Submission
    headline_only: bool


def validated(items: Iterator[Found | Refused], reading: Reading) -> Iterator[list[Valid | Refused]]:
    """The items in chunks, in their order, each valid or refused with its reason."""
    first = _chunk(items)
    if first:
        yield _validate(first, reading)
    if len(first) < CHUNK:  # most imports are short, and starting a process takes longer than they do
        for chunk in iter(lambda: _chunk(items), []):
            yield _validate(chunk, reading)
        return
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as other:
        waiting: deque[Future[list[Valid | Refused]]] = deque()
        rest = iter(lambda: _chunk(items), [])
        while True:
            while len(waiting) < AHEAD and (chunk := next(rest, [])):
                waiting.append(other.submit(_validate, chunk, reading))
            if not waiting:
                return
            # Rather than wait for the other process, which takes a second to start, do some of its work.
            if not waiting[0].done() and len(waiting) < 2 * AHEAD and (chunk := next(rest, [])):
                waiting.append(Future())
                waiting[-1].set_result(_validate(chunk, reading))
            else:
                yield waiting.popleft().result()


def _chunk(items: Iterator[Found | Refused]) -> list[Found | Refused]:
    """The next items: as many as one transaction takes, and not much more than a process should hold."""
    chunk: list[Found | Refused] = []
    held = 0
    while len(chunk) < CHUNK and held < CHUNK_BYTES and (item := next(items, None)):
        chunk.append(item)
        held += len(str(item.fields.get("content_html", ""))) if isinstance(item, Found) else 0
    return chunk


def _validate(chunk: Sequence[Found | Refused], reading: Reading) -> list[Valid | Refused]:
    answers: list[Valid | Refused] = []
    for item in chunk:
        if isinstance(item, Refused):
            answers.append(item)
            continue
        try:
            answers.append(Valid(Submission.read(item.fields, reading), item.headline_only))
        except ArticleInvalid as error:
            answers.append(Refused(item.where, str(error)))
    return answers
