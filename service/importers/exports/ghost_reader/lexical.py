"""Bodies of Ghost's editor since version 5: a tree of nodes (https://lexical.dev/docs/concepts/nodes)."""

import html
import json
from collections.abc import Mapping
from typing import Any

from . import cards

MAX_DEPTH = 100  # levels of nodes; deeper ones are left out
_FORMATS = {1: "strong", 2: "em", 4: "s", 8: "u", 16: "code", 32: "sub", 64: "sup", 128: "mark"}  # bits of `format`
_BLOCKS = {
    "paragraph": "p",
    "listitem": "li",
    "quote": "blockquote",
    "extended-quote": "blockquote",
    "aside": "blockquote",
    "heading": "h2",
    "extended-heading": "h2",
    "list": "ul",
}
_TAGS = {"h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol"}

Node = Mapping[str, Any]


def rendered(text: str) -> str:
    """The HTML of a body. "" if it cannot be read."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        return ""
    root = document.get("root") if isinstance(document, dict) else None
    return _children(root, 0) if isinstance(root, dict) else ""


def _children(node: Node, depth: int) -> str:
    children = node.get("children")
    if not isinstance(children, list) or depth > MAX_DEPTH:
        return ""
    return "".join(_rendered(child, depth + 1) for child in children if isinstance(child, dict))


def _rendered(node: Node, depth: int) -> str:
    kind = node.get("type")
    if kind in ("text", "extended-text"):
        return _text(node)
    if kind == "linebreak":
        return "<br>"
    if kind in ("link", "autolink"):
        return f'<a href="{html.escape(str(node.get("url") or ""))}">{_children(node, depth)}</a>'
    if kind in _BLOCKS:
        tag = node.get("tag") if node.get("tag") in _TAGS else _BLOCKS[kind]
        return f"<{tag}>{_children(node, depth)}</{tag}>"
    return cards.rendered(str(kind), node) or _children(node, depth)


def _text(node: Node) -> str:
    shown = html.escape(str(node.get("text") or ""), quote=False)
    bits = node.get("format")
    for bit, tag in _FORMATS.items():
        if shown and isinstance(bits, int) and bits & bit:
            shown = f"<{tag}>{shown}</{tag}>"
    return shown
