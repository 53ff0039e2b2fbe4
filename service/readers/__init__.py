"""Who reads the feeds, and how politely: readers, the bytes that conditions and compression save, pollers."""

from service.readers.report_model import Client, Day, FeedReaders, Poller, Report

__all__ = ["Client", "Day", "FeedReaders", "Poller", "Report"]
