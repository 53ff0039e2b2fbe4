"""Progress of long work: a bar on a terminal, otherwise a plain line every LINE_SECONDS."""

import sys
import time
from types import TracebackType
from typing import Self

from service.cli.terminal import say, say_over

LINE_SECONDS = 10.0  # seconds between plain lines


class Progress:
    """Shows on standard error how many items are done, and the share of `size` bytes read (None: size unknown)."""

    def __init__(self, name: str, size: int | None) -> None:
        self._name = name
        self._size = size
        self._items = 0
        self._started = self._said = time.monotonic()
        self._terminal = sys.stderr.isatty()

    def __enter__(self) -> Self:
        return self

    def show(self, items: int, position: int) -> None:
        """Report that `items` more are done and that `position` bytes have been read in total."""
        self._items += items
        now = time.monotonic()
        if self._terminal:
            say_over(self._line(position, now), stay=True)
        elif now - self._said >= LINE_SECONDS:
            self._said = now
            say(self._line(position, now), err=True)

    @staticmethod
    def say(line: str) -> None:
        """Print a line. On a terminal it replaces the bar, and the next `show` prints the bar below it."""
        if sys.stderr.isatty():
            say_over(line)
        else:
            say(line, err=True)

    def _line(self, position: int, now: float) -> str:
        rate = self._items / max(now - self._started, 0.001)
        line = f"{self._name}: {self._items:,} articles, {rate:,.0f} a second"
        if not self._size:
            return line
        share = min(position / self._size, 1.0)
        bar = "█" * round(20 * share)
        return f"{bar:░<20} {share:4.0%} {line}" if self._terminal else f"{share:.0%} {line}"

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._terminal and self._items:
            say(err=True)
