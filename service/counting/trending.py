"""What is read most now, older views fading: forward decay (Cormode, Shkapenyuk, Srivastava, Xu; ICDE 2009).

A view weighs 2^((when - beginning) / half-life). Older views are never touched, since all fade alike and their order
stays. Weights grow, so every 24 half-lives a new age begins with its own scores. What is shown is the sum of two ages;
weights never exceed 2^24, and the age before the last is forgotten.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

HALF_LIVES = 24  # of an age


@dataclass(frozen=True)
class Age:
    """The `number`th age, and how much its scores are worth at a time."""

    number: int
    half_life: float

    @classmethod
    def at(cls, when: float, half_life: float) -> "Age":
        return cls(int(when // (half_life * HALF_LIVES)), half_life)

    @property
    def before(self) -> "Age":
        return Age(self.number - 1, self.half_life)

    def worth(self, now: float) -> float:
        """What a score of 1 is worth by now, if a view that happens now is worth 1."""
        return float(2 ** (self.number * HALF_LIVES - now / self.half_life))

    def key(self, prefix: str, shelf: str) -> str:
        return f"{prefix}trend:{int(self.half_life)}:{self.number}:{shelf}"


def trending(redis: Any, prefix: str, shelf: str, half_life: float, now: float, limit: int) -> list[tuple[str, float]]:
    """At least `limit` articles with the highest sums of both ages, if there are so many; most first, ties by id.

    Reads from the top of both until nothing further down can reach the sums that are found (Fagin's threshold).
    """
    keys, worth = _ages(prefix, shelf, half_life, now)
    depth = limit
    while True:
        pipeline = redis.pipeline(transaction=False)
        for key in keys:
            pipeline.zrevrange(key, 0, depth - 1, withscores=True)
        heads: Sequence[Sequence[tuple[bytes, float]]] = pipeline.execute()
        found = list({member for head in heads for member, _ in head})
        sums = _sums(redis, keys, worth, found)
        threshold = sum(head[-1][1] * value for head, value in zip(heads, worth, strict=True) if len(head) == depth)
        ranked = sorted(sums.items(), key=lambda pair: pair[::-1], reverse=True)
        if all(len(head) < depth for head in heads) or (len(ranked) >= limit and ranked[limit - 1][1] >= threshold):
            return ranked
        depth *= 2


def trends_of(
    redis: Any, prefix: str, shelf: str, half_life: float, now: float, ids: Sequence[str]
) -> dict[str, float]:
    """The sums of both ages of these articles; 0 for those that nobody has read."""
    return _sums(redis, *_ages(prefix, shelf, half_life, now), [id_.encode() for id_ in ids])


def _ages(prefix: str, shelf: str, half_life: float, now: float) -> tuple[list[str], list[float]]:
    """The keys of this age and the one before, and what a score in each is worth."""
    ages = [Age.at(now, half_life), Age.at(now, half_life).before]
    return [age.key(prefix, shelf) for age in ages], [age.worth(now) for age in ages]


def _sums(redis: Any, keys: Sequence[str], worth: Sequence[float], members: Sequence[bytes]) -> dict[str, float]:
    if not members:
        return {}
    pipeline = redis.pipeline(transaction=False)
    for key in keys:
        pipeline.zmscore(key, members)
    scores = pipeline.execute()
    return {
        member.decode(): sum((score or 0.0) * value for score, value in zip(row, worth, strict=True))
        for member, *row in zip(members, *scores, strict=True)
    }
