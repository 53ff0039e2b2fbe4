"""The linter of our prose: `make check` runs it over the documentation.

docs/words.toml has the words and forms that CONTRIBUTING.md forbids, each with a better one. A sentence has at most
MAX_WORDS words. The linter does not read code, URLs, quotations and HTML comments.
"""

import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from tests.support.markdown import PAGES, ROOT

MAX_WORDS = 35
WRITTEN_BY_RELEASE = "CHANGELOG.md"  # describes old releases in the words of their time
_HIDDEN = re.compile(
    r"""
      ^[ ]*```.*?^[ ]*```                       # a code block
    | <!--.*?-->
    | `[^`\n]*`
    | (?<=\])\([^)]*\)                          # the target of a link
    | <https?://[^>]*>
    | ^\[[^\]]+\]:\ .*?$                       # the target of a link, at the end of a page
    | \*[^*\n]+\*(?!\*)
    | "[^"\n]*"
    | \b(?:IP|IPv4|IPv6|listen|e-mail)\s+address(?:es)?\b
    """,
    re.MULTILINE | re.DOTALL | re.VERBOSE,
)
# A sentence ends at a full stop or semicolon, at the border of a cell, and at the end of a paragraph or item.
_END = re.compile(r"(?<=[.!?:;])[)*]*\s+|\s*[|·]\s*|\n\s*\n|\n(?=\s*(?:[-#|]|\d+\.)[ ])")
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
    """The rules of docs/words.toml."""
    listed = tomllib.loads((ROOT / "docs/words.toml").read_text(encoding="utf-8"))["instead"]
    return [Rule(re.compile(pattern, re.IGNORECASE | re.MULTILINE), better) for pattern, better in listed.items()]


def faults(text: str, forbidden: list[Rule]) -> Iterator[Fault]:
    """Yield the faults of a page in Markdown."""
    # What is hidden keeps its line ends, so that line numbers stay right.
    prose = _HIDDEN.sub(lambda found: "¤" + "\n" * found[0].count("\n"), text)

    def line(offset: int) -> int:
        return prose.count("\n", 0, offset) + 1

    for rule in forbidden:
        for found in rule.pattern.finditer(prose):
            yield Fault(line(found.start()), found[0], rule.instead)
    start = 0
    for end in [*(each.span() for each in _END.finditer(prose)), (len(prose), len(prose))]:
        sentence = prose[start : end[0]]
        if len(_WORD.findall(sentence)) > MAX_WORDS:
            first = " ".join(sentence.split()[:6])
            yield Fault(line(start), f"{first} …", f"sentences of at most {MAX_WORDS} words")
        start = end[1]


def main(pages: list[Path]) -> int:
    """Print the faults of the pages. Returns the exit code: 1 if there are any."""
    forbidden = rules()
    found = [(page, fault) for page in pages for fault in sorted(faults(page.read_text(encoding="utf-8"), forbidden))]
    for page, fault in found:
        print(f"{page}:{fault.line}: {' '.join(fault.text.split())!r}: write {fault.instead}")
    return int(bool(found))


if __name__ == "__main__":
    named = [Path(name) for name in sys.argv[1:]]
    sys.exit(main(named or [page for page in PAGES if page.name != WRITTEN_BY_RELEASE]))
