"""Teasers: the beginning of a text, cut where its script allows it."""

import regex

from service.articles.characters import balanced

MIN_SHARE = 2 / 3  # of the longest length: a teaser is not cut shorter for the sake of a word
MIN_SHARE_OF_CLAUSES = 1 / 4  # the same where blanks part clauses, not words
_CONTEXT_CHARACTERS = 64  # characters behind the cut that decide whether there is a boundary
_WORDS = regex.compile(r"(?w)\b")  # UAX #29 §4
_CHARACTERS = regex.compile(r"\X")  # UAX #29 §3
# Thai, Lao, Khmer, Burmese: a dictionary is needed to find their words (UAX #29 §4.2), and a cut within one may make
# another word. Their blanks part clauses; some texts have spaces without width between words.
_CLAUSES = regex.compile(r"\p{Line_Break=SA}")
_NO_WIDTH = "\u200b"
_LOOSE = " \u200b,;:.-–—…、，。；："  # ends of a cut text: a sign that announces more, or an end before the ellipsis
_OPENING = "([{«‹“‘„‚「『（【〈《〔"
# Closing signs, signs of repetition and length, and the vowels of Thai and Lao that follow their consonant.
_NO_BREAK_BEFORE = regex.compile(r"[\p{Pe}\p{Pf}\p{Po}\p{Lm}\u0e30\u0e32\u0e45\u0eb0\u0eb2]")
_NO_BREAK_AFTER = regex.compile(
    r"[\p{Ps}\p{Pi}\u0e40-\u0e44\u0ec0-\u0ec4]"
)  # opening signs, and vowels before their consonant


def teaser(text: str, longest: int) -> str:
    """The plain text; if it has more than `longest` characters, its beginning, and "…".

    It ends at a blank, else at a word's boundary, else between two characters as people see them. In a script that
    writes no boundaries between words, it ends at the end of a clause if it can.
    """
    if len(text) <= longest:
        return text
    return balanced(text[: _cut(text, longest)].rstrip(_LOOSE + _OPENING)) + "…"


def _cut(text: str, longest: int) -> int:
    """The place of the cut. Each kind of place counts only if the text does not become shorter than its least share."""
    least = int(longest * MIN_SHARE)
    in_clauses = _CLAUSES.match(text, longest - 1) or _CLAUSES.match(text, longest)
    first = int(longest * MIN_SHARE_OF_CLAUSES) if in_clauses else least
    blank = max(text.rfind(" ", first, longest), text.rfind(_NO_WIDTH, first, longest))
    if blank > 0:
        return blank
    begin = text[: longest + _CONTEXT_CHARACTERS]
    words = [word.start() for word in _WORDS.finditer(begin, least) if word.start() < longest]
    if fitting := [place for place in words if _may_break(text, place)]:
        return int(fitting[-1])
    characters = [character.end() for character in _CHARACTERS.finditer(begin) if character.end() < longest]
    fitting = [place for place in characters if place >= least and _may_break(text, place)]
    places: list[int] = fitting or characters
    return max(places, default=longest - 1)  # one character may have any number of marks


def _may_break(text: str, place: int) -> bool:
    return not _NO_BREAK_BEFORE.match(text, place) and not _NO_BREAK_AFTER.match(text, place - 1)
