"""The results of an importer: articles, and items that cannot be read."""

from dataclasses import dataclass, field

from service.core.errors import FieldError


@dataclass(frozen=True)
class FoundArticle:
    """One article of a source. `fields` is in the API's JSON form, not yet validated or sanitized.

    `headline_only` means that the source has only the headline and the time. Such an item never replaces a stored
    article. `where` is the place in the source, for messages: `line 3`, `entry 2`, `Populer 4`.

    `undated` means that an article of any age may have been published now, so that it needs a date. `doubt` says what
    may be wrong with the article, "" if nothing seems to be. `left_out` are values that the importer could not use.
    """

    where: str
    fields: dict[str, object] = field(hash=False)
    headline_only: bool = False
    undated: bool = False
    doubt: str = ""
    left_out: tuple[FieldError, ...] = ()


@dataclass(frozen=True)
class RefusedItem:
    """One item that cannot be read, with its place and the reason. Reading continues with the next item."""

    where: str
    reason: str
