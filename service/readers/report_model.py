"""What is told of a feed's readers. Days are days of UTC; shares lie between 0 and 1."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from service.readers.advice import Advice, in_english

DAYS = 7  # of a report when nobody says how many
MOST_DAYS = 90


@dataclass(frozen=True)
class Client:
    """A reader by the name of its program: `hosted` are the subscribers that it reports, `single` those who poll
    themselves."""

    name: str
    hosted: int
    single: int
    polls: int


@dataclass(frozen=True)
class Day:
    """A feed's day. `conditional` polls asked whether there was news, `unchanged` ones heard that there was none.

    `sent` are the bytes of bodies, `saved` those that conditions and compression spared.
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
    """A feed, by its name without extension: its readers at the end of the span, its clients, and its days, oldest
    first."""

    feed: str
    title: str
    url: str
    hosted: int
    single: int
    clients: Sequence[Client]
    days: Sequence[Day]


@dataclass(frozen=True)
class Poller:
    """A program that polls a feed from `addresses` addresses, every `interval` seconds each (None: it came once).

    `wasted` are bytes of bodies that it was sent before. `advice` is what its makers should hear, empty if nothing.
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
class Report:
    """Feeds with most readers first; pollers that waste most first."""

    since: date
    until: date
    feeds: Sequence[FeedReaders]
    pollers: Sequence[Poller]

    def as_json(self) -> dict[str, Any]:
        """The report as the API gives it: fields by their names, dates as ISO 8601, advice in English."""
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
