"""Finds the line of a setting in a TOML file. Errors name the line, and tomllib returns values only."""

import re
from collections import Counter
from collections.abc import Sequence

_HEADER = re.compile(r"\s*\[\[?\s*([A-Za-z0-9_.\"' -]+?)\s*\]\]?\s*(#.*)?$")
_KEY = re.compile(r"\s*([A-Za-z0-9_-]+|\"[^\"]*\"|'[^']*')\s*=")


def line_of(text: str, path: Sequence[str]) -> int | None:
    """The number of the line of the setting at `path`; lines count from 1.

    If the setting itself has no line, it is the line of the smallest table or key around it; None if there is none.
    Numbers in `path` are positions, from 0, in an array of tables: `("catalogue", "feeds", "1", "limit")`.
    """
    best, depth = None, 0
    for number, at in _places(text):
        common = next((n for n, (a, b) in enumerate(zip(at, path, strict=False)) if a != b), min(len(at), len(path)))
        if common == len(at) and common > depth:
            best, depth = number, common
    return best


def _places(text: str) -> list[tuple[int, tuple[str, ...]]]:
    """The lines that begin a table or set a key: number and path."""
    places: list[tuple[int, tuple[str, ...]]] = []
    arrays: Counter[str] = Counter()
    table: tuple[str, ...] = ()
    for number, line in enumerate(text.splitlines(), 1):
        if header := _HEADER.match(line):
            table = tuple(part.strip(" \"'") for part in header[1].split("."))
            if line.lstrip().startswith("[["):
                table = (*table, str(arrays[header[1]]))
                arrays[header[1]] += 1
            places.append((number, table))
        elif key := _KEY.match(line):
            places.append((number, (*table, key[1].strip("\"'"))))
    return places
