"""Ceilings for the views of one source, in one process and without Redis.

For access logs. The rule is that of `lua/count.lua`.
"""

from collections import Counter
from collections.abc import Sequence

from service.core.settings.model import Views

MAX_SOURCE_COUNTS = 1_000_000  # counts of sources, alone and with an article; above it, `forget` drops those of 1


class Ceilings:
    """Counted views by source, article and day. Not thread-safe.

    A source is an IP address, or one of the IPv6 networks around it (/56 and /48), as bytes that identify it.
    """

    def __init__(self, views: Views) -> None:
        self._most = views.per_address
        self._share = views.address_share
        self._addresses = (1, views.addresses_per_56, views.addresses_per_48)
        # By the hash of source, day and article id, which is smaller than these. The id "" stands for all articles.
        self._source_counts: Counter[int] = Counter()
        self._counted: Counter[tuple[str, int]] = Counter()  # by article and day; without views beyond a ceiling

    def take(self, article_id: str, sources: Sequence[bytes], day: int) -> bool:
        """Count a view if no source is over its limit. Returns whether the view counts.

        `sources` are the IP address and the networks around it, from narrow to wide. Each has a ceiling of views of an
        article in a day. Beyond the ceiling, a source may have a share of the article's views of that day, as long as
        less than half of its views are of this article.
        """
        within = True
        for source, addresses in zip(sources, self._addresses, strict=False):
            count, every = (
                self._source_counts[hash((source, day, article_id))],
                self._source_counts[hash((source, day, ""))],
            )
            if count >= self._most * addresses:
                within = False
                part = self._counted[article_id, day] * min(self._share * addresses, 1)
                if 2 * count >= every or count >= part:
                    return False
        for source in sources:
            self._source_counts[hash((source, day, article_id))] += 1
            self._source_counts[hash((source, day, ""))] += 1
        self._counted[article_id, day] += within
        return True

    def forget(self) -> None:
        """If there are more than MAX_SOURCE_COUNTS counts, drop the counts of 1."""
        if len(self._source_counts) > MAX_SOURCE_COUNTS:
            self._source_counts = Counter({source: times for source, times in self._source_counts.items() if times > 1})
