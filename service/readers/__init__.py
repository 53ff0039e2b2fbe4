"""Statistics of the feeds' readers: their number, the bytes that conditions and compression save, and the programs that
poll too often or waste bytes."""

from service.readers.report_model import (
    ClientReaders,
    FeedClient,
    FeedDayReport,
    FeedReaders,
    PollDay,
    PollerReport,
    ReadersReport,
)

__all__ = [
    "ClientReaders",
    "FeedClient",
    "FeedDayReport",
    "FeedReaders",
    "PollDay",
    "PollerReport",
    "ReadersReport",
]
