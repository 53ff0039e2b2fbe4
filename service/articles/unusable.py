"""Values of an article that cannot be used. Each refuses only itself, where the article is whole without it."""

from collections.abc import Mapping

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from service.articles.validation import TOO_MANY, errors_of, field_errors
from service.core.errors import ArticleInvalid, FieldError

# Without one of these there is no article, or another one than the editor meant: a wrong `status` must not publish.
NEEDED = frozenset(
    {"id", "title", "url", "content_html", "published_at", "updated_at", "expires_at", "status"},
)
_MAIN = {"authors": "name", "enclosures": "url", "transcripts": "url"}  # the field without which an item says nothing

Path = tuple[int | str, ...]


def without_unusable(
    fields: Mapping[str, object], error: ValidationError
) -> tuple[dict[str, object], list[FieldError]]:
    """The fields without the values that the error names, and the reasons.

    Raises ArticleInvalid with the errors of the fields in NEEDED, if there are any.
    """
    details = errors_of(error)
    if needed := [detail for detail in details if not detail["loc"] or detail["loc"][0] in NEEDED]:
        raise ArticleInvalid(field_errors(needed))
    limits = {detail["loc"]: detail["ctx"]["limit"] for detail in details if detail["type"] == TOO_MANY}
    fitting = {name: _first(value, limits.get((name,))) for name, value in fields.items()}
    unusable = {_unusable(detail) for detail in details if detail["type"] != TOO_MANY or len(detail["loc"]) > 1}
    rest = _without(fitting, unusable)
    if not isinstance(rest, dict) or rest == fields:
        raise ArticleInvalid(field_errors(details))
    return rest, field_errors(details)


def _first(value: object, limit: int | None) -> object:
    return value[:limit] if isinstance(value, list) else value


def _unusable(detail: ErrorDetails) -> Path:
    """The path of the smallest value without which the error is gone."""
    *item, name = path = detail["loc"]
    if detail["type"] == "missing":
        return tuple(item)
    is_main = len(item) > 1 and isinstance(item[-1], int) and name == _MAIN.get(str(item[-2]))
    return tuple(item) if is_main else path


def _without(value: object, paths: set[Path]) -> object:
    """The value without its parts at `paths`. None if it is at such a path itself."""
    if not paths:
        return value
    if isinstance(value, Mapping) and () not in paths:
        parts = {name: _without(part, _below(paths, name)) for name, part in value.items()}
        return {name: part for name, part in parts.items() if part is not None}
    if isinstance(value, list) and () not in paths:
        items = [_without(item, _below(paths, place)) for place, item in enumerate(value)]
        return [item for item in items if item is not None]
    return None


def _below(paths: set[Path], name: int | str) -> set[Path]:
    return {path[1:] for path in paths if path[0] == name}
