"""Requests whose answer may wait for a change (long polls). The server parks them: they hold no thread."""

from collections.abc import Callable
from dataclasses import dataclass

from flask import Response

WAIT = "warta.wait"  # key of a `Wait` in the WSGI environment


@dataclass(frozen=True)
class Wait:
    """The wait of one request. `until` is in seconds of the monotonic clock.

    `has_changed` says whether it is time for another look; it costs next to nothing. `look` returns the answer, or
    None if there is still nothing to tell. `last_look` returns an answer in any case. `count` adds a number to the
    metric of waiting requests.
    """

    until: float
    has_changed: Callable[[], bool]
    look: Callable[[], Response | None]
    last_look: Callable[[], Response]
    count: Callable[[int], object]
