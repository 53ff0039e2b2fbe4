"""JSON-LD of a page (JSON-LD 1.1 §7, Embedding JSON-LD in HTML Documents), also where it is not quite JSON."""

import contextlib
import json
import re
from collections.abc import Iterator
from typing import Any

MAX_OBJECTS = 200  # objects of JSON-LD that are read
_MAX_DEPTH = 20  # levels of nested lists and graphs
_AROUND = re.compile(r"<!\[CDATA\[|\]\]>|<!--|-->")
# A string, which stays as it is; a comment; or a comma without a value behind it.
_SLIPS = re.compile(r'("(?:[^"\\]|\\.)*+")|/\*.*?\*/|(?<!:)//[^\n]*|,(?=\s*[}\],])', re.DOTALL)
_GRAPHS = ("@graph", "mainEntity", "mainEntityOfPage", "itemListElement", "hasPart")


def objects(tree: Any) -> list[dict[str, Any]]:
    """The objects of all JSON-LD scripts, also those in lists and graphs. What cannot be read is left out."""
    found: list[dict[str, Any]] = []
    for script in tree.iter("script"):
        if "ld+json" in (script.get("type") or "").lower():
            for value in _values(script.text or ""):
                _collect(value, found)
    return found[:MAX_OBJECTS]


def _values(text: str) -> Iterator[Any]:
    """The values in a script: JSON, JSON with slips, or several values one after the other."""
    text = _AROUND.sub("", text).strip(" \t\r\n;\ufeff")
    with contextlib.suppress(ValueError, RecursionError):
        yield json.loads(text, strict=False)
        return
    rest = _SLIPS.sub(lambda slip: slip[1] or "", text).strip(" \t\r\n;")
    decoder = json.JSONDecoder(strict=False)
    at = 0
    try:
        while at < len(rest):
            value, at = decoder.raw_decode(rest, at)
            yield value
            while at < len(rest) and rest[at] in " \t\r\n,;":
                at += 1
    except (ValueError, RecursionError):
        return


def _collect(value: Any, found: list[dict[str, Any]], depth: int = 0) -> None:
    if depth > _MAX_DEPTH or len(found) >= MAX_OBJECTS:
        return
    if isinstance(value, list):
        for each in value:
            _collect(each, found, depth + 1)
    elif isinstance(value, dict):
        found.append({name: part for name, part in value.items() if name != "@graph"})
        for inside in _GRAPHS:
            _collect(value.get(inside), found, depth + 1)
