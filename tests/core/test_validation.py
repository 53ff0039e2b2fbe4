"""The reasons of validation errors have no words of Python, of pydantic or of regular expressions."""

import re
from collections.abc import Mapping
from enum import Enum
from pathlib import Path
from typing import Annotated, Literal

import pytest
from pydantic import BaseModel, Field, ValidationError

from service.core.validation import LANGUAGE_TAG, reason_of

JARGON = re.compile(r"input|string|integer|boolean|dictionary|tuple|pars|pattern|instance|class|<|\^", re.IGNORECASE)


class Kind(Enum):
    PIN = "pin"


class Inner(BaseModel):
    name: str


class Every(BaseModel):
    """A field of each kind that settings and the API have."""

    text: Annotated[str, Field(min_length=1, max_length=3)] = "x"
    longer: Annotated[str, Field(min_length=2, pattern="^a")] = "aa"
    language: Annotated[str, LANGUAGE_TAG] = "id"
    number: Annotated[int, Field(ge=1, le=9)] = 1
    share: Annotated[float, Field(gt=0, lt=1, allow_inf_nan=False)] = 0.5
    is_on: bool = False
    window: Literal["", "1h"] = ""
    kind: Kind = Kind.PIN
    words: Annotated[tuple[str, ...], Field(min_length=1, max_length=2)] = ("a",)
    names: Mapping[str, int] = {}
    inner: Inner = Inner(name="x")
    folder: Path = Path()


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("text", 1, "must be text"),
        ("text", "", "must not be empty"),
        ("text", "xxxx", "must not have more than 3 characters"),
        ("longer", "a", "must have at least 2 characters"),
        ("longer", "bb", "has another form than this field takes"),
        ("language", "bahasa Indonesia", "must be a language tag (BCP 47), such as id or en-GB"),
        ("language", "id\n", "must be a language tag (BCP 47), such as id or en-GB"),
        ("number", "satu", "must be a whole number"),
        ("number", 1.5, "must be a whole number"),
        ("number", "9" * 5000, "is too large a number"),
        ("number", [], "must be a whole number"),
        ("number", 0, "must be at least 1"),
        ("number", 10, "must be at most 9"),
        ("share", "x", "must be a number"),
        ("share", float("nan"), "must be a number"),
        ("share", 0, "must be more than 0"),
        ("share", 1, "must be less than 1"),
        ("is_on", "ya", "must be true or false"),
        ("window", "2h", "must be empty or '1h'"),
        ("kind", "x", "must be 'pin'"),
        ("words", 5, "must be a list"),
        ("words", [], "must have at least 1 items"),
        ("words", ["a", "b", "c"], "must not have more than 2 items"),
        ("names", 5, "must be a table"),
        ("inner", 5, "must be a table"),
        ("inner", {}, "is required"),
        ("folder", 5, "must be a path"),
    ],
    ids=lambda value: str(value)[:20] if isinstance(value, str) else "value",
)
def test_the_reason_is_plain(field: str, value: object, reason: str) -> None:
    with pytest.raises(ValidationError) as error:
        Every.model_validate({field: value})
    [detail] = error.value.errors()
    assert reason_of(detail, mapping="a table") == reason
    assert not JARGON.search(reason)
