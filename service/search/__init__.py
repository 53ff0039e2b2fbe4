"""The words of a text, queries of readers, and the places in a text that a query finds. It knows no database."""

from service.search.excerpts import Marked, excerpt, marked
from service.search.query import MAX_QUERY_CHARACTERS, Query, Term, parse
from service.search.words import Analyser, Word

__all__ = [
    "MAX_QUERY_CHARACTERS",
    "Analyser",
    "Marked",
    "Query",
    "Term",
    "Word",
    "excerpt",
    "marked",
    "parse",
]
