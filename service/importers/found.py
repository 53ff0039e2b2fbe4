"""What an importer gives: articles as the source tells them, and what could not be read."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Found:
    """One article as the source tells it: `fields` is the API's JSON form, not yet validated or sanitized.

    With `headline_only` the source knows no more than headline and time, so that an article already known is never
    replaced by it. `where` is its place in the source, for messages: `line 3`, `entry 2`, `Populer 4`.
    """

    where: str
    fields: dict[str, object] = field(hash=False)
    headline_only: bool = False


@dataclass(frozen=True)
class Refused:
    """One item that could not be read, and why; the rest of the source goes on."""

    where: str
    reason: str
