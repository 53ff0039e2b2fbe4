"""Editorial overrides about an article in popular and trending lists: pin it, exclude it, or boost it.

An override holds in all such lists, or in the lists of one category. It never changes the views: they are shown as they
were counted.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, ValidationError, ValidationInfo, field_validator

from service.articles.plain_text import plain
from service.articles.slugs import slug
from service.articles.validation import Timestamp, ValidatedModel, ValidationContext, errors_of, field_errors
from service.core.errors import BadRequest, OverrideInvalid
from service.feeds.names import LATEST

Kind = Literal["pin", "exclude", "boost"]
Action = Literal["decided", "changed", "released", "ended"]
MIN_FACTOR, MAX_FACTOR = 0.1, 10.0
MAX_POSITION = 100  # of a pin: a list has at most 100 entries
MAX_NOTE_LENGTH = 500  # characters


def category_slug(name: str) -> str:
    """The category's slug, as in URLs. Raises ValueError for an empty name."""
    if not (named := slug(name)):
        raise ValueError("must not be empty")
    return named


def read_note(text: str) -> str:
    """The reason why an editor releases an override, as plain text. Raises BadRequest if it is too long."""
    if len(text) > MAX_NOTE_LENGTH:
        raise BadRequest(f"note: must not be longer than {MAX_NOTE_LENGTH} characters")
    return plain(text)


Category = Annotated[str, Field(max_length=200), AfterValidator(category_slug)]
Note = Annotated[str, Field(max_length=MAX_NOTE_LENGTH), AfterValidator(plain)]


class EditorialOverride(ValidatedModel, title="Decision"):  # its title and description are in the OpenAPI document
    """A decision of an editor. `category` is the slug, as in URLs. Empty means all lists."""

    kind: Kind = Field(
        description="`pin`: at the top. `exclude`: left out. `boost`: more or fewer views for the order."
    )
    category: Category = Field("", description="Only in the lists of this category. Default: in all lists.")
    factor: float | None = Field(
        None, strict=True, ge=MIN_FACTOR, le=MAX_FACTOR, validate_default=True,
        description="Only for a boost: the factor for its views. Below 1 the article moves down.",
    )  # fmt: skip
    position: int | None = Field(
        None, strict=True, ge=1, le=MAX_POSITION, validate_default=True,
        description="Only for a pin: its place among pins, lower first. Pins without a position are last, in the "
"order of their time.",
    )  # fmt: skip
    until: Timestamp | None = Field(
        None, description="Time at which it ends. Default: it ends only when an editor releases it."
    )
    note: Note = Field("", description="Reason for the audit, plain text.")

    @classmethod
    def read(cls, fields: Mapping[str, object], context: ValidationContext) -> Self:
        """Validate `fields` (the JSON form). Raises OverrideInvalid, which names each wrong field with the reason."""
        try:
            return cls.model_validate(fields, context=context)
        except ValidationError as error:
            raise OverrideInvalid(field_errors(errors_of(error))) from None

    @field_validator("factor")
    @classmethod
    def _for_boosts(cls, factor: float | None, info: ValidationInfo) -> float | None:
        kind = info.data.get("kind")
        if kind == "boost" and factor is None:
            raise ValueError(f"is required for a boost: {MIN_FACTOR:g} to {MAX_FACTOR:g}")
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
    def list_name(self) -> str:
        """The list to whose lists the override applies; LATEST means all lists."""
        return f"category/{self.category}" if self.category else LATEST


@dataclass(frozen=True)
class OverrideRecord:
    """An override about an article, with the editor (`by`) and the time (`at`, UTC, whole seconds).

    Of two pins, the one with the lower `key` was made first.
    """

    key: int
    article_id: str
    override: EditorialOverride
    by: str
    at: datetime

    @property
    def place(self) -> tuple[int, int]:
        """The sort key of pins: by position, then in the order of `key`. Pins without a position are last."""
        return self.override.position or MAX_POSITION + 1, self.key

    def fields(self) -> dict[str, Any]:
        """The JSON form. Empty fields are left out."""
        fields = {"id": self.article_id, **dict(self.override), "by": self.by, "at": self.at}
        return {
            name: value.isoformat() if isinstance(value, datetime) else value
            for name, value in fields.items()
            if value not in (None, "")
        }


@dataclass(frozen=True)
class AuditLine:
    """A line of the audit: the action, and the override with its editor, time and reason.

    `key` is the cursor: it rises, and a lower key never appears later.
    """

    key: int
    action: Action
    record: OverrideRecord

    def fields(self) -> dict[str, Any]:
        """The JSON form."""
        return {"cursor": str(self.key), "action": self.action, **self.record.fields()}
