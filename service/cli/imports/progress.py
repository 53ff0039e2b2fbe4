"""Progress of an import: a line that moves on a terminal, otherwise a plain line every LINE_SECONDS."""

import sys
import threading
import time
from collections.abc import Iterable
from types import TracebackType
from typing import Self

from service.cli.terminal import say, say_over

LINE_SECONDS = 10.0  # seconds between plain lines
_REDRAW_SECONDS = 0.3  # seconds between two states of the line on a terminal
_WHEEL = "|/-\\"


class Progress:
    """Shows on standard error how many items are done, and the share of the bytes or documents that are read.

    A thread draws the line, so that it also moves while a long document is parsed or fetched.
    """

    def __init__(self) -> None:
        self._items = 0
        self._expected: int | None = 0  # bytes of all sources; None if a size is unknown
        self._done = 0  # bytes of the sources before this one
        self._position = 0  # bytes of this source
        self._documents = [0, 0]  # that lists name: done, and all
        self._started = self._said = time.monotonic()
        self._terminal = sys.stderr.isatty()
        self._ended = threading.Event()
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._draw, daemon=True)

    def __enter__(self) -> Self:
        if self._terminal:
            self._thread.start()
        return self

    def expect(self, sizes: Iterable[int | None]) -> None:
        """Set the sizes of all sources, in bytes; None for an unknown one."""
        known = [*sizes]
        self._expected = None if None in known else sum(size or 0 for size in known)

    def read(self, position: int) -> None:
        """Report that `position` bytes of the source have been read."""
        self._position = position

    def end_of_source(self, size: int | None) -> None:
        self._done += size or 0
        self._position = 0

    def expect_documents(self, number: int) -> None:
        self._documents[1] += number

    def end_of_document(self) -> None:
        self._documents[0] += 1

    def done(self, items: int) -> None:
        """Report that `items` more are done."""
        self._items += items
        now = time.monotonic()
        if not self._terminal and now - self._said >= LINE_SECONDS:
            self._said = now
            say(self._line(now), err=True)

    def say(self, line: str, *, err: bool = True) -> None:
        """Print a line. On a terminal it replaces the line of the progress, which is drawn again below it."""
        with self._lock:
            if self._terminal:
                say_over("", stay=True)
            say(line, err=err)

    def _draw(self) -> None:
        while not self._ended.wait(_REDRAW_SECONDS):
            with self._lock:
                say_over(self._line(time.monotonic()), stay=True)

    def _line(self, now: float) -> str:
        seconds = max(now - self._started, 0.001)
        line = f"{self._items:,} articles, {self._items / seconds:,.0f} a second"
        done, documents = self._documents
        if documents:
            line += f", {done:,} of {documents:,} documents"
        share = done / documents if documents else self._share()
        if share is None:
            return f"{_WHEEL[int(seconds / _REDRAW_SECONDS) % len(_WHEEL)]} {line}" if self._terminal else line
        bar = "█" * round(20 * share)
        return f"{bar:░<20} {share:4.0%} {line}" if self._terminal else f"{share:.0%} {line}"

    def _share(self) -> float | None:
        if not self._expected:
            return None
        return min((self._done + self._position) / self._expected, 1.0)

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._ended.set()
        if self._terminal:
            self._thread.join()
            say_over("", stay=True)
