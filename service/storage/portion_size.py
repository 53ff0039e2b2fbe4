"""The size of the portions of an import: a transaction is short, however large the store and however slow the disk."""

TARGET_SECONDS = 0.08  # of a transaction. A PUT may wait for two of them, and takes less than 0.25 seconds
LEAST_ARTICLES = 10


class PortionSize:
    """The number of articles in the next transaction, at most `most`. It follows the time of the last ones."""

    def __init__(self, most: int) -> None:
        self.articles = most // 4
        self._most = most

    def adapt(self, seconds: float) -> None:
        """Take note that a transaction of `articles` articles has taken so many seconds."""
        wanted = round(self.articles * TARGET_SECONDS / max(seconds, 0.001))
        self.articles = max(min(wanted, 2 * self.articles, self._most), LEAST_ARTICLES)
