"""Listings are read once for all documents that show the same."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from time import sleep

from service.feeds.names import ArticleList
from service.publishing.selection import MAX_LISTINGS, SharedListings
from service.storage import Listing


class Reading:
    """Reads a listing, and counts how often."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self) -> Listing:
        self.times += 1
        sleep(0.02)
        return Listing(ArticleList("latest", "", datetime(2026, 2, 22, tzinfo=UTC)), [])


def test_what_shows_the_same_is_read_once_however_many_ask() -> None:
    listings, read = SharedListings(), Reading()
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda _: listings.of("latest:50", "v1/", read), range(24)))
    assert read.times == 1
    assert all(listing is found[0] for listing in found)


def test_what_is_shown_anew_is_read_anew() -> None:
    listings, read = SharedListings(), Reading()
    for times, (key, shows) in enumerate([("latest:50", "v1/"), ("latest:50", "v2/"), ("latest:10", "v2/")], 1):
        listings.of(key, shows, read)
        assert read.times == times


def test_listings_without_a_version_are_not_shared() -> None:
    """As without Redis, which knows the versions."""
    listings, read = SharedListings(), Reading()
    for _ in range(2):
        listings.of("latest:50", "", read)
    assert read.times == 2


def test_only_the_last_ones_are_remembered() -> None:
    listings, read = SharedListings(), Reading()
    for n in range(MAX_LISTINGS + 1):
        listings.of(str(n), "v1/", read)
    listings.of("0", "v1/", read)
    assert read.times == MAX_LISTINGS + 2
