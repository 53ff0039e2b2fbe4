"""Ceilings for the views of one source, in one process and without Redis.

For access logs. The rule is that of `lua/count.lua`.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence

from service.core.settings.counting import Views

MAX_SOURCE_COUNTS = 1_000_000  # counts of sources, alone and with an article, that `forget` keeps
KEPT_DAYS = 2  # days for which counts are kept when there are too many: the lines of a log are nearly in order


class Ceilings:
    """Counted views by source, article and day. Not thread-safe.

    A source is an IP address, or one of the IPv6 networks around it (/56 and /48), as bytes that identify it.
    """

    def __init__(self, views: Views) -> None:
        self._most = views.per_address
        self._share = views.address_share
        self._addresses = (1, views.addresses_per_56, views.addresses_per_48)
        # By day, then by the hash of source and article id, which is smaller. The id "" stands for all articles.
        self._source_counts: defaultdict[int, Counter[int]] = defaultdict(Counter)
        # By day, then by article; without views beyond a ceiling
        self._counted: defaultdict[int, Counter[str]] = defaultdict(Counter)

    def take(self, article_id: str, sources: Sequence[bytes], day: int) -> bool:
        """Count a view if no source is over its limit. Returns whether the view counts.

        `sources` are the IP address and the networks around it, from narrow to wide. Each has a ceiling of views of an
        article in a day. Beyond the ceiling, a source may have a share of the article's views of that day, as long as
        less than half of its views are of this article.
        """
        counts, counted = self._source_counts[day], self._counted[day]
        within = True
        for source, addresses in zip(sources, self._addresses, strict=False):
            count, every = counts[hash((source, article_id))], counts[hash((source, ""))]
            if count >= self._most * addresses:
                within = False
                part = counted[article_id] * min(self._share * addresses, 1)
                if 2 * count >= every or count >= part:
                    return False
        for source in sources:
            counts[hash((source, article_id))] += 1
            counts[hash((source, ""))] += 1
        counted[article_id] += within
        return True

    def forget(self) -> None:
        """Drop counts until at most MAX_SOURCE_COUNTS are left: first those of old days, then the smallest ones."""
        if self._size() <= MAX_SOURCE_COUNTS:
            return
        for day in sorted(self._source_counts)[:-KEPT_DAYS]:
            del self._source_counts[day]
            self._counted.pop(day, None)
        least = 2
        while self._size() > MAX_SOURCE_COUNTS:
            for day, counts in self._source_counts.items():
                self._source_counts[day] = Counter({source: n for source, n in counts.items() if n >= least})
            least *= 2

    def _size(self) -> int:
        return sum(map(len, self._source_counts.values()))
