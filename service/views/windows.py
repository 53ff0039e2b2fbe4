"""The windows of time by which views are counted, and the possible fates of a view."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True)
class Window:
    """A window of time: the last `buckets` steps of `seconds` each, including the current step."""

    name: str
    seconds: int
    buckets: int


WINDOWS = (
    Window("1h", 300, 12),
    Window("24h", 3600, 24),
    Window("7d", 3600, 168),
    Window("30d", 86400, 30),
)
# The windows as arguments of a script: their number, then the values of each.
WINDOW_ARGUMENTS: Sequence[str | int] = (
    len(WINDOWS),
    *(part for window in WINDOWS for part in (window.name, window.seconds, window.buckets)),
)
SHORTEST_STEP = min(window.seconds for window in WINDOWS)  # seconds


class Fate(StrEnum):
    """The result for a page view."""

    COUNTED = "counted"
    TAKEN = "taken"  # it will count within half a second, unless the visitor has just seen the article
    REPEATED = "repeated"  # the same visitor saw the article within `views.once` minutes (default: 30)
    LIMITED = "limited"  # beyond the ceiling of its source: one IP address must not make an article popular
    WAITING = "waiting"  # it waits until Redis is back, or has been refilled
    UNKNOWN = "unknown"  # there is no such article
    DROPPED = "dropped"  # too many views are waiting
