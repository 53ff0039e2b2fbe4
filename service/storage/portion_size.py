"""The size of the portions of an import: a transaction is short, however large the store and however slow the disk."""

import math

TARGET_SECONDS = 0.08  # of a transaction. A PUT may wait for two of them, and takes less than 0.25 seconds
FIRST_ARTICLES = 50  # of the first transaction, before any time is known
LEAST_ARTICLES = 10


class PortionSize:
    """The number of articles in the next transaction, at most `most`. It follows the time of the last ones."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._articles = min(FIRST_ARTICLES, most)

    def of(self, count: int) -> int:
        """The size of the next portion of `count` articles. Portions are of equal size: a small one costs as much."""
        return math.ceil(count / max(math.ceil(count / self._articles), 1))

    def adapt(self, articles: int, seconds: float) -> None:
        """Take note that a transaction of so many articles has taken so many seconds."""
        if articles < self._articles and seconds <= TARGET_SECONDS:
            return  # this does not show the time of a whole portion
        wanted = round(articles * TARGET_SECONDS / max(seconds, 0.001))
        self._articles = max(min(wanted, 2 * self._articles, self._most), LEAST_ARTICLES)
