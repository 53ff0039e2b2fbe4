"""The correct lists. Every request of a person is known, and is counted without a limit of memory."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from itertools import zip_longest
from typing import NamedTuple

from bench.simulated.stories import HOUR
from service.feeds.names import TRENDING
from service.views import WINDOWS

Scores = dict[int, float]  # score by the number of the story

ONCE = 1800  # seconds in which a reader's views of a story count once
STEP = 300  # seconds of the shorter buckets


class Truth:
    """The views of stories, by the number of the story. `half_life` and times are in seconds.

    A view counts unless a view of the same story by the same reader counted less than ONCE seconds earlier.
    """

    def __init__(self, half_life: float) -> None:
        self._half_life = half_life
        self._steps: dict[int, defaultdict[int, Counter[int]]] = {
            seconds: defaultdict(Counter) for seconds in (STEP, HOUR)
        }
        self._scores: defaultdict[int, float] = defaultdict(float)
        self._recent: dict[tuple[int, int], float] = {}
        self._before: dict[tuple[int, int], float] = {}
        self._turn = 0.0
        self.views: Counter[int] = Counter()

    def look(self, at: float, who: int, story: int) -> None:
        if at >= self._turn:  # views from before the last turn are older than ONCE: forget them
            self._turn, self._before, self._recent = at + ONCE, self._recent, {}
        reader = who, story
        if at - self._recent.get(reader, self._before.get(reader, -ONCE)) < ONCE:
            return
        self._recent[reader] = at
        self.views[story] += 1
        for step, buckets in self._steps.items():
            buckets[int(at) // step][story] += 1
        self._scores[story] += 2 ** (at / self._half_life)

    def scores(self, window: str, now: float) -> Scores:
        """The scores of the stories with views at the time `now`.

        A score is the number of views in the window. The last step of the window is the current, incomplete one. In
        the window TRENDING it is the decayed sum of all views.
        """
        if window == TRENDING:
            left = 2 ** (-now / self._half_life)
            return {story: score * left for story, score in self._scores.items()}
        [(step, many)] = [(each.seconds, each.buckets) for each in WINDOWS if each.name == window]
        last = int(now) // step
        views: Counter[int] = Counter()
        for bucket in range(last - many + 1, last + 1):
            views.update(self._steps[step].get(bucket, ()))
        return dict(views)


class Miss(NamedTuple):
    """The first wrong place of a list, counted from 1: the story there, its score, and the score wanted there."""

    place: int
    story: int | None
    score: float
    wanted: float


def miss(shown: Sequence[int], scores: Scores, many: int) -> Miss | None:
    """Compare the first `many` places with the truth. Returns None if they are right.

    Stories with the same score may stand in any order.
    """
    wanted = sorted(scores.values(), reverse=True)[:many]
    found = [scores.get(story, 0) for story in shown[:many]]
    for place, (score, right) in enumerate(zip_longest(found, wanted, fillvalue=0), 1):
        if score != right:
            return Miss(place, shown[place - 1] if place <= len(shown) else None, score, right)
    return None


def share(shown: Sequence[int], scores: Scores, many: int) -> float:
    """The share of the true first `many` places that the list shows. If the truth has fewer, all of them count."""
    wanted = sorted(scores.values(), reverse=True)[:many]
    least = wanted[-1] if wanted else 0
    return sum(scores.get(story, 0) >= least for story in shown[:many]) / max(len(wanted), 1)
