"""Characters that no terminal should be sent raw."""

import sys
import unicodedata

JOINERS = "\u200c\u200d"  # which Indic and Persian text and emoji need
# By the categories of Unicode: controls, format characters, line and paragraph separators, surrogates.
DANGEROUS = "".join(
    character
    for character in map(chr, range(sys.maxunicode + 1))
    if unicodedata.category(character) in ("Cc", "Cf", "Zl", "Zp", "Cs") and character not in JOINERS
)
SCALARS = "".join(character for character in DANGEROUS if unicodedata.category(character) != "Cs")
HARMLESS = "Jembatan “Baru” 日本\u3000語 a\u00a0b می\u200cخواهم क्\u200dष 👩\u200d🚀 ❤\ufe0f \\ \u0301"


def raw(text: str, layout: str = "\n") -> set[str]:
    """Those of the characters that stand in the text, but for its layout."""
    return {character for character in text if character in DANGEROUS} - set(layout)
