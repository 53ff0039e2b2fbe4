"""Combines what several sources say of one article: the export of a site, its pages, its feed.

A field belongs to the kind of source that gave it. A richer source replaces it, an equal one replaces or empties it,
and a poorer one leaves it. Any source fills an empty field. Between an export and the interface of a site, the later
change counts as the richer source.
"""

from collections.abc import Mapping
from datetime import datetime

from service.articles.article import Article, Image, Submission
from service.articles.origins import SourceKind

_EMPTY = ("", (), None)
_FIELDS = (
    *("url", "title", "summary", "content_html", "section", "categories", "tags", "authors", "published_at"),
    *("expires_at", "language", "image", "enclosures", "podcast", "correction", "license", "status"),
)
# A source that lacks one of these does not empty it: an interface may keep the body of a protected post to itself.
_KEPT = ("url", "published_at", "content_html")

Givers = dict[str, int]  # the SourceKind that gave each field that is not empty


def givers_of(article: Submission, kind: SourceKind) -> Givers:
    """The givers of an article that one source alone gave."""
    return {name: int(kind) for name in _FIELDS if getattr(article, name) not in _EMPTY}


def merged(new: Submission, known: Article, givers: Mapping[str, int], kind: SourceKind) -> tuple[Submission, Givers]:
    """The `known` article with those fields of `new` that replace or fill its own, and the givers of all fields.

    `kind` is the source of `new`. A field of `known` without a giver counts as given by an export. The time of the
    last change is that of `new` if title and body are those of `new`.
    """
    fields: dict[str, object] = {}
    after: Givers = {}
    for name in _FIELDS:
        ours = None if name == "published_at" and known.undated else getattr(known, name)
        giver = SourceKind(givers.get(name, SourceKind.EXPORT))
        replaces = _replaces(kind, giver, new.updated_at, known.updated_at)
        fields[name], after[name] = _chosen(name, getattr(new, name), ours, kind, giver, replaces=replaces)
    fields["image"] = _completed(fields["image"], new.image, known.image)
    is_text_of_new = fields["title"] == new.title and fields["content_html"] == new.content_html
    fields["updated_at"] = new.updated_at if is_text_of_new and new.updated_at else known.updated_at
    told = {name: giver for name, giver in after.items() if fields[name] not in _EMPTY}
    return new.model_copy(update={**fields, "id": known.id}), told


def _replaces(kind: SourceKind, giver: SourceKind, changed: datetime | None, known: datetime | None) -> bool:
    """True if a source of the `kind` replaces a field that the `giver` gave. The times are those of the last change."""
    if {kind, giver} == {SourceKind.EXPORT, SourceKind.INTERFACE} and changed and known and changed != known:
        return changed > known
    return kind.richness >= giver.richness


def _chosen(
    name: str, new: object, known: object, kind: SourceKind, giver: SourceKind, *, replaces: bool
) -> tuple[object, int]:
    """The value of a field, and its giver."""
    if known in _EMPTY:
        return new, int(kind)
    if new in _EMPTY:
        return (new, int(kind)) if kind is giver and name not in _KEPT else (known, int(giver))
    return (new, int(kind)) if replaces else (known, int(giver))


def _completed(chosen: object, *others: Image | None) -> object:
    """The photo, with the values that it lacks and another source has of the same file."""
    if not isinstance(chosen, Image) or not chosen.url:
        return chosen
    for other in others:
        if other and other.url == chosen.url:
            known = {name: value for name, value in vars(other).items() if value not in (None, "", 0)}
            told = {name: value for name, value in vars(chosen).items() if value not in (None, "", 0)}
            chosen = chosen.model_copy(update=known | told)
    return chosen
