"""Trending scores: the articles that are read most now. Older views fade by forward decay.

Source: Cormode, Shkapenyuk, Srivastava, Xu; ICDE 2009. A view weighs 2^((time - start of the age) / half-life). Weights
of older views are never changed: all views fade at the same rate, so the order stays. Weights grow with time, so a new
age with new scores begins every 24 half-lives. A score in the new age includes what is left of the score in the age
before. Weights never exceed 2^24. Redis keeps the current age and the one before.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

HALF_LIVES = 24  # length of an age, in half-lives


@dataclass(frozen=True)
class Age:
    """The age with this number, counted from the epoch. `half_life` is in seconds."""

    number: int
    half_life: float

    @classmethod
    def at(cls, when: float, half_life: float) -> "Age":
        return cls(int(when // (half_life * HALF_LIVES)), half_life)

    @property
    def before(self) -> "Age":
        return Age(self.number - 1, self.half_life)

    def worth(self, now: float) -> float:
        """Return the value of a score of 1 at `now` (seconds since the epoch); a view at `now` has the value 1."""
        return float(2 ** (self.number * HALF_LIVES - now / self.half_life))

    def key(self, prefix: str, list_name: str) -> str:
        return f"{prefix}trend:{int(self.half_life)}:{self.number}:{list_name}"


def trending(
    redis: Any, prefix: str, list_name: str, half_life: float, now: float, limit: int
) -> list[tuple[str, float]]:
    """Return at least `limit` articles with the highest scores, if there are so many; highest first, ties by id.

    The first `limit` articles of each age are enough. An article that was read in the current age has its whole score
    there, and this is higher than its score in the age before.
    """
    age = Age.at(now, half_life)
    pipeline = redis.pipeline(transaction=False)
    for each in (age, age.before):
        pipeline.zrevrange(each.key(prefix, list_name), 0, limit - 1, withscores=True)
    newest, before = pipeline.execute()
    renewed = redis.zmscore(age.key(prefix, list_name), [member for member, _ in before]) if before else []
    found = [(member.decode(), score * age.worth(now)) for member, score in newest]
    found += [
        (member.decode(), score * age.before.worth(now))
        for (member, score), newer in zip(before, renewed, strict=True)
        if newer is None
    ]
    return sorted(found, key=lambda pair: pair[::-1], reverse=True)


def trends_of(
    redis: Any, prefix: str, list_name: str, half_life: float, now: float, ids: Sequence[str]
) -> dict[str, float]:
    """Return the score of each article; 0 for articles without views in the current age and the one before."""
    if not ids:
        return {}
    age = Age.at(now, half_life)
    pipeline = redis.pipeline(transaction=False)
    for each in (age, age.before):
        pipeline.zmscore(each.key(prefix, list_name), ids)
    newest, before = pipeline.execute()
    return {
        id_: new * age.worth(now) if new is not None else (old or 0.0) * age.before.worth(now)
        for id_, new, old in zip(ids, newest, before, strict=True)
    }
