"""The stories of a newsroom: their time, how many readers they attract, and how fast the interest fades."""

from bisect import bisect
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from random import Random

HOUR, DAY = 3600, 86_400
CATEGORIES = ("Politik", "Ekonomi", "Olahraga", "Hiburan", "Teknologi", "Daerah", "Internasional", "Gaya Hidup")
SIZES = (18, 14, 16, 14, 7, 17, 8, 6)  # percent of the stories, by category
WRITING = (1, 1, 1, 1, 1, 3, 5, 6, 7, 8, 8, 7, 6, 7, 8, 8, 7, 6, 5, 4, 4, 3, 2, 1)  # relative number by hour of day
HALVES = (1.5, 3, 3, 6, 6, 12, 24)  # possible half-lives of the interest in a story, in hours
LASTING = 0.002  # share of the first interest that never fades


@dataclass(frozen=True)
class Story:
    """A story. `at` is its time in seconds since the beginning of the week, negative before; `half` is in seconds."""

    id: str
    at: int
    categories: tuple[str, ...]
    appeal: float
    half: float

    def interest(self, now: float) -> float:
        age = now - self.at
        return self.appeal * (2 ** (-age / self.half) + LASTING) if age >= 0 else 0.0


def stories(dice: Random, days: int, a_day: int) -> list[Story]:
    """The stories of `days` days and of the day before, in the order of their times."""
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
    """The categories of a story: one, or for every seventh story two (perhaps the same)."""
    return tuple(dict.fromkeys(dice.choices(CATEGORIES, SIZES, k=1 + (dice.random() < 1 / 7))))


class Interest:
    """The choice of stories by readers. The caller updates it with `follow` every STEP seconds."""

    STEP = 300

    def __init__(self, told: Sequence[Story]) -> None:
        self._stories = told
        self._times = [story.at for story in told]
        self._weights: list[float] = []

    def follow(self, now: float) -> None:
        known = self._stories[: bisect(self._times, now)]
        self._weights = list(accumulate(story.interest(now) for story in known))

    def choose(self, dice: Random, times: int) -> list[int]:
        """Choose `times` stories at random, weighted by interest. Returns their numbers."""
        return dice.choices(range(len(self._weights)), cum_weights=self._weights, k=times)
