"""The simulation of a week: stories appear, people, bots and cheats view them, Redis is flushed once and killed once.

Each kind of visitor sends its requests to an application of its own, so that the metrics show the fate of its views.
People use two applications.
"""

import os
import signal
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

from redis import Redis

from bench.simulated.newsroom import PROXY, Application, Clock
from bench.simulated.people import Crowd, How, Look, People
from bench.simulated.stories import CATEGORIES, DAY, HOUR, Interest, stories
from bench.simulated.strangers import Bots, Cheats
from bench.simulated.truth import Miss, Scores, Truth, miss, share
from service.articles.article import Submission
from service.articles.slugs import slug
from service.articles.validation import ValidationContext
from service.core.redis import PrivateRedis
from service.core.settings.model import Settings
from service.feeds.names import LATEST, TRENDING
from service.storage.migrations import migrate
from service.worker import Worker

MONDAY = datetime(2026, 3, 1, 17, tzinfo=UTC)  # midnight in Jakarta
TICK, MINUTE = 30, 60  # seconds of the week: waiting views are counted every tick, and stored every minute
WINDOWS = ("1h", "24h", "7d", TRENDING)
LISTS = {LATEST: "", **{f"category/{slug(name)}": name for name in CATEGORIES}}
FIRST, MANY, ENOUGH = 10, 50, 0.95
FLUSHED, KILLED = 0.36, 0.83  # times of the two losses, as shares of the whole time: in busy hours
AWAY = 60  # seconds of the week for which the simulation goes on without the killed Redis
PATIENCE = 60.0  # real seconds to wait for Redis
METHODS = {How.BEACON: "POST", How.PIXEL: "GET", How.GUESS: "POST", How.HEAD: "HEAD"}


class Verdict(NamedTuple):
    """The comparison of a list with the truth, `when` seconds after the beginning of the week.

    `miss` is the first wrong place among the top FIRST; `share` is the share of the true top MANY.
    """

    when: int
    list_name: str
    window: str
    miss: Miss | None
    share: float

    @property
    def right(self) -> bool:
        return self.miss is None and self.share >= ENOUGH

    def __str__(self) -> str:
        told = f"{self.share:.0%} of the top {MANY}"
        if self.miss:
            place, story, score, wanted = self.miss
            told += f"; at {place} story {story}, {score:,.1f} where {wanted:,.1f} should be"
        return f"{MONDAY + timedelta(hours=7, seconds=self.when):%a %H:%M}, {self.list_name}, {self.window}: {told}"


