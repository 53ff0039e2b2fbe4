"""Changes of single fields of an article: JSON Merge Patch (RFC 7396)."""

from collections.abc import Mapping, Sequence
from typing import Any

from service.articles.article import Article, Submission
from service.articles.validation import ValidationContext
from service.core.errors import FieldError


def patched(
    article: Article, patch: Mapping[str, Any], context: ValidationContext
) -> tuple[Submission, list[FieldError]]:
    """The article with the fields of the patch, and the values that cannot be used: these fields stay as they are.

    Raises ArticleInvalid.
    """
    fields = article.fields()
    if "updated_at" not in patch:  # a change sets a new time, unless the CMS sends one
        fields.pop("updated_at")
    submission, warnings = _applied(fields, patch, context)
    if (usable := _usable(patch, submission, warnings)) != patch:
        submission, _ = _applied(fields, usable, context)
    return submission, warnings


def _applied(
    fields: Mapping[str, Any], patch: Mapping[str, Any], context: ValidationContext
) -> tuple[Submission, list[FieldError]]:
    return Submission.read_with_warnings(_merged(_of_another_photo(fields, patch), patch), context)


def _of_another_photo(fields: Mapping[str, Any], patch: Mapping[str, Any]) -> dict[str, Any]:
    """The fields. If the patch has another photo, keep only the caption and the credit of the old one."""
    photo, other = fields.get("image"), patch.get("image")
    if not isinstance(other, Mapping) or not photo or other.get("url", photo.get("url")) == photo.get("url"):
        return dict(fields)
    return {**fields, "image": {name: photo[name] for name in ("caption", "credit") if name in photo}}


def _usable(patch: Mapping[str, Any], submission: Submission, warnings: Sequence[FieldError]) -> dict[str, Any]:
    """The patch without the values that cannot be used. Of a list, the other items are used."""
    usable = dict(patch)
    for warning in warnings:
        name, _, part = warning.field.partition(".")
        if isinstance(usable.get(name), Mapping) and part:
            usable[name] = {key: value for key, value in usable[name].items() if key != part}
        elif not getattr(submission, name, None):
            usable.pop(name, None)
    return usable


def _merged(known: Mapping[str, Any], patch: Mapping[str, Any]) -> dict[str, Any]:
    """The object after a JSON Merge Patch (RFC 7396 §2)."""
    merged = dict(known)
    for name, value in patch.items():
        if value is None:
            merged.pop(name, None)
        elif isinstance(value, Mapping):
            before = merged.get(name)
            merged[name] = _merged(before if isinstance(before, Mapping) else {}, value)
        else:
            merged[name] = value
    return merged
