"""The categories of posts from WordPress's REST interface, with their parents.

A post names its own categories, and each of them the number of its parent
(https://developer.wordpress.org/rest-api/reference/categories/). The names of other categories are fetched.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from pydantic_core import from_json

from service.core.errors import WartaError
from service.importers.source import OpenSource
from service.importers.wordpress.rest_urls import categories_url

MAX_DEPTH = 8  # categories above each other
MAX_PER_REQUEST = 100  # categories that the interface gives at once
MAX_ANSWER_BYTES = 1024 * 1024  # bytes of an answer with their names

Raw = Mapping[str, Any]


class _Category(NamedTuple):
    name: str
    parent: int  # 0 without one


class Categories:
    """The categories of a site, as far as its posts and its interface told them.

    `url` is the URL of the posts, `fetch` reads another document of the interface. Both are "" and None for a saved
    answer. Not for several threads.
    """

    def __init__(self, url: str, fetch: Callable[[str], OpenSource] | None) -> None:
        self._url = url
        self._fetch = fetch
        self._known: dict[int, _Category] = {}

    def learn(self, terms: Iterable[Raw]) -> None:
        """Learn the categories among the terms of some posts, and fetch those of their parents that are not known."""
        for term in terms:
            if (id_ := _number(term.get("id"))) and term.get("taxonomy") == "category":
                self._known.setdefault(id_, _Category(_name(term), _parent(term)))
        for _ in range(MAX_DEPTH):
            missing = sorted({known.parent for known in self._known.values()} - {0, *self._known})
            if not missing or not self._fetched(missing[:MAX_PER_REQUEST]):
                return

    def _fetched(self, ids: Sequence[int]) -> bool:
        """Fetch categories. Returns False if the site does not tell any of them."""
        url = categories_url(self._url, ids)
        if self._fetch is None or not url:
            return False
        try:
            told = from_json(self._fetch(url).whole(MAX_ANSWER_BYTES))
        except (WartaError, ValueError):
            return False
        before = len(self._known)
        for each in told if isinstance(told, list) else ():
            if isinstance(each, Mapping) and (id_ := _number(each.get("id"))) in ids:
                self._known[id_] = _Category(_name(each), _number(each.get("parent")))
        return len(self._known) > before

    def of(self, terms: Iterable[Raw]) -> list[str]:
        """The names of the categories among the terms of a post, then those of their parents, the nearest first."""
        own = [term for term in terms if term.get("taxonomy") == "category"]
        parents = [name for term in own for name in self._above(_parent(term))]
        return [name for name in dict.fromkeys([*map(_name, own), *parents]) if name]

    def _above(self, id_: int) -> Iterator[str]:
        for _ in range(MAX_DEPTH):
            if id_ not in self._known:
                return
            name, id_ = self._known[id_]
            yield name

    def is_complete(self, terms: Iterable[Raw]) -> bool:
        """True if the parents of all categories of a post are known."""
        waiting = {_parent(term) for term in terms if term.get("taxonomy") == "category"} - {0}
        for _ in range(MAX_DEPTH):
            if not waiting <= self._known.keys():
                return False
            waiting = {self._known[id_].parent for id_ in waiting} - {0}
        return True


def _parent(term: Raw) -> int:
    """The number of the parent in the link to it: `_links.up` of an embedded category."""
    links = term.get("_links")
    above = links.get("up") if isinstance(links, Mapping) else None
    first = above[0] if isinstance(above, list) and above else None
    url = first.get("href") if isinstance(first, Mapping) else None
    number = url.rstrip("/").rpartition("/")[2] if isinstance(url, str) else ""
    return int(number) if number.isascii() and number.isdigit() and len(number) < 19 else 0


def _number(value: object) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else 0


def _name(term: Raw) -> str:
    name = term.get("name")
    return name if isinstance(name, str) else ""
