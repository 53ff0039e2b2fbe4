"""Dates as a newsroom writes them, and what is refused rather than guessed."""

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from service.articles import dates
from service.core.errors import WartaError

JAKARTA = ZoneInfo("Asia/Jakarta")
MONTHS = (
    "Januari Februari Maret April Mei Juni Juli Agustus September Oktober November Desember",
    "Jan Feb Mar Apr Mei Jun Jul Agu Sep Okt Nov Des",
    "January February March April May June July August September October November December",
    "Jan Peb Mrt Apr May Jun Jul Agt Sept Oct Nop Dec",
)
DAYS = (
    "Senin Selasa Rabu Kamis Jumat Sabtu Minggu",
    "Senin Selasa Rabu Kamis Jum'at Sabtu Ahad",
    "Sen Sel Rab Kam Jum’at Sab Min",
    "Monday Tuesday Wednesday Thursday Friday Saturday Sunday",
)
ZONES = {
    "WIB": 7,
    "WITA": 8,
    "WIT": 9,
    "GMT": 0,
    "UTC": 0,
    "EDT": -4,
    "PST": -8,
    "GMT+7": 7,
    "UTC-03:30": -3.5,
    "+0800": 8,
}


@pytest.mark.parametrize(
    "text",
    [
        "JUMAT, 10 SEPTEMBER 2021 | 11:43 WIB",
        "Jum'at, 10 September 2021 11.43 WIB",
        "Jum’at, 10 September 2021 - 11.43 wib",
        "Jum‘at 10 Sept. 2021, pukul 11.43 WIB",
        "Jum`at (10/9/2021) 11:43",
        "10/09/2021 11:43",
        "10-09-2021 11.43",
        "10.09.2021 11.43",
        "10 9 2021 11:43",
        "10/09/2021-11:43 WIB",
        "2021-09-10 11.43",
        "2021-09-10 11:43 WIB",
        "2021-09-10T11:43:00+07:00",
        "2021-09-10T04:43:00Z",
        "Fri, 10 Sep 2021 04:43:00 GMT",
        "Fri, 10 Sep 21 11:43 +0700",
        "Fri, 10 Sep 2021 11:43:00 +0700 (WIB)",
        "Jum, 10 Sep 2021 13:43 WIT",
        "Fri Sep 10 2021 11:43:00 GMT+0700 (Western Indonesia Time)",
        "September 10, 2021 11:43 AM",
        "10 September 2021 11:43 GMT+7",
        "pukul 11.43 WIB, tanggal 10 September 2021",
        "  10\u00a0September\u00a02021\u00a011:43  ",
        "Jum, 10 Sep 21 | 11:43 WIB",
        "10 Sept '21 pukul 11.43 siang",
        "2021-09-10WIB11:43:00+07:00",
        "September 10th, 2021 11:43 WIB",
    ],
)
def test_one_moment_in_all_its_spellings(text: str) -> None:
    assert dates.parse(text, JAKARTA) == datetime(2021, 9, 10, 11, 43, tzinfo=JAKARTA)


def test_what_is_not_said_is_the_start_of_the_day_and_the_given_zone() -> None:
    assert dates.parse("Kamis, 12 Februari 2026", UTC) == datetime(2026, 2, 12, tzinfo=UTC)
    assert dates.parse("Kamis, 12 Februari 2026 pukul 7", JAKARTA).isoformat() == "2026-02-12T07:00:00+07:00"


