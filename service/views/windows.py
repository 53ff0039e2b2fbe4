"""The windows of time that views are counted in, and what can become of a view."""

from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True)
class Window:
    """`buckets` steps of `seconds`, the running one included."""

    name: str
    seconds: int
    buckets: int


WINDOWS = (
    Window("1h", 300, 12),
    Window("24h", 3600, 24),
    Window("7d", 3600, 168),
    Window("30d", 86400, 30),
)
STEP = min(window.seconds for window in WINDOWS)


class Fate(StrEnum):
    """What became of a page view."""

    COUNTED = "counted"
    TAKEN = "taken"  # it will count within half a second, if the visitor has not just seen the article
    REPEATED = "repeated"  # by the same visitor within half an hour
    LIMITED = "limited"  # one address must not make an article popular
    WAITING = "waiting"  # until Redis is back, or has been refilled
    UNKNOWN = "unknown"  # no such article
    DROPPED = "dropped"  # too many are waiting
