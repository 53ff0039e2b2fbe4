"""The decisions of editors in Redis, beside the views. A ranking reads only Redis, also while the store is away.

The store is the truth. Redis has all decisions of one version in one hash, and never only a part of them.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, NamedTuple

from service.core.redis import RedisLink
from service.feeds.editorial import Ruling
from service.feeds.names import LATEST
from service.views.scripts import CURATE

KEY = "warta:{views}:curated"
_VERSION = "version"  # a field of the hash; the other fields are named after lists of articles


class _Known(NamedTuple):
    """A ruling as stored in Redis. `until` is in seconds since the epoch; None: until it is released."""

    article_id: str
    kind: str
    factor: float | None
    until: float | None
    position: int
    key: int

    @classmethod
    def of(cls, ruling: Ruling) -> "_Known":
        decision = ruling.decision
        until = decision.until.timestamp() if decision.until else None
        return cls(ruling.article_id, decision.kind, decision.factor, until, *ruling.place)


@dataclass(frozen=True)
class Curated:
    """The decisions in force for one list: the `pinned` articles in their order, the `excluded` articles, and the
    `factors` of the boosted articles. Articles are given by id."""

    pinned: tuple[str, ...]
    excluded: frozenset[str]
    factors: Mapping[str, float]

    @classmethod
    def of(cls, known: Iterable[_Known]) -> "Curated":
        """Sort decisions by kind. `known` has each article at most once."""
        of_kind: dict[str, list[_Known]] = {"pin": [], "exclude": [], "boost": []}
        for each in known:
            of_kind[each.kind].append(each)
        return cls(
            tuple(each.article_id for each in sorted(of_kind["pin"], key=lambda each: (each.position, each.key))),
            frozenset(each.article_id for each in of_kind["exclude"]),
            {each.article_id: each.factor or 1.0 for each in of_kind["boost"]},
        )

    @property
    def moved(self) -> int:
        """Number of articles with a decision: at most so many are not at the place that their views give them."""
        return len(self.pinned) + len(self.excluded) + len(self.factors)

    def rank(self, most_viewed: Sequence[tuple[str, float]], boosted: Mapping[str, float], whole: bool) -> list[str]:
        """Return the ids of a list below its pins, in order. The result ends where the order is not certain any more.

        `most_viewed` are the first articles of the list with their scores, highest first, ties by id. `whole` means
        that the list has no other articles. `boosted` has the scores of all articles with a factor, at any place.
        """
        if not self.moved:
            return [id_ for id_, _ in most_viewed]
        elsewhere = self.excluded.union(self.pinned)
        scores = {id_: score for id_, score in [*most_viewed, *boosted.items()] if id_ not in elsewhere}
        weighed = sorted(((score * self.factors.get(id_, 1.0), id_) for id_, score in scores.items()), reverse=True)
        if whole:
            return [id_ for _, id_ in weighed]
        last = most_viewed[-1][::-1]  # an article that was not read may come before one that a factor put below this
        return [pair[1] for pair in weighed if pair >= last]


class Rulings:
    """The decisions in force, in Redis. Every method may raise RedisUnavailable."""

    def __init__(self, link: RedisLink) -> None:
        self._link = link

    def version(self) -> int | None:
        """Return the version of the decisions in Redis; None after Redis has lost its data."""
        with self._link.use() as redis:
            version = redis.hget(KEY, _VERSION)
        return None if version is None else int(version)

    def replace(self, rulings: Iterable[Ruling], version: int, seen: int | None) -> bool:
        """Replace the decisions in Redis by `rulings`, which are all decisions in force as of `version`.

        Returns False, and changes nothing, if the version in Redis is not `seen` (None: no version).
        """
        by_list = groupby(sorted(rulings, key=_list_name), key=_list_name)
        fields = {list_name: json.dumps([_Known.of(ruling) for ruling in some]) for list_name, some in by_list}
        flat = [part for pair in fields.items() for part in pair]
        with self._link.use() as redis:
            return bool(redis.eval(CURATE, 1, KEY, "" if seen is None else seen, _VERSION, version, *flat))


def curated(redis: Any, list_name: str, now: float) -> Curated:
    """Return the decisions in force for a list at `now`, in seconds since the epoch.

    These are the decisions for all lists and those for this list. If an article has both, the one for this list wins.
    """
    holding: dict[str, _Known] = {}
    for value in redis.hmget(KEY, list(dict.fromkeys([LATEST, list_name]))):
        for each in map(_Known._make, json.loads(value or b"[]")):
            if each.until is None or each.until > now:
                holding[each.article_id] = each
    return Curated.of(holding.values())


def _list_name(ruling: Ruling) -> str:
    return ruling.decision.list_name