def test_a_weekday_that_errs_gives_way_to_the_date() -> None:
    assert dates.parse("Senin, 12 Februari 2026", UTC).day == 12


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "is not a date"),
        ("kemarin", "is not a date that can be read"),
        ("2 jam lalu", "is not a date that can be read"),
        ("infinity", "is not a date that can be read"),
        ("31 Februari 2026", "is not a date that can be read"),
        ("12/31/2021", "is not a date that can be read"),
        ("2021-02-30", "is not a date that can be read"),
        ("10 September 2021 25:00", "is not a date that can be read"),
        ("10 September 2021 09:00 12:00", "is not a date that can be read"),
        ("10 September 2021 11:43 XYZ", "is not a date that can be read"),
        ("Kamis (9/9)", "it has no year"),
        ("Kamis", "it has no year"),
        ("10 September 11.43", "it has no year"),
        ("12-02-26", "it has no year of four digits"),
        ("Senin September 2021", "it has no day"),
        ("2021", "it has no month"),
        ("10 September 1899", "is not in the years 1900 to 2200"),
        ("2201-01-01", "is not in the years 1900 to 2200"),
        # In UTC the day before, and the day after: it could not be read again.
        ("1900-01-01", "is not in the years 1900 to 2200"),
        ("2200-12-31T23:59:59-12:00", "is not in the years 1900 to 2200"),
        ("1 " * 200, "it has more than 100 characters"),
    ],
)
def test_what_is_not_one_definite_date_is_refused_with_the_reason(text: str, reason: str) -> None:
    with pytest.raises(dates.UnreadableDate, match=reason) as refusal:
        dates.parse(text, JAKARTA)
    message = str(refusal.value)
    assert text[:40].strip() in message
    assert "write for example" in message
    assert len(message) < 250
    assert isinstance(refusal.value, WartaError)
    assert isinstance(refusal.value, ValueError)  # pydantic turns those into field errors


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Kam, 23 Mei 2024 10:00:00 +0700", "2024-05-23T10:00:00+07:00"),
        ("Sel, 13 Agst 2024 10:00:00 GMT", "2024-08-13T10:00:00Z"),
        ("1 Djan 1970 10:00", "1970-01-01T10:00:00+07:00"),
        ("10 September 2021 pukul 4.30 sore", "2021-09-10T16:30:00+07:00"),
        ("10 September 2021 jam 7 malam", "2021-09-10T19:00:00+07:00"),
        ("10 September 2021 12 siang", "2021-09-10T12:00:00+07:00"),
        ("10 September 2021 00.30 dini hari", "2021-09-10T00:30:00+07:00"),
        ("(12/2/2026)", "2026-02-12T00:00:00+07:00"),
    ],
)
def test_indonesian_spellings_are_read(text: str, expected: str) -> None:
    assert dates.parse(text, JAKARTA) == datetime.fromisoformat(expected)


@pytest.mark.parametrize("text", ["12 malam", "12.15 malam", "18.30 pagi", "5 siang", "9 sore"])
def test_an_hour_that_its_part_of_the_day_does_not_have_is_refused(text: str) -> None:
    with pytest.raises(dates.UnreadableDate, match="is not a date that can be read"):
        dates.parse(f"10 September 2021 {text}", JAKARTA)


@given(st.integers(0, 23), st.integers(0, 59), st.sampled_from(["dini hari", "pagi", "siang", "sore", "malam"]))
def test_a_part_of_the_day_never_changes_the_minute_and_moves_by_half_a_day_or_not(
    hour: int, minute: int, part: str
) -> None:
    try:
        when = dates.parse(f"10 September 2021 {hour}.{minute:02} {part}", JAKARTA)
    except dates.UnreadableDate:
        return
    assert (when.day, when.minute) == (10, minute)
    assert when.hour % 12 == hour % 12


# Naive, so that each test can put its own zone.
minutes = st.datetimes(datetime(1900, 1, 2), datetime(2200, 12, 30)).map(  # noqa: DTZ001
    lambda d: d.replace(second=0, microsecond=0)
)


