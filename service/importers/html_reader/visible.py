"""The visible text of a page, line by line, as a person sees it."""

import re
from typing import Any

from lxml import etree

from .blocks import BLOCKS, UNSEEN

_UNSEEN = UNSEEN | {"noscript", "iframe"}
_LINES = BLOCKS | {"br"}
_SPACE = re.compile(r"\s+")


def lines(tree: Any) -> list[str]:
    """The visible text: a line for each block, with white space collapsed."""
    parts: list[str] = []
    unseen = None
    for event, element in etree.iterwalk(tree, events=("start", "end")):
        starts = event == "start"
        if starts and unseen is None and element.tag in _UNSEEN:
            unseen = element
        if unseen is None:
            parts.append("\n" if element.tag in _LINES else "")
            parts.append(_space(element.text if starts else element.tail))
        elif element is unseen and not starts:
            unseen = None
            parts.append(_space(element.tail))
    return [line for line in (line.strip() for line in "".join(parts).split("\n")) if line]


def _space(text: str | None) -> str:
    return _SPACE.sub(" ", text or "")
