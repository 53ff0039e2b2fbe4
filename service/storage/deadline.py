"""The end of all waits for the answers of a database, for the running block of code."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Protocol

CHECK_SECONDS = 0.05  # seconds between two looks at the deadline while an answer is awaited


class Watch(Protocol):
    """The observer of all waits: it hears of late answers, and knows of a server that hangs."""

    def suspect(self) -> None: ...

    def is_open(self) -> bool: ...


@dataclass
class AnswerDeadline:
    """The end of all waits for answers in a transaction. `at` is in seconds of the monotonic clock.

    The time for a new connection moves it, since a connection with TLS to a distant host takes longer than a query. If
    the `watch` says that the server hangs, the waits end at once. It hears of an answer that is more than `patience`
    seconds late. A probe has no watch.
    """

    at: float
    patience: float = 0.0
    watch: Watch | None = None

    @property
    def has_passed(self) -> bool:
        return time.monotonic() >= self.at or (self.watch is not None and self.watch.is_open())


_deadline: ContextVar[AnswerDeadline | None] = ContextVar("deadline", default=None)


@contextmanager
def answers_until(deadline: AnswerDeadline) -> Iterator[None]:
    """In the block, connecting and every answer end at the deadline. Then they raise NoAnswer."""
    token = _deadline.set(deadline)
    try:
        yield
    finally:
        _deadline.reset(token)


def running_deadline() -> AnswerDeadline | None:
    """The deadline of the running block; None if it has no limit."""
    return _deadline.get()
