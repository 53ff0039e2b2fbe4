"""The linter of our prose: `make check` runs it over the documentation.

proselint reads the pages, with its own checks and with ours. docs/words.toml has our checks: the words and forms that
CONTRIBUTING.md forbids, each with a better one. It also lists the checks of proselint that are off. A sentence has at
most MAX_WORDS words. The linter does not read code, URLs, quotations and HTML comments.
"""

import re
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

from proselint import checks as proselint_checks
from proselint.config import DEFAULT, Config
from proselint.registry import CheckRegistry
from proselint.registry.checks import Check, CheckFlags
from proselint.registry.checks.engine import Fancy, RegexOptions
from proselint.registry.checks.types import ExistenceSimple
from proselint.tools import LintFile

from tests.support.markdown import PAGES, ROOT

MAX_WORDS = 35
WRITTEN_BY_RELEASE = "CHANGELOG.md"  # describes old releases in the words of their time
OURS = "warta"  # the group of our checks in proselint's registry
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
    | \b(?:IP|IPv4|IPv6|[Ll]isten|[Ee]-mail)\s+address(?:es)?\b
    """,
    re.MULTILINE | re.DOTALL | re.VERBOSE,
)
_HEADING = re.compile(r"^#+ .*$", re.MULTILINE)
# A sentence ends at a full stop or semicolon, at the border of a cell, and at the end of a paragraph or item.
_END = re.compile(r"(?<=[.!?:;])[)*]*\s+|\s*[|·]\s*|\n\s*\n|\n(?=\s*(?:[-#|]|\d+\.)[ ])")
_WORD = re.compile(r"[^\W_][\w'’-]*")


class Fault(NamedTuple):
    line: int
    text: str
    advice: str


@cache
def config() -> Config:
    """Add our checks to proselint's registry, once. Returns the configuration with which it runs all of them."""
    listed = tomllib.loads((ROOT / "docs/words.toml").read_text(encoding="utf-8"))
    # Python's regular expressions: the standard engine of proselint, RE2, cannot look ahead or behind.
    engine = Fancy(RegexOptions(case_insensitive=True, multi_line=True))
    ours = tuple(
        Check(ExistenceSimple(pattern), engine, OURS, f"write {better}", CheckFlags(allow_quotes=True))
        for pattern, better in listed["instead"].items()
    )
    CheckRegistry().register_many((*proselint_checks.__register__, *ours))
    # The first entry that fits a check decides.
    checks = {**dict.fromkeys(listed["proselint"]["off"], False), **DEFAULT["checks"], OURS: True}
    return {"max_errors": sys.maxsize, "checks": checks}


def faults(text: str) -> Iterator[Fault]:
    """Yield the faults of a page in Markdown, or of a plain text."""
    # What is hidden keeps its line ends, so that line numbers stay right.
    prose = _HIDDEN.sub(lambda found: "¤" + "\n" * found[0].count("\n"), text)
    # The text below may repeat the words of its heading.
    page = LintFile("page", _HEADING.sub(r"\g<0> ¤", prose) + "\n")
    for found in page.lint(config()):
        start, end = found.check_result.span
        yield Fault(found.pos[0], page.content[start:end], found.check_result.message)
    start = 0
    for end, next_start in [*(each.span() for each in _END.finditer(prose)), (len(prose), len(prose))]:
        sentence = prose[start:end]
        if len(_WORD.findall(sentence)) > MAX_WORDS:
            first = " ".join(sentence.split()[:6])
            yield Fault(prose.count("\n", 0, start) + 1, f"{first} …", f"write sentences of at most {MAX_WORDS} words")
        start = next_start


def main(pages: list[Path]) -> int:
    """Print the faults of the pages. Returns the exit code: 1 if there are any."""
    found = [(page, fault) for page in pages for fault in sorted(faults(page.read_text(encoding="utf-8")))]
    for page, fault in found:
        print(f"{page}:{fault.line}: {' '.join(fault.text.split())!r}: {fault.advice}")
    return int(bool(found))


if __name__ == "__main__":
    named = [Path(name) for name in sys.argv[1:]]
    sys.exit(main(named or [page for page in PAGES if page.name != WRITTEN_BY_RELEASE]))
