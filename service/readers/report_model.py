"""The values of a report on readers, as the API sends them. Days are days of UTC. Shares are between 0 and 1."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

from pydantic import Field, PlainSerializer, TypeAdapter

from service.readers.advice import Advice, in_english

DEFAULT_DAYS = 7  # days of a report by default
MAX_DAYS = 90  # days that a report may have
MAX_FEEDS = 1_000  # feeds that one report may have
MAX_LISTED = 50  # clients of a feed, and pollers, in a report

Count = Annotated[int, Field(ge=0)]
Hosted = Annotated[int, Field(ge=0, description="Subscribers that hosted readers report.")]
Single = Annotated[
    int, Field(ge=0, description="Readers with an IP address of their own. The standard error is 0.81 %.")
]


@dataclass(frozen=True)
class ClientReaders:
    """A program with its readers. `hosted` is the number of subscribers that it reports; `single` is the number of its
    users who poll from their own IP addresses."""

    name: str
    hosted: Hosted
    single: Single


@dataclass(frozen=True)
class FeedClient(ClientReaders):
    """A program that polls a feed, with its readers of this feed."""

    polls: Count


@dataclass(frozen=True)
class PollDay:
    """The polls of a day. `sent` and `saved_by_…` are bytes of bodies."""

    day: Annotated[date, Field(description="A day of UTC.")]
    polls: Count
    conditional: Annotated[int, Field(ge=0, description="Polls with a condition (If-None-Match, If-Modified-Since).")]
    unchanged: Annotated[int, Field(ge=0, description="Polls with the answer 304.")]
    sent: Count
    saved_by_conditions: Count
    saved_by_compression: int  # negative if compression made bodies longer


@dataclass(frozen=True)
class FeedDayReport(PollDay):
    """A day on which a feed was polled, with its readers on that day."""

    hosted: Hosted
    single: Single


@dataclass(frozen=True)
class FeedReaders:
    """The readers of a feed. `feed` is its name without extension.

    `hosted` and `single` are the numbers of readers at the end of the report. `clients` have most readers first. `days`
    are oldest first.
    """

    feed: str
    title: str
    url: Annotated[str, Field(json_schema_extra={"format": "uri"})]
    hosted: Hosted
    single: Single
    clients: Annotated[Sequence[FeedClient], Field(max_length=MAX_LISTED)]
    days: Sequence[FeedDayReport]


@dataclass(frozen=True)
class PollerReport:
    """A program that polls a feed from `addresses` IP addresses. `wasted` is the bytes of bodies that it had before."""

    client: str
    agent: Annotated[str, Field(description="The User-Agent header, in at most 256 characters.")]
    feed: str
    addresses: Count
    polls: Count
    interval: Annotated[
        float | None,
        Field(description="Seconds between two polls of one IP address. Null if no IP address polled twice in a day."),
    ]
    conditional: Annotated[float, Field(ge=0, le=1, description="Share of polls with a condition.")]
    wasted: Count
    advice: Annotated[
        Advice,
        PlainSerializer(in_english, return_type=str),
        Field(description="Advice for the makers of the program. It may be empty."),
    ]


@dataclass(frozen=True)
class ReadersReport:
    """The readers of the feeds on the days `since` to `until`, both included.

    `feed_count`, `hosted`, `single`, `days` and `clients` are about all polled feeds. `feeds` is a part of them: those
    with most readers come first. Clients with most readers come first, and pollers that waste most bytes come first.
    """

    since: Annotated[date, Field(description="A day of UTC.")]
    until: Annotated[date, Field(description="A day of UTC.")]
    feed_count: Annotated[int, Field(ge=0, description="Number of feeds that were polled.")]
    hosted: Hosted
    single: Single
    days: Sequence[PollDay]
    clients: Annotated[Sequence[ClientReaders], Field(max_length=MAX_LISTED)]
    feeds: Annotated[Sequence[FeedReaders], Field(max_length=MAX_FEEDS)]
    pollers: Annotated[Sequence[PollerReport], Field(max_length=MAX_LISTED)]

    def as_json(self) -> dict[str, Any]:
        """Return the report in the form of the API: fields by their names, dates as ISO 8601, advice in English."""
        return dict(_ADAPTER.dump_python(self, mode="json"))


_ADAPTER = TypeAdapter(ReadersReport)
