"""What editors decide about an article in popular and trending lists: pin it, exclude it, or boost it.

A decision holds in every such list, or in those of one category. It never touches the views: they are shown as they
were counted.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, ValidationError, ValidationInfo, field_validator

from service.articles.text import plain, slug
from service.articles.validation import Part, Reading, When, field_errors
from service.core.errors import BadRequest, DecisionInvalid
from service.feeds.names import LATEST

Kind = Literal["pin", "exclude", "boost"]
Action = Literal["decided", "changed", "released", "ended"]
LEAST_FACTOR, MOST_FACTOR = 0.1, 10.0
PLACES = 100  # as many as a list may have
NOTE = 500  # characters


def category_slug(name: str) -> str:
    """The category as it stands in addresses. Raises ValueError for a name that makes none."""
    if not (named := slug(name)):
        raise ValueError("must hold a letter or a digit")
    return named


def read_note(text: str) -> str:
    """Why something is released, as plain text. Raises BadRequest where it is too long."""
    if len(text) > NOTE:
        raise BadRequest(f"note: must not be longer than {NOTE} characters")
    return plain(text)


Category = Annotated[str, Field(max_length=200), AfterValidator(category_slug)]
Note = Annotated[str, Field(max_length=NOTE), AfterValidator(plain)]


class Decision(Part):
    """What is decided. An empty `category` means all lists; otherwise it is the slug, as in addresses."""

    kind: Kind = Field(description="pin: at the top; exclude: left out; boost: more or fewer views, for the order.")
    category: Category = Field("", description="Only in the lists of this category. Default: in all lists.")
    factor: float | None = Field(
        None, strict=True, ge=LEAST_FACTOR, le=MOST_FACTOR, validate_default=True,
        description="Of a boost: times its views; below 1 demotes.",
    )  # fmt: skip
    position: int | None = Field(
        None, strict=True, ge=1, le=PLACES, validate_default=True,
        description="Of a pin among pins, lower first. Those without one follow, as they were pinned.",
    )  # fmt: skip
    until: When | None = Field(None, description="When it ends by itself. Default: when it is released.")
    note: Note = Field("", description="Why, plain text; for the audit only.")

    @classmethod
    def read(cls, fields: Mapping[str, object], reading: Reading) -> Self:
        """Validate `fields` (the JSON form). Raises DecisionInvalid, which names each field with its reason."""
        try:
            return cls.model_validate(fields, context=reading)
        except ValidationError as error:
            raise DecisionInvalid(field_errors(error)) from None

    @field_validator("factor")
    @classmethod
    def _for_boosts(cls, factor: float | None, info: ValidationInfo) -> float | None:
        kind = info.data.get("kind")
        if kind == "boost" and factor is None:
            raise ValueError(f"is required for a boost: {LEAST_FACTOR:g} to {MOST_FACTOR:g}")
        if kind in ("pin", "exclude") and factor is not None:
            raise ValueError("is for a boost only")
        return factor

    @field_validator("position")
    @classmethod
    def _for_pins(cls, position: int | None, info: ValidationInfo) -> int | None:
        if position is not None and info.data.get("kind") in ("exclude", "boost"):
            raise ValueError("is for a pin only")
        return position

    @property
    def shelf(self) -> str:
        """The shelf in whose lists it holds; LATEST: in all lists."""
        return f"category/{self.category}" if self.category else LATEST


@dataclass(frozen=True)
class Ruling:
    """A decision about an article, by whom and when (UTC, whole seconds). Of two pins the one with the lower `key` was
    pinned first."""

    key: int
    article_id: str
    decision: Decision
    by: str
    at: datetime

    @property
    def place(self) -> tuple[int, int]:
        """Pins stand in this order."""
        return self.decision.position or PLACES + 1, self.key

    def fields(self) -> dict[str, Any]:
        """The JSON form; empty fields are left out."""
        fields = {"id": self.article_id, **dict(self.decision), "by": self.by, "at": self.at}
        return {
            name: value.isoformat() if isinstance(value, datetime) else value
            for name, value in fields.items()
            if value not in (None, "")
        }


@dataclass(frozen=True)
class AuditLine:
    """A line of the audit: what was done to which decision, by whom, when and why. `key` is the cursor: it rises, and
    lower ones never appear later."""

    key: int
    action: Action
    ruling: Ruling

    def fields(self) -> dict[str, Any]:
        """The JSON form."""
        return {"cursor": str(self.key), "action": self.action, **self.ruling.fields()}
