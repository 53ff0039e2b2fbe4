"""The counts of readers that processes and access logs add to the store: by feed and day, by client, by poller."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple


class FeedDay(NamedTuple):
    """A feed and a day of UTC."""

    day: date
    feed: str


@dataclass
class PollSums:
    """The polls of a feed in a day, and the bytes that they took and saved; see `FeedSums`."""

    polls: int = 0
    conditional: int = 0
    unchanged: int = 0
    sent: int = 0
    saved_by_conditions: int = 0
    saved_by_compression: int = 0


@dataclass(slots=True)
class ReportedSubscribers:
    """The number of subscribers that a hosted reader reported last, the time of that (seconds since the epoch), and the
    number of polls."""

    subscribers: int
    at: int
    polls: int


@dataclass(slots=True)
class PollerCounts:
    """The polls of a feed in a day by one agent at one IP address. `first` and `last` are seconds since the epoch."""

    first: int
    last: int
    polls: int = 0
    conditional: int = 0
    wasted: int = 0


@dataclass
class ReaderCounts:
    """Counts to add to the store. Single readers are IP addresses, hashed with the day's salt."""

    feeds: dict[FeedDay, PollSums] = field(default_factory=dict)
    clients: Counter[tuple[FeedDay, str]] = field(default_factory=Counter)
    single: dict[tuple[FeedDay, str], set[bytes]] = field(default_factory=dict)
    subscribers: dict[tuple[FeedDay, str, str], ReportedSubscribers] = field(default_factory=dict)
    pollers: dict[tuple[FeedDay, str, bytes], PollerCounts] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.feeds or self.single)
