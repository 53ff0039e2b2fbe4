"""The values of a report on readers. Days are days of UTC. Shares are between 0 and 1."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from service.readers.advice import Advice, in_english

DEFAULT_DAYS = 7  # days of a report by default
MAX_DAYS = 90  # days that a report may have


@dataclass(frozen=True)
class FeedClient:
    """A program that polls a feed. `hosted` is the number of subscribers that it reports; `single` is the number of its
    users who poll from their own IP addresses."""

    name: str
    hosted: int
    single: int
    polls: int


@dataclass(frozen=True)
class FeedDayReport:
    """A day of a feed. `conditional` is the number of polls with a condition; `unchanged` is the number of answers 304.

    `sent` is the bytes of bodies. `saved_by_conditions` and `saved_by_compression` are bytes that were not sent.
    `hosted` and `single` are numbers of readers.
    """

    day: date
    polls: int
    conditional: int
    unchanged: int
    sent: int
    saved_by_conditions: int
    saved_by_compression: int
    hosted: int
    single: int


@dataclass(frozen=True)
class FeedReaders:
    """The readers of a feed. `feed` is its name without extension.

    `hosted` and `single` are the numbers of readers at the end of the report. `clients` have most readers first. `days`
    are oldest first.
    """

    feed: str
    title: str
    url: str
    hosted: int
    single: int
    clients: Sequence[FeedClient]
    days: Sequence[FeedDayReport]


@dataclass(frozen=True)
class PollerReport:
    """A program that polls a feed from `addresses` IP addresses.

    `interval` is the seconds between two polls of one IP address; None if none polled twice in a day. `conditional` is
    the share of polls with a condition. `wasted` is the bytes of bodies that were sent again. `advice` is for the
    makers of the program; it may be empty.
    """

    client: str
    agent: str
    feed: str
    addresses: int
    polls: int
    interval: float | None
    conditional: float
    wasted: int
    advice: Advice


@dataclass(frozen=True)
class ReadersReport:
    """A report on the days `since` to `until`, both included.

    Feeds with most readers come first, and pollers that waste most bytes come first.
    """

    since: date
    until: date
    feeds: Sequence[FeedReaders]
    pollers: Sequence[PollerReport]

    def as_json(self) -> dict[str, Any]:
        """Return the report in the form of the API: fields by their names, dates as ISO 8601, advice in English."""
        pollers = [{**asdict(poller), "advice": in_english(poller.advice)} for poller in self.pollers]
        return {**_plain(asdict(self)), "pollers": pollers}


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, dict):
        return {name: _plain(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return value
