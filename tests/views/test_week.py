"""A week in small: people, offices, bots and cheats, of whom the truth is known."""

import random
from collections import Counter

import pytest

from service.core.metrics import Metrics
from service.core.redis import RedisLink
from service.core.settings.model import Settings
from service.core.visitors import Visitors, ignored_reason
from service.views import Fate, ViewCounter
from tests.support.articles import countable
from tests.support.clock import Clock

ARTICLES = [f"berita-{n:03}" for n in range(120)]
PEOPLE, BOTS, CHEATS = 6_000, 40, 5
HOURS = 24


def agent(n: int) -> str:
    return f"Mozilla/5.0 (Linux; Android {10 + n % 5}; SM-{n % 997}) Chrome/{100 + n % 29}.0.0.0 Mobile Safari/537.36"


@pytest.mark.timeout(110)
def test_the_list_is_that_of_the_people(link: RedisLink, metrics: Metrics, clock: Clock) -> None:
    """The top 10 exactly, of the top 50 at least 95 %: with reloads, crawlers, and those who want to be popular."""
    rng = random.Random(7)  # noqa: S311 - a sample
    counter = ViewCounter(link, metrics, Settings(), clock=clock.seconds)
    counter.registered.register(countable(dict.fromkeys(ARTICLES, ())))
    counter.registered.mark_complete()
    visitors = Visitors(link, clock=clock.seconds)
    weights = [1 / (n + 2) ** 0.8 for n in range(len(ARTICLES))]
    truth: Counter[str] = Counter()
    for hour in range(HOURS):
        clock.forward(minutes=50 if hour else 0)
        for person in rng.sample(range(PEOPLE), PEOPLE // 6):
            article = rng.choices(ARTICLES, weights)[0]
            address = f"10.9.{person % 40}.1" if person % 5 == 0 else f"10.1.{person // 250}.{person % 250}"
            truth[article] += 1
            for _ in range(rng.choice((1, 1, 1, 2, 5))):  # who reloads is one reader
                assert look(counter, visitors, address, agent(person), article)
        for bot in range(BOTS):
            for article in ARTICLES:
                assert not look(
                    counter, visitors, f"66.249.{bot}.1", f"Mozilla/5.0 (compatible; Bot{bot}/2.1)", article
                )
        for cheat in range(CHEATS):
            for n in range(100):
                look(counter, visitors, f"198.51.100.{cheat}", agent(hour * 100 + n), ARTICLES[-1 - cheat])
        counter.flush()
    expected = [id_ for id_, _ in sorted(truth.items(), key=lambda pair: pair[::-1], reverse=True)]
    shown = [id_ for id_, _ in counter.rankings.top("latest", "24h", 50)]
    assert shown[:10] == expected[:10]
    assert len(set(shown) & set(expected[:50])) >= 48
    views = dict(counter.rankings.top("latest", "24h", len(ARTICLES)))
    assert all(views[id_] <= truth[id_] + 41 for id_ in ARTICLES)  # a cheat's twenty, of two days


def look(counter: ViewCounter, visitors: Visitors, address: str, agent: str, article: str) -> bool:
    """True if the look at the page is taken for a person's."""
    if ignored_reason({"HTTP_USER_AGENT": agent}):
        return False
    return counter.take(article, visitors.visitor(address, agent)) in (Fate.TAKEN, Fate.REPEATED)
