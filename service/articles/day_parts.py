"""Hours of a twelve-hour clock with an Indonesian part of the day: `4.30 sore` is 16.30."""

import re

# Hours of each part of the day, and the hours that they are on a clock of 24 hours. Hours that are missing are
# ambiguous (`12 malam`: the night before or after the day?) or wrong (`5 siang`).
_HOURS = {
    "dini hari": {12: 0, **{hour: hour for hour in range(7)}},
    "subuh": {hour: hour for hour in range(3, 7)},
    "pagi": {hour: hour for hour in range(12)},
    "siang": {10: 10, 11: 11, 12: 12, 1: 13, 2: 14, 3: 15, 13: 13, 14: 14, 15: 15},
    "sore": {2: 14, 3: 15, 4: 16, 5: 17, 6: 18, 14: 14, 15: 15, 16: 16, 17: 17, 18: 18},
    "petang": {5: 17, 6: 18, 7: 19, 17: 17, 18: 18, 19: 19},
    "malam": {0: 0, **{hour: hour + 12 for hour in range(6, 12)}, **{hour: hour for hour in range(18, 24)}},
}
_TIME = re.compile(
    r"(?<![\d:.])(\d{1,2})(?:[:.](\d\d))?(?:[:.](\d\d))?( (?:wib|wita|wit))? (dini hari|subuh|pagi|siang"
    r"|sore|petang|malam)\b"
)


def with_24_hours(text: str) -> str:
    """Replace such times in a text of lower case. Raises ValueError for an hour that is not in the part of the day."""
    return _TIME.sub(_on_24_hours, text)


def _on_24_hours(time: re.Match[str]) -> str:
    hour, minute, second, zone, part = time.groups()
    known = _HOURS[part].get(int(hour))
    if known is None:
        raise ValueError(f"{hour} {part} is not a time of day")
    return f"{known:02}:{minute or '00'}{f':{second}' if second else ''}{zone or ''}"
