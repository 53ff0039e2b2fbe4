"""The readers of the sample newsroom's feeds: invented polls of the last thirty days, by programs that exist."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from service.sample.writer import repeatable

DAYS = 30
DOCUMENT_BYTES, COMPRESSED_BYTES = 170_000, 45_000  # bytes of a feed of 50 entries, without and with gzip
WEEKEND_SHARE = 0.75  # of the polls of a working day
GROWTH = 0.012  # by which the number of readers grows each day
MORNING, EVENING = timedelta(hours=1), timedelta(hours=14)  # UTC; 08:00 and 21:00 in Jakarta

# The feeds, and how many readers each has compared with the first.
FEEDS = (
    ("latest", 1.0), ("popular", 0.45), ("category/nusantara", 0.34), ("category/ekonomi", 0.27),
    ("category/olahraga", 0.22), ("category/politik", 0.16), ("category/teknologi", 0.1), ("trending", 0.06),
)  # fmt: skip


@dataclass(frozen=True)
class Program:
    """A reading program. `subscribers` are those that a hosted reader reports; other programs have one IP address each.

    `polls` are a day's polls of one IP address; `conditional` is the share of them with a condition, and `unchanged`
    the share with the answer 304.
    """

    agent: str
    subscribers: int
    ip_addresses: int
    polls: int
    conditional: float
    unchanged: float


PROGRAMS = (
    Program("Feedly/1.0 (+http://www.feedly.com/fetcher.html; {} subscribers; )", 640, 1, 96, 1.0, 0.7),
    Program("Mozilla/5.0 (compatible; inoreader.com; {} subscribers)", 310, 1, 72, 1.0, 0.65),
    Program("NewsBlur Feed Fetcher - {} subscribers - https://www.newsblur.com", 95, 1, 48, 0.95, 0.55),
    Program("theoldreader.com ({} subscribers)", 60, 1, 48, 0.9, 0.55),
    Program("NetNewsWire (RSS Reader; https://netnewswire.com/)", 0, 34, 12, 0.97, 0.5),
    Program("FreshRSS/1.27.0 (Linux; https://freshrss.org)", 0, 22, 24, 0.98, 0.6),
    Program("Mozilla/5.0 (compatible; Miniflux/2.2.9; +https://miniflux.app)", 0, 15, 24, 0.98, 0.6),
    Program("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Thunderbird/140.1.0", 0, 12, 16, 0.5, 0.3),
    Program("python-requests/2.32.3", 0, 2, 140, 0.0, 0.0),  # a script that needs advice
)


@dataclass(frozen=True)
class SamplePolls:
    """The polls of a feed by one program, from each of its IP addresses, around one time.

    Of the polls of an IP address, `unchanged` had the answer 304, `news` a condition and a new document, and `unasked`
    no condition.
    """

    at: datetime
    feed: str
    agent: str
    ip_addresses: int
    unchanged: int
    news: int
    unasked: int


def polls(now: datetime) -> Iterator[SamplePolls]:
    """Yield the polls, oldest day first. None is later than `now`. The same time gives the same polls."""
    rng = repeatable("readers")
    today = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    for age in reversed(range(DAYS)):
        day = today - timedelta(days=age)
        busy = (1 - GROWTH) ** age * (WEEKEND_SHARE if day.weekday() >= 5 else 1) * rng.uniform(0.92, 1.08)
        growth = (1 - GROWTH) ** age
        for hours in (MORNING, EVENING):
            if day + hours <= now:
                for feed, share in FEEDS:
                    for program in PROGRAMS:
                        yield _polls_of(program, feed, share, day + hours, busy, growth)


def _polls_of(program: Program, feed: str, share: float, at: datetime, busy: float, growth: float) -> SamplePolls:
    """Half a day's polls of a feed by a program. `share` is the feed's part of the readers of the first feed."""
    times = max(2, round(program.polls / 2 * busy))
    unchanged = round(times * program.unchanged)
    news = max(round(times * program.conditional) - unchanged, 0)
    addresses = 1 if program.subscribers else max(1, round(program.ip_addresses * share * growth))
    agent = program.agent.format(max(1, round(program.subscribers * share * growth)))
    return SamplePolls(at, feed, agent, addresses, unchanged, news, times - unchanged - news)
