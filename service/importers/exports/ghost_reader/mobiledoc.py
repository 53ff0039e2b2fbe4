"""Bodies of Ghost's editor up to version 4: Mobiledoc 0.3 (https://github.com/bustle/mobiledoc-kit/blob/master/MOBILEDOC.md)."""

import html
import json
from collections.abc import Iterator
from typing import Any

from . import cards

_MARKUP, _IMAGE, _LIST, _CARD = 1, 2, 3, 10  # kinds of sections
_ATOM = 1  # a marker with an atom, such as a line break
_TAGS = {"p", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "aside", "ul", "ol"}
_MARKUPS = {"a", "b", "code", "em", "i", "s", "strong", "sub", "sup", "u"}


def rendered(text: str) -> str:
    """The HTML of a body. "" if it cannot be read. A section that cannot be read is left out."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        return ""
    sections = document.get("sections") if isinstance(document, dict) else None
    return "".join(_sections(document, sections)) if isinstance(sections, list) else ""


def _sections(document: Any, sections: list[Any]) -> Iterator[str]:
    for section in sections:
        try:
            yield _section(document, section)
        except (IndexError, KeyError, TypeError, ValueError):
            continue


def _section(document: Any, section: Any) -> str:
    kind = section[0]
    if kind == _MARKUP:
        tag = section[1] if section[1] in _TAGS else "p"
        return f"<{tag}>{_markers(document, section[2])}</{tag}>"
    if kind == _IMAGE:
        return cards.rendered("image", {"src": section[1]})
    if kind == _LIST:
        tag = "ol" if section[1] == "ol" else "ul"
        items = "".join(f"<li>{_markers(document, markers)}</li>" for markers in section[2])
        return f"<{tag}>{items}</{tag}>"
    if kind == _CARD:
        name, payload = document["cards"][section[1]]
        return cards.rendered(name, payload if isinstance(payload, dict) else {})
    return ""


def _markers(document: Any, markers: list[Any]) -> str:
    parts, opened = [], []
    for kind, opens, closes, value in markers:
        for at in opens:
            tag, *attributes = document["markups"][at]
            tag = str(tag).lower()
            opened.append(tag if tag in _MARKUPS else "span")
            parts.append(_start(opened[-1], attributes[0] if attributes else []))
        if kind == _ATOM:
            name, text, *_ = document["atoms"][value]
            parts.append("<br>" if name == "soft-return" else html.escape(str(text), quote=False))
        else:
            parts.append(html.escape(str(value), quote=False))
        parts.extend(f"</{opened.pop()}>" for _ in range(min(closes, len(opened))))
    return "".join([*parts, *(f"</{tag}>" for tag in reversed(opened))])


def _start(tag: str, attributes: list[Any]) -> str:
    """The start tag. Only links have an attribute: their URL, in a flat list of names and values."""
    if tag != "a":
        return f"<{tag}>"
    url = next((value for name, value in zip(attributes[::2], attributes[1::2], strict=False) if name == "href"), "")
    return f'<a href="{html.escape(str(url))}">'
