"""The places of a text that a query has found, for people: marked words, and the part of a long text around them."""

from collections.abc import Sequence
from typing import NamedTuple

from service.search.query import Query, Term
from service.search.words import Analyser, Word

EXCERPT_CHARACTERS = 280
_BEFORE = 60  # characters of an excerpt before the first found word


class Marked(NamedTuple):
    """A piece of a text, and whether the query has found it."""

    text: str
    is_found: bool


def marked(text: str, query: Query, analyser: Analyser) -> list[Marked]:
    """The text in pieces, found and others in turn. The pieces together are the text."""
    pieces: list[Marked] = []
    done = 0
    for start, end in _found(text, query, analyser):
        if start > done:
            pieces.append(Marked(text[done:start], is_found=False))
        pieces.append(Marked(text[max(start, done) : end], is_found=True))
        done = end
    return [*pieces, Marked(text[done:], is_found=False)] if done < len(text) else pieces


def excerpt(text: str, query: Query, analyser: Analyser) -> str:
    """The part of a long text, on one line, around the first found word; "" if nothing is found.

    It begins and ends at blanks, if there are some near, and "…" stands for the rest.
    """
    first = next(iter(_found(text, query, analyser)), None)
    if first is None:
        return ""
    start = 0
    if first[0] > _BEFORE:
        start = first[0] - _BEFORE
        start = text.find(" ", start, first[0]) + 1 or start
    end = len(text)
    if end > start + EXCERPT_CHARACTERS:
        end = start + EXCERPT_CHARACTERS
        end = max(text.rfind(" ", first[1], end), 0) or end
    return f"{'…' if start else ''}{text[start:end]}{'…' if end < len(text) else ''}"


def _found(text: str, query: Query, analyser: Analyser) -> list[tuple[int, int]]:
    """The places of the wanted terms, in their order, without overlaps."""
    words = [*analyser.words(text)]
    by_first: dict[str, list[Term]] = {}
    for term in query.wanted:
        by_first.setdefault(term.words[0][:1] if term.is_prefix else term.words[0], []).append(term)
    places = []
    end = 0
    for position, word in enumerate(words):
        if word.end <= end:
            continue
        for term in [*by_first.get(word.word, ()), *by_first.get(word.word[:1], ())]:
            if (until := _end(words, position, term)) > end:
                places.append((max(word.start, end), until))
                end = until
    return places


def _end(words: Sequence[Word], position: int, term: Term) -> int:
    """The end of the term if it begins at the word with this number; 0 otherwise."""
    if term.is_prefix:
        return words[position].start + len(term.words[0]) if words[position].word.startswith(term.words[0]) else 0
    there = words[position : position + len(term.words)]
    return there[-1].end if tuple(word.word for word in there) == term.words else 0
