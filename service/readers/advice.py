"""What the makers of a program should hear of how it polls: facts, and the sentence that they are in each language."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

ENOUGH = 10  # polls, before anything is said
HASTE = 0.8  # part of the time that a copy is good, before which another poll is too early
MUCH = 1_000_000  # bytes that are wasted in a day, before that is worth a word
_UNITS = ("bytes", "KB", "MB", "GB", "TB")


@dataclass(frozen=True)
class Haste:
    """Each of its addresses asks `every` so many seconds; a copy is good for `max_age`."""

    every: float
    max_age: int


@dataclass(frozen=True)
class Waste:
    """Bytes `a_day` of what it was sent before; `conditional` is the share of its polls with a condition."""

    a_day: float
    conditional: float

    @property
    def habit(self) -> Literal["never", "seldom", "other"]:
        """Whether it sends If-None-Match; `other`: it does, but with another tag than it was given."""
        if self.conditional == 0:
            return "never"
        return "seldom" if self.conditional < 0.9 else "other"


Advice = Sequence[Haste | Waste]  # empty if there is nothing to say


def advice(*, polls: int, interval: float | None, conditional: float, wasted: float, max_age: int) -> Advice:
    """`interval` in seconds between the polls of one address, `conditional` the share of polls with a condition,
    `wasted` in bytes a day, `max_age` in seconds as the feed says it."""
    if polls < ENOUGH:
        return ()
    found: list[Haste | Waste] = []
    if interval is not None and interval < HASTE * max_age:
        found.append(Haste(interval, max_age))
    if wasted >= MUCH:
        found.append(Waste(wasted, conditional))
    return tuple(found)


# --- in words --------------------------------------------------------------------------------------------------------

SENTENCES = {
    "id": {
        "haste": "bertanya setiap {every}, padahal jawaban berlaku {max_age} (Cache-Control: max-age)",
        "no pause": "bertanya setiap detik atau lebih sering, padahal jawaban berlaku {max_age} "
        "(Cache-Control: max-age)",
        "never": "tidak mengirim If-None-Match, padahal {size} sehari cukup dijawab 304",
        "seldom": "mengirim If-None-Match hanya pada {share} permintaannya, padahal {size} sehari cukup dijawab 304",
        "other": "mengirim If-None-Match yang bukan ETag yang diterimanya, padahal {size} sehari cukup dijawab 304",
    },
    "en": {
        "haste": "asks every {every}; the feed says {max_age} (Cache-Control: max-age)",
        "no pause": "asks every second or less; the feed says {max_age} (Cache-Control: max-age)",
        "never": "sends no If-None-Match: {size} a day could be 304",
        "seldom": "sends If-None-Match with {share} of its polls only: {size} a day could be 304",
        "other": "sends another If-None-Match than the ETag that it was given: {size} a day could be 304",
    },
}


class Figures(Protocol):
    """How figures are written: how long, how many bytes, which part."""

    def span(self, seconds: float) -> str: ...
    def size(self, count: float) -> str: ...
    def share(self, part: float) -> str: ...


def worded(found: Advice, language: str, figures: Figures) -> str:
    """One sentence; empty if there is nothing to say."""
    return "; ".join(_part(each, SENTENCES[language], figures) for each in found)


def _part(found: Haste | Waste, sentences: dict[str, str], figures: Figures) -> str:
    if isinstance(found, Haste):
        sentence = sentences["haste" if found.every >= 1 else "no pause"]
        return sentence.format(every=figures.span(found.every), max_age=figures.span(found.max_age))
    return sentences[found.habit].format(size=figures.size(found.a_day), share=figures.share(found.conditional))


def in_english(found: Advice) -> str:
    """As the command line and the API say it."""
    return worded(found, "en", _Plain())


class _Plain:
    def span(self, seconds: float) -> str:
        return duration(seconds)

    def size(self, count: float) -> str:
        return size(count)

    def share(self, part: float) -> str:
        return f"{part:.0%}"


def duration(seconds: float) -> str:
    """As people say it: `20 s`, `5 min`, `3 h`."""
    if seconds < 1:
        return "second or less"
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.0f} h"


def size(count: float) -> str:
    """Bytes as people say them: `1.2 GB`."""
    for unit in _UNITS[:-1]:
        if count < 1000:
            return f"{count:.0f} {unit}" if unit == "bytes" or count >= 100 else f"{count:.1f} {unit}"
        count /= 1000
    return f"{count:,.1f} {_UNITS[-1]}"
