"""Advice for the makers of a program about the way it polls: facts, and a sentence for them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

ENOUGH = 10  # polls: a program with fewer gets no advice
HASTE = 0.8  # part of `max_age`: a program that polls at shorter intervals polls too often
MUCH = 1_000_000  # wasted bytes a day: a program that wastes less gets no advice about it
_UNITS = ("bytes", "KB", "MB", "GB", "TB")


@dataclass(frozen=True)
class Haste:
    """The program polls too often: each IP address every `every` seconds. A copy is fresh for `max_age` seconds."""

    every: float
    max_age: int


@dataclass(frozen=True)
class Waste:
    """The program fetches documents again that it has: `a_day` is the bytes of these a day.

    `conditional` is the share of its polls with a condition, between 0 and 1.
    """

    a_day: float
    conditional: float

    @property
    def habit(self) -> Literal["never", "seldom", "other"]:
        """How often the program sends If-None-Match. `other`: it does, but with another ETag than the one it got."""
        if self.conditional == 0:
            return "never"
        return "seldom" if self.conditional < 0.9 else "other"


Advice = Sequence[Haste | Waste]  # empty for a program that polls well


def advice(*, polls: int, interval: float | None, conditional: float, wasted: float, max_age: int) -> Advice:
    """Return the advice for a program.

    `interval` is the seconds between the polls of one IP address (None: not known). `conditional` is the share of polls
    with a condition, between 0 and 1. `wasted` is in bytes a day. `max_age` is the max-age of the feed in seconds.
    """
    if polls < ENOUGH:
        return ()
    found: list[Haste | Waste] = []
    if interval is not None and interval < HASTE * max_age:
        found.append(Haste(interval, max_age))
    if wasted >= MUCH:
        found.append(Waste(wasted, conditional))
    return tuple(found)


# --- in words --------------------------------------------------------------------------------------------------------


class AdviceFigures(Protocol):
    """Formats figures: durations, numbers of bytes, and shares between 0 and 1."""

    def span(self, seconds: float) -> str: ...
    def size(self, count: float) -> str: ...
    def share(self, part: float) -> str: ...


def worded(found: Advice, figures: AdviceFigures, gettext: Callable[[str], str] = str) -> str:
    """Return the advice as one sentence; empty without advice. `gettext` translates an English text."""
    return "; ".join(
        _haste(each, figures, gettext) if isinstance(each, Haste) else _waste(each, figures, gettext) for each in found
    )


def _haste(haste: Haste, figures: AdviceFigures, gettext: Callable[[str], str]) -> str:
    if haste.every < 1:
        sentence = gettext("asks every second or less; the feed says {max_age} (Cache-Control: max-age)")
    else:
        sentence = gettext("asks every {every}; the feed says {max_age} (Cache-Control: max-age)")
    return sentence.format(every=figures.span(haste.every), max_age=figures.span(haste.max_age))


def _waste(waste: Waste, figures: AdviceFigures, gettext: Callable[[str], str]) -> str:
    sentence = {
        "never": gettext("sends no If-None-Match: {size} a day could be 304"),
        "seldom": gettext("sends If-None-Match with {share} of its polls only: {size} a day could be 304"),
        "other": gettext("sends another If-None-Match than the ETag that it was given: {size} a day could be 304"),
    }[waste.habit]
    return sentence.format(size=figures.size(waste.a_day), share=figures.share(waste.conditional))


def in_english(found: Advice) -> str:
    """Return the advice in English, for the command line and the API."""
    return worded(found, _EnglishFigures())


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
