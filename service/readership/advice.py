"""What the makers of a program should hear of how it polls: one sentence, of facts."""

ENOUGH = 10  # polls, before anything is said
HASTE = 0.8  # part of the time that a copy is good, before which another poll is too early
MUCH = 1_000_000  # bytes that are wasted in a day, before that is worth a word
_UNITS = ("bytes", "KB", "MB", "GB", "TB")


def advice(*, polls: int, interval: float | None, conditional: float, wasted: float, max_age: int) -> str:
    """`interval` in seconds between the polls of one address, `conditional` the share of polls with a condition,
    `wasted` in bytes a day, `max_age` in seconds as the feed says it. Empty if there is nothing to say."""
    if polls < ENOUGH:
        return ""
    found = []
    if interval is not None and interval < HASTE * max_age:
        found.append(f"asks every {duration(interval)}; the feed says {duration(max_age)} (Cache-Control: max-age)")
    if wasted >= MUCH:
        found.append(f"{_habit(conditional)}: {size(wasted)} a day could be 304")
    return "; ".join(found)


def _habit(conditional: float) -> str:
    if conditional == 0:
        return "sends no If-None-Match"
    if conditional < 0.9:
        return f"sends If-None-Match with {conditional:.0%} of its polls only"
    return "sends another If-None-Match than the ETag that it was given"


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
