"""The entries of the search's index, and the queries for them: what both databases have in common.

An entry has the words of one public article, and the publication time, by which results are sorted. The categories are
words, too, so that a query for a category costs no more than one for a word.
"""

import hashlib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import Connection, Row

from service.articles.article import Article
from service.articles.plain_text import beginning
from service.articles.slugs import slug
from service.search import Analyser, Query, Term, Word

MAX_BODY_CHARACTERS = 60_000  # at the beginning of a body, some 9,000 words: a search finds these
# Articles published last that are examined one by one, if a query would otherwise take too long.
NEWEST_EXAMINED = 10_000
_CATEGORY = "\ue000"  # the beginning of the word of a category: no text has it


@dataclass(frozen=True)
class IndexEntry:
    """The entry of one article: its words in their order, by field."""

    article_key: int
    published_at: datetime
    title: Sequence[str]
    summary: Sequence[str]
    body: Sequence[str]
    categories: Sequence[str]

    @classmethod
    def of(cls, article_key: int, article: Article, analyser: Analyser) -> "IndexEntry":
        body = beginning(article.content_html, MAX_BODY_CHARACTERS)
        title, summary, text = ([*indexed(analyser.words(each))] for each in (article.title, article.summary, body))
        categories = [category_word(f"category/{slug(name)}") for name in article.categories]
        return cls(article_key, article.published_at, title, summary, text, categories)


@dataclass(frozen=True)
class Position:
    """The position of an article in the order of time. Articles before it in that order follow it in the results."""

    published_at: datetime
    article_key: int


@dataclass(frozen=True)
class Search:
    """A query, limited to articles on one of `list_names` (all articles, if there are none) of this time.

    The time begins at `since`, and ends before `until`. `after` is the position of the last article of the page before.
    """

    query: Query
    list_names: Collection[str] = ()
    since: datetime | None = None
    until: datetime | None = None
    after: Position | None = None


@dataclass(frozen=True)
class FoundEntries:
    """Rows with the `article_key`, `revision` and `published_at` of the found articles, newest first.

    `is_partial`: only the NEWEST_EXAMINED newest articles of the time were examined.
    """

    rows: Sequence[Row[Any]]
    is_partial: bool = False


class SearchEntries(Protocol):
    """The entries in one kind of database. Every method runs in the caller's transaction."""

    def replace(self, connection: Connection, entries: Sequence[IndexEntry]) -> None:
        """Write the entries in place of older ones of the same articles."""

    def remove(self, connection: Connection, article_keys: Sequence[int]) -> None:
        """Remove the entries of these articles, if there are any."""

    def find(self, connection: Connection, search: Search, now: datetime, limit: int) -> FoundEntries:
        """The newest `limit` articles of the search that readers may see at `now`.

        It takes a fraction of a second, whatever the query is and however many articles there are.
        """


def indexed(words: Iterable[Word]) -> Iterable[str]:
    return (word.word for word in words)


def category_word(list_name: str) -> str:
    """The word of a category in the index. The name of the list has characters that no word may have."""
    return f"{_CATEGORY}{hashlib.sha256(list_name.encode()).hexdigest()[:20]}"


def written(search: Search, *, both: str, either: str, without: str, phrase: str, prefix: str, quote: str) -> str:
    """The search in the query language of a database: its operators, and the sign around a word.

    No word has that sign, nor another sign of these languages: words are letters and digits.
    """

    def term(one: Term) -> str:
        return (
            "(" + phrase.join(f"{quote}{word}{quote}" for word in one.words) + (prefix if one.is_prefix else "") + ")"
        )

    parts = [term(one) for one in search.query.wanted]
    if search.list_names:
        parts.append("(" + either.join(f"{quote}{category_word(name)}{quote}" for name in search.list_names) + ")")
    wanted = both.join(parts)
    return "".join([f"({wanted})", *(f"{without}{term(one)}" for one in search.query.unwanted)])