class Week:
    """`days` days of a newsroom with `a_day` stories a day and `people` people. `run` simulates them.

    `visitors` is the truth by IP addresses and user agents, `readers` the truth by people. `verdicts` compare with
    `visitors`, `verdicts_of_readers` with `readers`. `took` has the real seconds until the lists were complete again
    after each loss of Redis.
    """

    def __init__(self, folder: Path, redis: PrivateRedis, people: int, days: int, a_day: int) -> None:
        dice = Random(2026)
        self.settings = Settings(data_dir=folder, trusted_proxies=(PROXY,))
        self.days = days
        self.clock = Clock(MONDAY.timestamp())
        self.applications = {
            name: Application(self.settings, self.clock) for name in ("people", "people's second", "bots", "cheats")
        }
        self.main = self.applications["people"].services
        migrate(self.main.database)
        self.stories = stories(dice, days, a_day)
        self.people = People(dice, people)
        self.bots = Bots(dice, TICK)
        self.cheats = Cheats(dice, self.stories, days, TICK)
        self._interest = Interest(self.stories)
        self._crowd = Crowd(dice, self.people, TICK)
        half_life = self.settings.popular.half_life * HOUR
        self.visitors, self.readers = Truth(half_life), Truth(half_life)
        self.verdicts: list[Verdict] = []
        self.verdicts_of_readers: list[Verdict] = []
        self.took: dict[str, float] = {}
        self._numbers = {story.id: number for number, story in enumerate(self.stories)}
        self._written = 0
        self._redis = redis
        jobs = {
            "refill": self.main.view_persistence.refill,
            "flush": self.main.view_persistence.flush,
            "retire": self.main.counter.rankings.retire,
        }
        self._worker = Worker(jobs)

    def run(self) -> None:
        self._worker.round()
        end = self.days * DAY
        flushed, killed = (int(end * part) // MINUTE * MINUTE for part in (FLUSHED, KILLED))
        for begin in range(0, end, TICK):
            self._publish(begin)
            self._look(begin)
            if begin == flushed:
                self.client().flushall()
            if begin == killed:
                os.kill(self.client().info("server")["process_id"], signal.SIGKILL)
            if not killed <= begin < killed + AWAY:
                self._settle({flushed: "flushed", killed + AWAY: "killed"}.get(begin))
            if begin % MINUTE == MINUTE - TICK:
                self._worker.round()
            if begin % HOUR == HOUR - TICK or begin == flushed:
                self._judge(begin + TICK)

    def client(self) -> Any:
        """A client of Redis, for commands that no service sends."""
        return Redis.from_url(self._redis.url)

    def _publish(self, begin: int) -> None:
        self._set(begin)
        due = [story for story in self.stories[self._written :] if story.at <= begin]
        self._written += len(due)
        self.main.publisher.put([self._submission(story.id, story.at, story.categories) for story in due])
        if begin % Interest.STEP == 0:
            self._interest.follow(begin)

    def _submission(self, id_: str, at: int, categories: Sequence[str]) -> Submission:
        published = (MONDAY + timedelta(seconds=at)).isoformat()
        fields = {"id": id_, "title": f"Judul {id_}", "categories": list(categories), "published_at": published}
        return Submission.read(fields, ValidationContext.of(self.settings))

    def _look(self, begin: int) -> None:
        people = self.people
        first, second, bots, cheats = self.applications.values()
        for number, look in enumerate(self._crowd.looks(begin, self._interest)):
            self._ask(second if number % 2 else first, look, people.address(look.who), people.agents[look.who])
            if look.how is not How.GUESS:
                self.visitors.look(look.at, people.visitors[look.who], look.story)
                self.readers.look(look.at, look.who, look.story)
        for look in self.bots.looks(begin, self._interest):
            self._ask(bots, look, *self.bots.sender(look))
        for look in self.cheats.looks(begin):
            self._ask(cheats, look, *self.cheats.sender(look))
        self._set(begin + TICK - 1)

    def _ask(self, application: Application, look: Look, address: str, agent: str) -> None:
        self._set(look.at)
        method = METHODS[look.how]
        path = f"/articles/{self.stories[look.story].id}/views{'' if method == 'POST' else '.gif'}"
        application.ask(method, path, address, agent, "prefetch" if look.how is How.GUESS else "")

    def _set(self, now: float) -> None:
        self.clock.now = MONDAY.timestamp() + now

    def _settle(self, lost: str | None) -> None:
        """Wait until all waiting views are counted. The simulated clock stands still meanwhile.

        `lost` names a loss of Redis whose recovery time is measured. Fails after PATIENCE seconds.
        """
        started = time.monotonic()
        while True:
            for each in self.applications.values():
                each.services.counter.flush()
            if not any(each.services.counter.pending for each in self.applications.values()):
                break
            assert time.monotonic() < started + PATIENCE, "Redis does not come back"
            time.sleep(0.05)
            self._worker.round()
        if lost:
            self.took[lost] = time.monotonic() - started

    def _judge(self, when: int) -> None:
        """Compare all lists with the truth, one second before `when`: the current steps of the lists are full then."""
        top = self.main.counter.rankings.top
        for window in WINDOWS:
            scores = [(self.visitors.scores(window, when - 1), self.verdicts)]
            scores += [(self.readers.scores(window, when - 1), self.verdicts_of_readers)]
            for list_name, category in LISTS.items():
                shown = [self._numbers[id_] for id_, _ in top(list_name, window, MANY)]
                for all_scores, verdicts in scores:
                    there = self._of(category, all_scores)
                    part = share(shown, there, MANY)
                    verdicts.append(Verdict(when, list_name, window, miss(shown, there, FIRST), part))

    def _of(self, category: str, scores: Scores) -> Scores:
        if not category:
            return scores
        return {number: score for number, score in scores.items() if category in self.stories[number].categories}
