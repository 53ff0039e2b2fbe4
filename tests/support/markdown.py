"""The pages of the documentation, as tests read them: code blocks with the notes above them."""

import re
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")])
_BLOCK = re.compile(r"^((?:<!--[^\n]*-->\n)*) *```(\w*)\n(.*?)^ *```", re.MULTILINE | re.DOTALL)
_NOTE = re.compile(r"<!-- ([^:\n]+?)(?:: (.+?))? -->")


class Block(NamedTuple):
    """A code block.

    `notes` are the HTML comments directly above it: `<!-- not run: needs Docker -->` is {"not run": "needs Docker"}.
    """

    language: str
    text: str
    line: int
    notes: dict[str, str]


def blocks(page: Path) -> list[Block]:
    """The code blocks of a page in their order."""
    text = page.read_text(encoding="utf-8")
    return [
        Block(found[2], found[3], text.count("\n", 0, found.start(3)) + 1, dict(_NOTE.findall(found[1])))
        for found in _BLOCK.finditer(text)
    ]
