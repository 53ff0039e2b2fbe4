"""The visible text of a page, line by line, as a person sees it."""

from typing import Any

from lxml import etree

from .blocks import BLOCKS, UNSEEN

_UNSEEN = UNSEEN | {"noscript", "iframe"}
_LINES = BLOCKS | {"br"}
_BREAK = "\x00"  # between lines; no document has this character


def lines(tree: Any) -> list[str]:
    """The visible text: a line for each block, with white space collapsed."""
    parts: list[str] = []
    unseen = None
    for event, element in etree.iterwalk(tree, events=("start", "end")):
        starts = event == "start"
        if starts and unseen is None and element.tag in _UNSEEN:
            unseen = element
        if unseen is None:
            if element.tag in _LINES:
                parts.append(_BREAK)
            parts.append((element.text if starts else element.tail) or "")
        elif element is unseen and not starts:
            unseen = None
            parts.append(element.tail or "")
    return [line for line in (" ".join(line.split()) for line in "".join(parts).split(_BREAK)) if line]
