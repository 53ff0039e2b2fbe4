"""Times that are told from another one."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from service.articles.relative_dates import parse_relative

JAKARTA = ZoneInfo("Asia/Jakarta")
SEEN = datetime(2026, 3, 6, 10, 30, tzinfo=JAKARTA)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2 jam yang lalu", "2026-03-06T08:30"),
        ("sejam lalu", None),
        ("satu jam lalu", "2026-03-06T09:30"),
        ("45 menit lalu", "2026-03-06T09:45"),
        ("3 hari lalu", "2026-03-03T10:30"),
        ("kemarin 19.00", "2026-03-05T19:00"),
        ("Hari ini, pukul 07:15", "2026-03-06T07:15"),
        ("kemarin", "2026-03-05T00:00"),
        ("2 bulan lalu", None),
        ("kemarin 19.00 WIT", None),
        ("kemarin 25.00", None),
        ("10 September 2021", None),
    ],
)
def test_a_time_is_told_from_the_time_when_it_was_seen(text: str, expected: str | None) -> None:
    when = parse_relative(text, SEEN, JAKARTA)
    assert (when and when.strftime("%Y-%m-%dT%H:%M")) == expected
