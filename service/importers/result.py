"""The results of an importer: articles, URLs of further documents, and items that are no article or cannot be read."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from service.articles.origins import SourceKind
from service.core.errors import FieldError


@dataclass(frozen=True)
class FoundArticle:
    """One article of a source. `fields` is in the API's JSON form, not yet validated or sanitized.

    `where` is the place in the source, for messages: `line 3`, `entry 2`, `Populer 4`. `headline_only` means that the
    source has only the headline and the time. Such an item never replaces a stored article. `same_as` lists the other
    ids and URLs by which sources name the article; by them it is found in the store. `old_urls` lead to the article,
    but do not identify it. `left_out` lists the values of the source that cannot be used. `notes` are changes of the
    body, in few words: the summary counts equal ones. `kind` is set by `importers.read`.

    `undated` means that an article of any age may have been published now, so that it needs a date. `doubt` says what
    may be wrong with the article, "" if nothing seems to be.
    """

    where: str
    fields: dict[str, object] = field(hash=False)
    headline_only: bool = False
    undated: bool = False
    doubt: str = ""
    same_as: Sequence[str] = ()
    old_urls: Sequence[str] = ()
    left_out: Sequence[FieldError] = ()
    notes: Sequence[str] = ()
    kind: SourceKind = SourceKind.ARTICLES


@dataclass(frozen=True)
class FoundUrl:
    """The URL of a further document. `modified` is its last change as the source writes it, or "".

    With `is_article` it is the page of one article: if that was imported after its last change, it need not be fetched.
    With `is_continuation` the document belongs to the source itself, and robots.txt is not asked.
    """

    where: str
    url: str
    modified: str = ""
    is_article: bool = False
    is_continuation: bool = False


@dataclass(frozen=True)
class SkippedItem:
    """One item that is no article, such as a comment or a page, with its place and the reason in few words."""

    where: str
    reason: str


@dataclass(frozen=True)
class RefusedItem:
    """One item that cannot be read, with its place and the reason. Reading continues with the next item."""

    where: str
    reason: str


ImportItem = FoundArticle | FoundUrl | SkippedItem | RefusedItem
