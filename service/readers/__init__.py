"""Statistics of the feeds' readers: their number, the bytes that conditions and compression save, and the programs that
poll too often or waste bytes."""

from service.readers.report_model import Client, Day, FeedReaders, Poller, Report

__all__ = ["Client", "Day", "FeedReaders", "Poller", "Report"]
