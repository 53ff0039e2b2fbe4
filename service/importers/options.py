"""The options of an import that change how a source is read."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import tzinfo


@dataclass(frozen=True)
class ReadOptions:
    """A time without a zone is in `zone`.

    `post_types` are the types of posts that a WordPress export gives. `columns` names the column of a table for each
    field of an article. `base_url` is the URL of the site, against which relative URLs are resolved; "" if unknown.

    `date_from` says which date an article without one gets, in formats where it would pass for new: `mtime` (the last
    change of the file), `now`, or "": such articles are refused. `strict` refuses articles with a doubt.
    """

    zone: tzinfo
    post_types: frozenset[str] = frozenset({"post"})
    columns: Mapping[str, str] = field(default_factory=dict)
    base_url: str = ""
    date_from: str = ""
    strict: bool = False
