"""Trending scores: the articles that are read most now. Older views fade by forward decay.

Source: Cormode, Shkapenyuk, Srivastava, Xu; ICDE 2009. A view weighs 2^((time - start of the age) / half-life). Weights
of older views are never changed: all views fade at the same rate, so the order stays. Weights grow with time, so a new
age with new scores begins every 24 half-lives. A score in the new age includes what is left of the score in the age
before. Weights never exceed 2^24. Redis keeps the current age and the one before.

An article that was read in the current age has its whole score there. This is higher than its score in the age before.
"""

from dataclasses import dataclass

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
