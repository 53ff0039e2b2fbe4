"""The query language: words, "phrases in quotation marks", and -excluded words. Every text is a query.

All words must occur, in any order and in any of their forms. A word with a hyphen or a full stop within is a phrase:
`covid-19`, `k.h.` Everything else, such as a parenthesis, parts words.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import regex

from service.core.errors import BadRequest
from service.search.words import Analyser

MAX_QUERY_CHARACTERS = 200
MAX_TERMS = 24  # words and phrases of a query
_MARKS = str.maketrans(dict.fromkeys("“”„‟«»＂", '"'))
_CHUNK = regex.compile(r'(?P<minus>(?<!\S)-)?(?:"(?P<phrase>[^"]*)"?|(?P<word>[^\s"]+))')


@dataclass(frozen=True)
class Term:
    """A word, or the words of a phrase, as the index has them. `is_prefix`: words that begin with it count, too."""

    words: tuple[str, ...]
    is_prefix: bool = False


@dataclass(frozen=True)
class Query:
    """A query: all `wanted` terms must occur in an article, and none of the `unwanted`. Without wanted terms, it finds
    nothing."""

    wanted: tuple[Term, ...] = ()
    unwanted: tuple[Term, ...] = ()


def parse(text: str, analyser: Analyser) -> Query:
    """The query of a text. Raises BadRequest for a text with more than MAX_TERMS terms."""
    wanted: dict[Term, None] = {}
    unwanted: dict[Term, None] = {}
    for chunk in _CHUNK.finditer(text.translate(_MARKS)):
        for term in _terms(chunk["phrase"] if chunk["word"] is None else chunk["word"], analyser):
            (unwanted if chunk["minus"] else wanted)[term] = None
    if len(wanted) + len(unwanted) > MAX_TERMS:
        raise BadRequest(f"q: has more than {MAX_TERMS} words")
    return Query(tuple(wanted), tuple(unwanted))


def _terms(text: str, analyser: Analyser) -> Iterator[Term]:
    words = [*analyser.words(text)]
    if not words:
        return
    if words[-1].is_part and len(words) > 1 and words[-2].end == words[-1].end:
        words.pop()  # the pair before it has this character
    is_prefix = len(words) == 1 and words[0].is_part
    yield Term(tuple(word.word for word in words), is_prefix)
