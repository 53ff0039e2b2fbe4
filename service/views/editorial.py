"""What editors have decided, as Redis keeps it beside the views: a ranking needs nothing else, whatever is away.

The store is the truth. Redis has all of it in one hash, as of one version, and never half of it.
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
_VERSION = "version"  # a field beside those that are named after shelves


class _Known(NamedTuple):
    """A ruling as it stands in Redis; `until` in seconds since the epoch."""

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
    """What holds in the lists of one shelf: the ids of articles `pinned`, in their order, and `excluded`; the `factors`
    of those that are boosted."""

    pinned: tuple[str, ...]
    excluded: frozenset[str]
    factors: Mapping[str, float]

    @classmethod
    def of(cls, known: Iterable[_Known]) -> "Curated":
        """Each article at most once."""
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
        """How many articles may be missing where their views would put them."""
        return len(self.pinned) + len(self.excluded) + len(self.factors)

    def rank(self, most_viewed: Sequence[tuple[str, float]], boosted: Mapping[str, float], whole: bool) -> list[str]:
        """The ids of a list below its pins, first ones first, as far as that can be told.

        `most_viewed` are the shelf's first articles with their scores, highest first, ties by id; `whole`, if there are
        no others. `boosted` are the scores of all that have a factor, wherever they stand.
        """
        if not self.moved:
            return [id_ for id_, _ in most_viewed]
        elsewhere = self.excluded.union(self.pinned)
        scores = {id_: score for id_, score in [*most_viewed, *boosted.items()] if id_ not in elsewhere}
        weighed = sorted(((score * self.factors.get(id_, 1.0), id_) for id_, score in scores.items()), reverse=True)
        if whole:
            return [id_ for _, id_ in weighed]
        last = most_viewed[-1][::-1]  # what is further down may come before whatever fell below this
        return [pair[1] for pair in weighed if pair >= last]


class Rulings:
    """The decisions in force, in Redis. Every method may raise RedisUnavailable."""

    def __init__(self, link: RedisLink) -> None:
        self._link = link

    def version(self) -> int | None:
        """The version that Redis has; None after a loss."""
        with self._link.use() as redis:
            version = redis.hget(KEY, _VERSION)
        return None if version is None else int(version)

    def replace(self, rulings: Iterable[Ruling], version: int, seen: int | None) -> bool:
        """Put all that hold, as of a version, in place of what is there; False, and nothing is put, if that is not the
        version that was `seen`."""
        by_shelf = groupby(sorted(rulings, key=_shelf), key=_shelf)
        fields = {shelf: json.dumps([_Known.of(ruling) for ruling in some]) for shelf, some in by_shelf}
        flat = [part for pair in fields.items() for part in pair]
        with self._link.use() as redis:
            return bool(redis.eval(CURATE, 1, KEY, "" if seen is None else seen, _VERSION, version, *flat))


def curated(redis: Any, shelf: str, now: float) -> Curated:
    """What holds in the lists of the shelf: decisions for all lists, and its own, which come before those."""
    holding: dict[str, _Known] = {}
    for value in redis.hmget(KEY, list(dict.fromkeys([LATEST, shelf]))):
        for each in map(_Known._make, json.loads(value or b"[]")):
            if each.until is None or each.until > now:
                holding[each.article_id] = each
    return Curated.of(holding.values())


def _shelf(ruling: Ruling) -> str:
    return ruling.decision.shelf
