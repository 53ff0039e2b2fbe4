"""What editors may decide: every field is read strictly, and refused by its name."""

from datetime import UTC, datetime
from typing import Any

import pytest

from service.articles.validation import ValidationContext
from service.core.errors import BadRequest, OverrideInvalid
from service.feeds.editorial import MAX_NOTE_LENGTH, EditorialOverride, OverrideRecord, read_note
from tests.support.articles import NOW


def refused(reading: ValidationContext, **fields: object) -> str:
    with pytest.raises(OverrideInvalid) as error:
        EditorialOverride.read(fields, reading)
    return str(error.value)


def test_a_decision_is_read_as_articles_are(reading: ValidationContext) -> None:
    until = "Kamis, 10 September 2026 | 18.00"
    read = EditorialOverride.read(
        {"kind": "pin", "category": "Seni & Budaya", "until": until, "position": 2, "note": "<b>Pemilu</b>\n2029"},
        reading,
    )
    assert read == EditorialOverride.model_construct(
        kind="pin",
        category="seni-budaya",
        factor=None,
        position=2,
        until=datetime(2026, 9, 10, 11, tzinfo=UTC),  # in the site's zone
        note="Pemilu 2029",
    )
    assert (read.list_name, EditorialOverride.read({"kind": "exclude"}, reading).list_name) == (
        "category/seni-budaya",
        "latest",
    )


@pytest.mark.parametrize(
    ("fields", "detail"),
    [
        ({}, "kind: is required"),
        ({"kind": "hide"}, "kind: must be 'pin', 'exclude' or 'boost'"),
        ({"kind": "boost"}, "factor: is required for a boost: 0.1 to 10"),
        ({"kind": "boost", "factor": 0.05}, "factor: must be at least 0.1"),
        ({"kind": "boost", "factor": 11}, "factor: must be at most 10"),
        ({"kind": "boost", "factor": "2"}, "factor: must be a number"),
        ({"kind": "boost", "factor": True}, "factor: must be a number"),
        ({"kind": "pin", "factor": 2}, "factor: is for a boost only"),
        ({"kind": "exclude", "position": 1}, "position: is for a pin only"),
        ({"kind": "pin", "position": 0}, "position: must be at least 1"),
        ({"kind": "pin", "position": 1.0}, "position: must be a whole number"),
        ({"kind": "pin", "category": " "}, "category: must not be empty"),
        ({"kind": "pin", "category": 7}, "category: must be text"),
        ({"kind": "pin", "until": "besok"}, 'until: "besok" is not a date that can be read'),
        ({"kind": "pin", "until": 7}, "until: must be a date and time as text"),
        (
            {"kind": "pin", "note": "x" * (MAX_NOTE_LENGTH + 1)},
            f"note: must not have more than {MAX_NOTE_LENGTH} characters",
        ),
        ({"kind": "pin", "id": "1"}, "id: there is no such field"),
        ({"kind": "pin", "faktor": 2}, "faktor: there is no such field"),
    ],
    ids=str,
)
def test_what_is_wrong_is_refused_by_its_name(reading: ValidationContext, fields: dict[str, Any], detail: str) -> None:
    assert refused(reading, **fields).startswith(detail)


def test_every_mistake_is_told_at_once(reading: ValidationContext) -> None:
    assert refused(reading, kind="pin", factor=2, position=0).count(": ") == 2


def test_an_override_is_shown_without_its_empty_fields() -> None:
    override = EditorialOverride(kind="boost", factor=2.0)
    assert OverrideRecord(1, "a/b", override, "siti", NOW).fields() == {
        "id": "a/b",
        "kind": "boost",
        "factor": 2.0,
        "by": "siti",
        "at": "2026-02-22T02:40:00+00:00",
    }


def test_a_note_of_a_release_is_plain_and_short() -> None:
    assert read_note("sudah  <i>basi</i>\x00") == "sudah basi"
    with pytest.raises(BadRequest, match="note: must not be longer than 500 characters"):
        read_note("x" * 501)
