"""Text that is known to be of the article: as trafilatura locates it, and as the page states it."""

from collections.abc import Iterable
from copy import deepcopy
from typing import Any

import trafilatura

from .blocks import letters

Element = Any

_MIN_LETTERS = 25  # of a block that is looked up anywhere in a text; a shorter one must be a whole line of it
_PROBE_LETTERS = 40  # of the beginning and the end of a block that was shortened


class Evidence:
    """Text that is known to be of the article, by which blocks are recognised."""

    def __init__(self, lines: Iterable[str]) -> None:
        found = [line for line in map(letters, lines) if line]
        self._lines = set(found)
        self._all = "\n".join(found)
        self.size = sum(map(len, found))

    def has(self, text: str) -> bool:
        """True if the article has the block with these `letters`."""
        if len(text) < _MIN_LETTERS:
            return text in self._lines
        return text in self._all or (
            len(text) > 2 * _PROBE_LETTERS
            and text[:_PROBE_LETTERS] in self._all
            and text[-_PROBE_LETTERS:] in self._all
        )


def locate(tree: Element, *, fast: bool) -> list[str]:
    """The lines of the article's text, as trafilatura finds them."""
    try:
        found: Any = trafilatura.bare_extraction(deepcopy(tree), include_comments=False, fast=fast)
    except (ValueError, RecursionError):
        return []
    return (found.text or "").split("\n") if found is not None else []
