"""The linter of our prose: `make check` runs it over the documentation.

docs/words.toml has the words and forms that CONTRIBUTING.md forbids, each with the better one. A sentence has at most
MAX_WORDS words. Code, URLs, quotations and HTML comments are not read.
"""

import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

FOLDER = Path(__file__).parent
MAX_WORDS = 35
_HIDDEN = re.compile(
    r"^ *```.*?^ *```|<!--.*?-->|`[^`\n]*`|(?<=\])\([^)]*\)|<https?://[^>]*>|^\[[^\]]+\]: .*$|\*[^*\n]+\*(?!\*)|\"[^\"\n]*\"",
    re.MULTILINE | re.DOTALL,
)
_END = re.compile(r"(?<=[.!?:;])[)*\"]*\s+|\s*[|·]\s*|\n\s*\n|\n(?=\s*(?:[-#|]|\d+\.) )")
_WORD = re.compile(r"[^\W_][\w'’-]*")


class Rule(NamedTuple):
    """A form that we do not write, as a regular expression, and what to write instead."""

    pattern: re.Pattern[str]
    instead: str


class Fault(NamedTuple):
    line: int
    text: str
    instead: str


def rules() -> list[Rule]:
    listed = tomllib.loads((FOLDER / "words.toml").read_text(encoding="utf-8"))
    return [
        Rule(re.compile(pattern, re.IGNORECASE if listed["instead"][pattern].islower() else 0), better)
        for pattern, better in listed["instead"].items()
    ]


def faults(text: str, forbidden: list[Rule]) -> Iterator[Fault]:
    """Yield the faults of a page in Markdown."""
    # What is hidden keeps its line ends, so that line numbers stay.
    prose = _HIDDEN.sub(lambda found: "¤" + "\n" * found[0].count("\n"), text)
    for rule in forbidden:
        for found in rule.pattern.finditer(prose):
            yield Fault(prose.count("\n", 0, found.start()) + 1, found[0], rule.instead)
    start = 0
    for end in [*_END.finditer(prose), None]:
        sentence = prose[start : end.start() if end else len(prose)]
        if len(_WORD.findall(sentence)) > MAX_WORDS:
            first = " ".join(sentence.split()[:6])
            yield Fault(prose.count("\n", 0, start) + 1, f"{first} …", f"a sentence of at most {MAX_WORDS} words")
        start = end.end() if end else start


def main(pages: list[Path]) -> int:
    """Print the faults of the pages. Returns the exit code: 1 if there are any."""
    forbidden = rules()
    found = 0
    for page in pages:
        for fault in sorted(faults(page.read_text(encoding="utf-8"), forbidden)):
            print(f"{page}:{fault.line}: {' '.join(fault.text.split())!r}: write {fault.instead}")
            found += 1
    return int(found > 0)


if __name__ == "__main__":
    sys.exit(main([Path(name) for name in sys.argv[1:]]))