@given(
    when=minutes,
    months=st.sampled_from(MONTHS),
    days=st.sampled_from(DAYS),
    zone=st.sampled_from(sorted(ZONES)),
    shape=st.sampled_from(
        [
            "{day}, {d} {month} {y} | {h:02}:{m:02} {zone}",
            "{day} {d:02} {month} {y} {h:02}.{m:02} {zone}",
            "{day}, {d} {month} {y}, pukul {h}.{m:02} {zone}",
            "{day}, {d:02}/{mo:02}/{y} - {h:02}:{m:02} {zone}",
            "{h:02}:{m:02} {zone}, {day} {d} {month} {y}",
        ]
    ),
    case=st.sampled_from([str, str.upper, str.lower]),
)
def test_every_datetime_in_every_spelling_is_read_back(
    when: datetime, months: str, days: str, zone: str, shape: str, case: type[str]
) -> None:
    text = shape.format(
        day=days.split()[when.weekday()],
        month=months.split()[when.month - 1],
        d=when.day,
        mo=when.month,
        y=when.year,
        h=when.hour,
        m=when.minute,
        zone=zone,
    )
    expected = when.replace(tzinfo=timezone(timedelta(hours=ZONES[zone])))
    read = dates.parse(case(text), JAKARTA)
    assert (read, read.utcoffset()) == (expected, expected.utcoffset())


@given(minutes, st.sampled_from([UTC, JAKARTA, ZoneInfo("Asia/Jayapura")]))
def test_iso_and_rfc_822_are_read_back(when: datetime, zone: ZoneInfo) -> None:
    aware = when.replace(tzinfo=zone)
    assume(aware.utcoffset() == aware.replace(fold=1).utcoffset())  # clocks were changed in the last century
    assert dates.parse(aware.isoformat(), UTC) == aware
    assert dates.parse(when.isoformat(), zone) == aware


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2025-12-31T24:00:00+07:00", "2026-01-01T00:00:00+07:00"),
        ("2025-12-31 24:00", "2026-01-01T00:00:00+07:00"),
        ("2025-12-31T24:00:00.000Z", "2026-01-01T00:00:00Z"),
        ("Wed, 31 Dec 2025 24:00:00 +0700", "2026-01-01T00:00:00+07:00"),
        ("Rabu, 31 Desember 2025 | 24.00 WIB", "2026-01-01T00:00:00+07:00"),
        ("2016-12-31T23:59:60Z", "2017-01-01T00:00:00Z"),
        ("Sat, 31 Dec 2016 23:59:60 GMT", "2017-01-01T00:00:00Z"),
        ("31 Desember 2016 06.59.60", "2016-12-31T07:00:00+07:00"),
    ],
)
def test_the_end_of_a_day_and_a_leap_second_are_read(text: str, expected: str) -> None:
    assert dates.parse(text, JAKARTA) == datetime.fromisoformat(expected)


@pytest.mark.parametrize("text", ["2025-12-31T24:01:00Z", "2025-12-31T24:00:01Z", "2025-12-31T25:00Z", "31.12.2025 24"])
def test_no_other_hour_is_beyond_the_day(text: str) -> None:
    with pytest.raises(dates.UnreadableDate):
        dates.parse(text, JAKARTA)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("29 March 2026 02:30", "is a time that the clocks skip in the time zone Europe/Berlin; add the offset"),
        ("2100-03-28 02:30", "is a time that the clocks skip"),
        ("2026-10-25T02:30:00", "is a time that the clocks show twice in the time zone Europe/Berlin; add the offset"),
    ],
)
def test_a_time_that_clocks_skip_or_repeat_is_refused(text: str, reason: str) -> None:
    with pytest.raises(dates.UnreadableDate, match=reason):
        dates.parse(text, ZoneInfo("Europe/Berlin"))
    assert dates.parse(text, JAKARTA).utcoffset() == timedelta(hours=7)


def test_an_offset_tells_which_of_two_times_is_meant() -> None:
    read = dates.parse("2026-10-25T02:30:00+01:00", ZoneInfo("Europe/Berlin"))
    assert read == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)


@given(st.text(st.sampled_from("0123456789 .:/-|,+()TZ'") | st.sampled_from("abgjnmptwz ﷺ²五"), max_size=40))
def test_any_text_is_a_date_of_the_known_years_or_refused(text: str) -> None:
    try:
        when = dates.parse(text, JAKARTA)
    except dates.UnreadableDate:
        return
    assert when.tzinfo is not None
    assert 1900 <= when.year <= 2200
