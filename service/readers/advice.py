"""Advice for the makers of a program about the way it polls: facts, and a sentence for them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

MIN_POLLS = 10  # polls: a program with fewer gets no advice
MIN_INTERVAL_SHARE = 0.8  # part of `max_age`: a program that polls at shorter intervals polls too often
MIN_WASTED_BYTES_A_DAY = 1_000_000  # wasted bytes a day: a program that wastes less gets no advice about it
_UNITS = ("bytes", "KB", "MB", "GB", "TB")


@dataclass(frozen=True)
class TooFrequent:
    """The program polls too often: each IP address every `every` seconds. A copy is fresh for `max_age` seconds."""

    every: float
    max_age: int


@dataclass(frozen=True)
class Refetches:
    """The program fetches documents again that it has: `a_day` is the bytes of these a day.

    `conditional` is the share of its polls with a condition, between 0 and 1.
    """

    a_day: float
    conditional: float

    @property
    def habit(self) -> Literal["never", "seldom", "other"]:
        """The program's use of If-None-Match. `other`: it sends another ETag than the one that it got."""
        if self.conditional == 0:
            return "never"
        return "seldom" if self.conditional < 0.9 else "other"


Advice = Sequence[TooFrequent | Refetches]  # empty for a program that polls well


def advice(*, polls: int, interval: float | None, conditional: float, wasted: float, max_age: int) -> Advice:
    """Return the advice for a program.

    `interval` is the seconds between the polls of one IP address (None: not known). `conditional` is the share of polls
    with a condition, between 0 and 1. `wasted` is in bytes a day. `max_age` is the max-age of the feed in seconds.
    """
    if polls < MIN_POLLS:
        return ()
    found: list[TooFrequent | Refetches] = []
    if interval is not None and interval < MIN_INTERVAL_SHARE * max_age:
        found.append(TooFrequent(interval, max_age))
    if wasted >= MIN_WASTED_BYTES_A_DAY:
        found.append(Refetches(wasted, conditional))
    return tuple(found)


# --- in words --------------------------------------------------------------------------------------------------------


class FigureFormat(Protocol):
    """Formats figures: durations, numbers of bytes, and shares between 0 and 1."""

    def span(self, seconds: float) -> str: ...
    def size(self, count: float) -> str: ...
    def share(self, part: float) -> str: ...


def in_words(found: Advice, figures: FigureFormat, gettext: Callable[[str], str] = str) -> str:
    """Return the advice as one sentence; empty without advice. `gettext` translates an English text."""
    return "; ".join(
        _on_frequency(each, figures, gettext)
        if isinstance(each, TooFrequent)
        else _on_refetches(each, figures, gettext)
        for each in found
    )


def _on_frequency(too_frequent: TooFrequent, figures: FigureFormat, gettext: Callable[[str], str]) -> str:
    if too_frequent.every < 1:
        sentence = gettext("asks every second or less; the feed says {max_age} (Cache-Control: max-age)")
    else:
        sentence = gettext("asks every {every}; the feed says {max_age} (Cache-Control: max-age)")
    return sentence.format(every=figures.span(too_frequent.every), max_age=figures.span(too_frequent.max_age))


def _on_refetches(refetches: Refetches, figures: FigureFormat, gettext: Callable[[str], str]) -> str:
    sentence = {
        "never": gettext("sends no If-None-Match: {size} a day could be 304"),
        "seldom": gettext("sends If-None-Match with {share} of its polls only: {size} a day could be 304"),
        "other": gettext("sends another If-None-Match than the ETag that it was given: {size} a day could be 304"),
    }[refetches.habit]
    return sentence.format(size=figures.size(refetches.a_day), share=figures.share(refetches.conditional))


def in_english(found: Advice) -> str:
    """Return the advice in English, for the command line and the API."""
    return in_words(found, _EnglishFigures())


class _EnglishFigures:
    def span(self, seconds: float) -> str:
        return duration(seconds)

    def size(self, count: float) -> str:
        return size(count)

    def share(self, part: float) -> str:
        return f"{part:.0%}"


def duration(seconds: float) -> str:
    """Format a duration for people: `20 s`, `5 min`, `3 h`."""
    if seconds < 1:
        return "second or less"
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.0f} h"


def size(count: float) -> str:
    """Format a number of bytes for people: `1.2 GB`."""
    for unit in _UNITS[:-1]:
        if count < 1000:
            return f"{count:.0f} {unit}" if unit == "bytes" or count >= 100 else f"{count:.1f} {unit}"
        count /= 1000
    return f"{count:,.1f} {_UNITS[-1]}"
