"""What is read most now, older views fading: forward decay (Cormode, Shkapenyuk, Srivastava, Xu; ICDE 2009).

A view weighs 2^((when - beginning) / half-life). Older views are never touched, since all fade alike and their order
stays. Weights grow, so every 24 half-lives a new age begins with its own scores, each of which takes in what is left of
the one before. Weights never exceed 2^24, and the age before the last is forgotten.
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
    """At least `limit` articles with the highest scores, if there are so many; most first, ties by id.

    Nothing further down can be among them: an article of the age before that was read in this one has more here.
    """
    age = Age.at(now, half_life)
    pipeline = redis.pipeline(transaction=False)
    for each in (age, age.before):
        pipeline.zrevrange(each.key(prefix, shelf), 0, limit - 1, withscores=True)
    newest, before = pipeline.execute()
    renewed = redis.zmscore(age.key(prefix, shelf), [member for member, _ in before]) if before else []
    found = [(member.decode(), score * age.worth(now)) for member, score in newest]
    found += [
        (member.decode(), score * age.before.worth(now))
        for (member, score), newer in zip(before, renewed, strict=True)
        if newer is None
    ]
    return sorted(found, key=lambda pair: pair[::-1], reverse=True)


def trends_of(
    redis: Any, prefix: str, shelf: str, half_life: float, now: float, ids: Sequence[str]
) -> dict[str, float]:
    """The articles' scores; 0 for those that nobody has read lately."""
    if not ids:
        return {}
    age = Age.at(now, half_life)
    pipeline = redis.pipeline(transaction=False)
    for each in (age, age.before):
        pipeline.zmscore(each.key(prefix, shelf), ids)
    newest, before = pipeline.execute()
    return {
        id_: new * age.worth(now) if new is not None else (old or 0.0) * age.before.worth(now)
        for id_, new, old in zip(ids, newest, before, strict=True)
    }
