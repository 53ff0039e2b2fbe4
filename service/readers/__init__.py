"""Statistics of the feeds' readers: their number, the bytes that conditions and compression save, and the programs that
poll too often or waste bytes."""

from service.readers.report_model import FeedClient, FeedDayReport, FeedReaders, PollerReport, ReadersReport

__all__ = ["FeedClient", "FeedDayReport", "FeedReaders", "PollerReport", "ReadersReport"]
