"""What the makers of a program hear: facts, and nothing if there is nothing to say."""

import pytest

from service.readers.advice import advice, duration, in_english, size

POLITE = {"polls": 100, "interval": 300.0, "conditional": 1.0, "wasted": 0.0, "max_age": 60}


@pytest.mark.parametrize(
    ("habits", "sentence"),
    [
        ({}, ""),
        ({"interval": None}, ""),
        ({"interval": 50.0}, ""),  # nearly
        ({"interval": 20.0}, "asks every 20 s; the feed says 60 s (Cache-Control: max-age)"),
        ({"interval": 0.1}, "asks every second or less; the feed says 60 s (Cache-Control: max-age)"),
        ({"interval": 0.1, "max_age": 0}, ""),
        ({"interval": 20.0, "polls": 3}, ""),  # too few to say
        ({"wasted": 1.2e9, "conditional": 0.0}, "sends no If-None-Match: 1.2 GB a day could be 304"),
        (
            {"wasted": 5e6, "conditional": 0.3},
            "sends If-None-Match with 30% of its polls only: 5.0 MB a day could be 304",
        ),
        ({"wasted": 5e6}, "sends another If-None-Match than the ETag that it was given: 5.0 MB a day could be 304"),
        ({"wasted": 5e3, "conditional": 0.0}, ""),
    ],
)
def test_advice(habits: dict[str, float], sentence: str) -> None:
    found = advice(**{**POLITE, **habits})  # type: ignore[arg-type]
    assert in_english(found) == sentence
    assert bool(found) == bool(sentence)


def test_figures_are_said_as_people_say_them() -> None:
    assert [duration(seconds) for seconds in (0, 1, 119, 300, 10_000)] == [
        "second or less",
        "1 s",
        "119 s",
        "5 min",
        "3 h",
    ]
    sizes = [0, 999, 1_000, 123_456, 1_234_567, 5.5e12, 5.5e16]
    assert [size(count) for count in sizes] == [
        *("0 bytes", "999 bytes", "1.0 KB", "123 KB", "1.2 MB", "5.5 TB", "55,000.0 TB"),
    ]
