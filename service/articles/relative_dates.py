"""Times that are told from another one: `2 jam yang lalu`, `kemarin 19.00`, `yesterday`."""

import re
from datetime import datetime, timedelta, tzinfo

_SECONDS = {
    **dict.fromkeys(("detik", "second", "seconds"), 1),
    **dict.fromkeys(("menit", "minute", "minutes", "min", "mins"), 60),
    **dict.fromkeys(("jam", "hour", "hours"), 3600),
    **dict.fromkeys(("hari", "day", "days"), 86_400),
    **dict.fromkeys(("minggu", "pekan", "week", "weeks"), 7 * 86_400),
}
_AGO = re.compile(
    rf"(?P<number>\d{{1,3}}|satu |an? )\s*(?P<unit>{'|'.join(_SECONDS)}) (?:yang )?(?:lalu|silam|ago)", re.IGNORECASE
)
_DAY = re.compile(
    r"(?P<day>hari ini|kemarin|today|yesterday)(?:[\s,|]+(?:pukul|pkl|jam|at)?\.?\s*(?P<hour>[01]?\d"
    r"|2[0-3])[.:](?P<minute>[0-5]\d))?"
    r"(?:\s*(?P<zone>wib|wita|wit))?",
    re.IGNORECASE,
)
_DAYS_BACK = {"hari ini": 0, "today": 0, "kemarin": 1, "yesterday": 1}


def parse_relative(text: str, seen_at: datetime, zone: tzinfo) -> datetime | None:
    """The time in `text`, told from the aware time `seen_at`, in `zone`; None if the text is no such time.

    A day without a time begins at 00:00. Months and years are not counted, since they have no definite length. Nor is a
    time with a zone of its own.
    """
    seen_at = seen_at.astimezone(zone)
    text = " ".join(text.split())
    if ago := _AGO.fullmatch(text):
        number = int(ago["number"]) if ago["number"].isdigit() else 1
        return seen_at - timedelta(seconds=number * _SECONDS[ago["unit"].lower()])
    day = _DAY.fullmatch(text)
    if day is None or day["zone"]:
        return None
    hour, minute = int(day["hour"] or 0), int(day["minute"] or 0)
    date = seen_at - timedelta(days=_DAYS_BACK[day["day"].lower()])
    return date.replace(hour=hour, minute=minute, second=0, microsecond=0)
