"""The sample newsroom: about two hundred invented articles of the last three weeks, with page views."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from itertools import pairwise
from math import exp
from random import Random

from service.sample.phrases import Place, StoryTemplate, phrases
from service.sample.writer import Writer, repeatable

WIB = timezone(timedelta(hours=7), "WIB")
SPAN = timedelta(days=21)
TOTAL_VIEWS = 20_000

# Relative probability of a publication in each hour of the day, in Asia/Jakarta time.
RHYTHM = (1, 1, 1, 1, 2, 4, 7, 9, 10, 10, 10, 9, 8, 9, 10, 10, 9, 8, 8, 7, 6, 4, 3, 2)

# Limits of the spans of age. The views of a span are placed in its middle. The spans are as short as the steps of the
# popular windows that they are in, so that charts have no gaps.
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
VIEW_AGES = (
    *(HOUR / 6 * step for step in range(6)),
    *(HOUR * step for step in range(1, 48)),
    *(HOUR * step for step in range(48, 168, 2)),
    *(DAY / 2 * step for step in range(14, 43)),
)


@dataclass(frozen=True)
class SampleArticle:
    """An article in the JSON form of the API, and its page views as pairs of age (before `now`) and number."""

    fields: dict[str, object]
    views: tuple[tuple[timedelta, int], ...]


def articles(*, now: datetime, base_url: str, count: int = 200) -> Iterator[SampleArticle]:
    """Yield the sample articles, oldest first. The same arguments give the same articles.

    `now` has a time zone; no article, update or view is later. The URL of a picture is `{base_url}/photos/{id}.png`,
    and `photos.draw(id)` draws it. Raises ValueError if `count` is larger than the number of possible pairs of story
    and place.
    """
    assignments = _assignments(count)
    popularity = _popularity(count)
    moments = _moments(now, count)
    updated = set(repeatable("updates").sample(range(count * 4 // 5, count), round(count * 0.05)))
    for number, ((story, place), published) in enumerate(zip(assignments, moments, strict=True), start=1):
        writer = Writer(story, place, published, number)
        fields = writer.article(base_url)
        if number - 1 in updated:
            fields |= writer.update(now)
        yield SampleArticle(fields, _views(now - published, popularity[number - 1], repeatable(f"views {number}")))


def _assignments(count: int) -> list[tuple[StoryTemplate, Place]]:
    """The pairs of story and place. No pair occurs twice, and every story occurs equally often.

    Raises ValueError if there are fewer than `count` pairs.
    """
    rng = repeatable("assignments")
    stories = phrases().stories
    places = {
        story: rng.sample(fitting, len(fitting))
        for story in stories
        if (fitting := [place for place in phrases().places if place.kind in story.places])
    }
    rounds = min(map(len, places.values()))
    pairs = [(story, places[story][turn]) for turn in range(rounds) for story in rng.sample(stories, len(stories))]
    if count > len(pairs):
        raise ValueError(f"the sample newsroom has {len(pairs)} articles at most, not {count}")
    return pairs[:count]


def _moments(now: datetime, count: int) -> list[datetime]:
    """The times of publication, sorted. Recent times are more frequent than old ones, and days than nights."""
    rng = repeatable("moments")
    now = now.astimezone(WIB).replace(microsecond=0)
    moments = {now - timedelta(seconds=rng.randrange(120, 300))}
    while len(moments) < count:
        age = timedelta(seconds=round(600 + rng.random() ** 1.5 * (SPAN.total_seconds() - 600)))
        if rng.random() * max(RHYTHM) < RHYTHM[(now - age).hour]:
            moments.add(now - age)
    return sorted(moments)


def _popularity(count: int) -> list[float]:
    """The number of views of each article in its lifetime: few articles get many views, most get few.

    A part of the views lies after `now`. Therefore the sum is 1.36 times TOTAL_VIEWS.
    """
    ranks = list(range(1, count + 1))
    repeatable("popularity").shuffle(ranks)
    weights = [1 / (rank + 3) ** 0.9 for rank in ranks]
    weights[-16:] = [weight * 4 for weight in weights[-16:]]  # otherwise the last hour would have few views
    return [TOTAL_VIEWS * 1.36 * weight / sum(weights) for weight in weights]


def _views(age: timedelta, lifetime: float, rng: Random) -> tuple[tuple[timedelta, int], ...]:
    """The views of an article of this age: many at first, which fade within hours or days, then a few for long."""
    fade = rng.choice((5, 9, 16, 30, 60)) * HOUR

    def read(since: timedelta) -> float:
        return lifetime * (0.85 * (1 - exp(-(since / fade))) + 0.15 * (since / SPAN))

    views = []
    for start, end in pairwise(VIEW_AGES):
        if start < age:
            end = min(end, age)
            # The running total is rounded, not each part: otherwise the few late views would be rounded to zero.
            many = round(read(age - start)) - round(read(age - end))
            views.append((timedelta(seconds=int((start + end).total_seconds() / 2)), many))
    return tuple((when, many) for when, many in views if many)
