"""A newsroom's stories: when each appears, how much it appeals, and how fast it grows old."""

from bisect import bisect
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from random import Random

HOUR, DAY = 3600, 86_400
CATEGORIES = ("Politik", "Ekonomi", "Olahraga", "Hiburan", "Teknologi", "Daerah", "Internasional", "Gaya Hidup")
SIZES = (18, 14, 16, 14, 7, 17, 8, 6)  # of a hundred stories
WRITING = (1, 1, 1, 1, 1, 3, 5, 6, 7, 8, 8, 7, 6, 7, 8, 8, 7, 6, 5, 4, 4, 3, 2, 1)  # in the hours of a day
HALVES = (1.5, 3, 3, 6, 6, 12, 24)  # hours after which interest in a story is half of what it was
LASTING = 0.002  # of the first interest, for good


@dataclass(frozen=True)
class Story:
    """`at` is when it appears, in seconds since the week began; it may be before."""

    id: str
    at: int
    categories: tuple[str, ...]
    appeal: float
    half: float

    def interest(self, now: float) -> float:
        age = now - self.at
        return self.appeal * (2 ** (-age / self.half) + LASTING) if age >= 0 else 0.0


def stories(dice: Random, days: int, a_day: int) -> list[Story]:
    """Those of the days, and of the day before; in the order in which they appear."""
    times = sorted(
        day * DAY + hour * HOUR + dice.randrange(HOUR)
        for day in range(-1, days)
        for hour in dice.choices(range(24), WRITING, k=a_day)
    )
    appeals = [(rank + 4) ** -0.9 for rank in range(len(times))]
    dice.shuffle(appeals)
    return [
        Story(f"berita-{number:04}", at, _categories(dice), appeal, dice.choice(HALVES) * HOUR)
        for number, (at, appeal) in enumerate(zip(times, appeals, strict=True))
    ]


def _categories(dice: Random) -> tuple[str, ...]:
    """One, or two of every seventh."""
    return tuple(dict.fromkeys(dice.choices(CATEGORIES, SIZES, k=1 + (dice.random() < 1 / 7))))


class Interest:
    """Which stories readers choose. What they choose from is looked at anew every `STEP` seconds."""

    STEP = 300

    def __init__(self, told: Sequence[Story]) -> None:
        self._stories = told
        self._times = [story.at for story in told]
        self._weights: list[float] = []

    def follow(self, now: float) -> None:
        known = self._stories[: bisect(self._times, now)]
        self._weights = list(accumulate(story.interest(now) for story in known))

    def choose(self, dice: Random, times: int) -> list[int]:
        """The numbers of stories."""
        return dice.choices(range(len(self._weights)), cum_weights=self._weights, k=times)
