"""Formulas (MathML) and drawings (SVG) as text: readers of feeds show neither."""

import html
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

ELEMENTS = frozenset(
    [
        "math",
        "mi",
        "mn",
        "mo",
        "ms",
        "mtext",
        "mrow",
        "mstyle",
        "mpadded",
        "merror",
        "mfenced",
        "menclose",
        "mfrac",
        "msup",
        "msub",
        "msubsup",
        "munder",
        "mover",
        "munderover",
        "mmultiscripts",
        "msqrt",
        "mroot",
        "mtable",
        "mtr",
        "mlabeledtr",
        "mtd",
        "semantics",
        "annotation",
        "annotation-xml",
        "mphantom",
        "svg",
        "text",
        "tspan",
        "textPath",
        "desc",
        "title",
        "foreignObject",
    ]
)
ATTRIBUTES = frozenset({"alttext", "aria-label"})
LABELS = frozenset({"title", "desc", "annotation"})  # the words of a label, which a browser does not show
UNSEEN = frozenset({"annotation-xml", "mphantom"})
PARTED = frozenset({"mtd", "mtr", "text", "desc"})  # a blank parts them from what follows
# The tags around the second and third child.
_SCRIPTS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        **dict.fromkeys(("msub", "munder"), ("sub",)),
        **dict.fromkeys(("msup", "mover"), ("sup",)),
        **dict.fromkeys(("msubsup", "munderover"), ("sub", "sup")),
    }
)


def arrange(name: str, parts: list[Any], begin: int, children: list[int]) -> None:
    """Write the layout of the formula's element `name` with signs and tags between its `parts`, from `begin` on.

    `children` are the places where its children begin.
    """
    if name in _SCRIPTS:
        ends = [*children[1:], len(parts)]
        for place, tag in reversed(list(zip(range(1, len(children)), _SCRIPTS[name], strict=False))):
            parts[children[place] : ends[place]] = [f"<{tag}>", *parts[children[place] : ends[place]], f"</{tag}>"]
    elif name == "mfrac" and len(children) == 2:
        over, under = parts[begin : children[1]], parts[children[1] :]
        parts[begin:] = [*_grouped(over), "/", *_grouped(under)]
    elif name == "msqrt":
        parts[begin:] = ["√", *_grouped(parts[begin:])]
    elif name == "mroot" and len(children) == 2:
        parts[begin:] = ["<sup>", *parts[children[1] :], "</sup>√", *_grouped(parts[begin : children[1]])]


def _grouped(parts: list[Any]) -> list[Any]:
    """`parts` in parentheses, unless they are one sign."""
    return parts if len(parts) < 2 else ["(", *parts, ")"]


def labelled(parts: list[Any], begin: int, label: str) -> None:
    """Write the `label` of a formula as its title, or as its text if its `parts`, from `begin` on, have none."""
    if not any(str(parts[place]).strip() for place in range(begin, len(parts))):
        parts[begin:] = [f" {html.escape(label, quote=False)} "]
    elif label:
        parts.insert(begin, f'<span title="{html.escape(label)}">')
        parts.append("</span>")


def drawing(parts: list[Any], begin: int, label: str) -> None:
    """Write the `label` of a drawing before its texts, which are the `parts` from `begin` on."""
    parts.insert(begin, f" {html.escape(label, quote=False)} " if label else " ")
    parts.append(" ")
