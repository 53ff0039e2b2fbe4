"""How often sources may count, in one process and without Redis: for access logs, by the rule of the script COUNT."""

from collections import Counter
from collections.abc import Sequence

from service.core.settings.model import Views

MET = 1_000_000  # sources, and sources with articles, that are remembered; more than that only until `forget`


class Ceilings:
    """What sources have had of articles, day by day. Not for several threads.

    A source is an address or one of the IPv6 networks around it, /56 and /48, in any form that tells it from others.
    """

    def __init__(self, views: Views) -> None:
        self._most = views.per_address
        self._share = views.address_share
        self._addresses = (1, views.addresses_per_56, views.addresses_per_48)
        self._met: Counter[int] = Counter()  # by the hash of source, day and article, which is smaller; "" is all
        self._counted: Counter[tuple[str, int]] = Counter()  # by article and day; without those beyond a ceiling

    def take(self, article_id: str, sources: Sequence[bytes], day: int) -> bool:
        """Whether a view counts, and if so it has been counted: for the address and the networks around it, from narrow
        to wide.

        Each has its ceiling. Beyond it a source has a share of the article's views that day, if it reads others too.
        """
        within = True
        for source, addresses in zip(sources, self._addresses, strict=False):
            count, every = self._met[hash((source, day, article_id))], self._met[hash((source, day, ""))]
            if count >= self._most * addresses:
                within = False
                part = self._counted[article_id, day] * min(self._share * addresses, 1)
                if 2 * count >= every or count >= part:
                    return False
        for source in sources:
            self._met[hash((source, day, article_id))] += 1
            self._met[hash((source, day, ""))] += 1
        self._counted[article_id, day] += within
        return True

    def forget(self) -> None:
        """When there are too many, forget those that were met once."""
        if len(self._met) > MET:
            self._met = Counter({met: times for met, times in self._met.items() if times > 1})
