"""The accuracy of the popular lists in a simulated week of 200,000 people, 40 bots and five cheats.

All views are known, so the lists can be compared with the truth. The applications, Redis and SQLite are real; only the
clock is simulated. Redis is flushed once and killed later. At the end of each day every list must have the exact top 10
of the truth, and 95 % of its top 50.
"""

import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterable
from itertools import product
from pathlib import Path
from typing import Any

from bench.machine import table
from bench.results import Run
from bench.simulated.stories import DAY, HOUR
from bench.simulated.strangers import BOTS
from bench.simulated.week import ENOUGH, FIRST, MANY, WINDOWS, Verdict, Week
from service.core.redis import PrivateRedis
from service.feeds.names import LATEST
from service.views import registry

IGNORED = ("bot", "no agent", "prefetch")


def run(record: Run) -> None:
    people, days, a_day = (6_000, 1, 150) if record.quick else (200_000, 7, 280)
    registry.CONFIRMED_SECONDS = HOUR  # the default of a second is too short for a simulated clock
    with tempfile.TemporaryDirectory(prefix="warta-bench-") as name:
        redis = PrivateRedis(Path(name))
        redis.start()
        redis.watch()
        try:
            week = Week(Path(name), redis, people, days, a_day)
            figures = _simulated(week)
        finally:
            redis.stop()
    record.keep(figures)
    wrong = [verdict for verdict in _ends(week.verdicts) if not verdict.right]
    promise = f"the top {FIRST} exactly, and {ENOUGH:.0%} of the top {MANY}, at the end of each day"
    print(f"{promise}: {'DOES NOT HOLD' if wrong else 'holds'}", *wrong, sep="\n")
    assert not wrong or record.quick, "the lists are not those of the truth"


def _simulated(week: Week) -> dict[str, Any]:
    started = time.monotonic()
    week.run()
    took = time.monotonic() - started
    print(
        f"{len(week.people):,} people, {len(BOTS)} bots, {len(week.cheats.names)} cheats, {len(week.stories):,} stories"
        f", {week.days} days in {took:.0f} s"
    )
    figures = {
        "seconds": took,
        "lists": _lists(week),
        "requests": _requests(week),
        "views": _views(week),
        "cheats": _cheats(week),
        "megabytes": week.client().info("memory")["used_memory"] / 2**20,
        "back": week.took,
    }
    print(
        f"Redis has {figures['megabytes']:.0f} MB; all was back {week.took['flushed']:.1f} s after it was flushed, "
        f"{week.took['killed']:.1f} s after it was killed"
    )
    return figures


def _ends(verdicts: Iterable[Verdict]) -> list[Verdict]:
    return [verdict for verdict in verdicts if verdict.when % DAY == 0]


def _first(verdicts: Iterable[Verdict]) -> int:
    return sum(each.miss is None for each in verdicts)


def _lists(week: Week) -> dict[str, dict[str, float]]:
    """The number of lists that are right, by window, for the site and for all categories together."""
    figures = {}
    for site, window in product((True, False), WINDOWS):

        def of_kind(verdicts: Iterable[Verdict], site: bool = site, window: str = window) -> list[Verdict]:
            return [each for each in verdicts if each.window == window and (each.list_name == LATEST) is site]

        ends, hours = of_kind(_ends(week.verdicts)), of_kind(week.verdicts)
        people = of_kind(_ends(week.verdicts_of_readers))
        figures[f"{'site' if site else 'categories'}, {window}"] = {
            "lists": len(ends),
            "first": _first(ends),
            "share": min(each.share for each in ends),
            "first of people": _first(people),
            "share of people": min(each.share for each in people),
            "hours": len(hours),
            "first in hours": _first(hours) / len(hours),
            "enough in hours": sum(each.share >= ENOUGH for each in hours) / len(hours),
        }
    print("lists at the ends of days; beside, by the truth of people; and at the end of every hour")
    table(
        ["", f"top {FIRST} exact", f"top {MANY}, least", "people: exact", "least", "hours: exact", f"{ENOUGH:.0%}"],
        [
            [
                name,
                *(f"{each[which]} of {each['lists']}" if "first" in which else f"{each[which]:.0%}"
                  for which in ("first", "share", "first of people", "share of people")),
                *(f"{each[which]:.1%}" for which in ("first in hours", "enough in hours")),
            ]
            for name, each in figures.items()
        ],
    )  # fmt: skip
    return figures


def _requests(week: Week) -> dict[str, Counter[str]]:
    """The outcomes of the requests, by kind of visitor."""
    figures: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for name, application in week.applications.items():
        figures[name.partition("'")[0]].update({"sent": application.sent, **application.fates})
    shown = ("sent", "counted", "repeated", "limited", *IGNORED, "dropped")
    table(["requests of", *shown], [[name, *(f"{kind[each]:,}" for each in shown)] for name, kind in figures.items()])
    return dict(figures)


def _views(week: Week) -> dict[str, dict[str, int]]:
    """The counted views compared with the true views, without the stories that the cheats target."""
    counted = _counted(week)
    wanted = {story for day in week.cheats.targets for story in day}
    figures = {}
    for name, truth in (("visitors", week.visitors), ("people", week.readers)):
        pairs = [(counted[number], truth.views[number]) for number in range(len(counted)) if number not in wanted]
        figures[name] = {
            "views": sum(true for _, true in pairs),
            "missing": sum(max(true - found, 0) for found, true in pairs),
            "too many": sum(max(found - true, 0) for found, true in pairs),
        }
    rows = [
        [name, *(f"{many:,}" for many in each.values()), f"{(each['missing'] + each['too many']) / each['views']:.3%}"]
        for name, each in figures.items()
    ]
    table(["views by the truth of", "in all", "missing", "too many", "wrong"], rows)
    return figures


def _cheats(week: Week) -> dict[str, list[int]]:
    """The views that each cheat gained: the counted views of its story of each day minus the views by people."""
    counted = _counted(week)
    figures = {
        name: [counted[stories[number]] - week.visitors.views[stories[number]] for stories in week.cheats.targets]
        for number, name in enumerate(week.cheats.names)
    }
    print("their stories, day by day:", *week.cheats.targets)
    table(["cheat", "gained with a story, at most"], [[name, f"{max(gained)}"] for name, gained in figures.items()])
    return figures


def _counted(week: Week) -> list[int]:
    """The counted views, in the order of the stories."""
    counted = week.main.counter.rankings.views_of([story.id for story in week.stories])
    return [counted[story.id] for story in week.stories]
