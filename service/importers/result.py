"""The results of an importer: articles, and items that cannot be read."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class FoundArticle:
    """One article of a source. `fields` is in the API's JSON form, not yet validated or sanitized.

    `headline_only` means that the source has only the headline and the time. Such an item never replaces a stored
    article. `where` is the place in the source, for messages: `line 3`, `entry 2`, `Populer 4`.
    """

    where: str
    fields: dict[str, object] = field(hash=False)
    headline_only: bool = False


@dataclass(frozen=True)
class RefusedItem:
    """One item that cannot be read, with its place and the reason. Reading continues with the next item."""

    where: str
    reason: str
