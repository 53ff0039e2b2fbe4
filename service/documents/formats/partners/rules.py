"""Rules for the articles of partners. Each yields a FieldError for each broken condition, with the field's name."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from service.articles.plain_text import has_text
from service.core.errors import FieldError
from service.documents.formats.context import EntryValues


def length(field: str, text: str, shortest: int, longest: int | None = None) -> Iterator[FieldError]:
    """The text has at least `shortest` characters, and at most `longest` if that is given."""
    if len(text) < shortest:
        yield FieldError(field, f"has {len(text)} characters; the partner wants at least {shortest}")
    if longest and len(text) > longest:
        yield FieldError(field, f"has {len(text)} characters; the partner accepts at most {longest}")


def whole_body(entry: EntryValues) -> Iterator[FieldError]:
    """The article has a body with text."""
    if not has_text(entry.article.content_html):
        yield FieldError("content_html", "is empty; the partner wants the whole body")


def photo(entry: EntryValues, side: int) -> Iterator[FieldError]:
    """The article has a photo, with the media type of an image. Its known sides have at least `side` pixels each."""
    image = entry.article.image
    if not image or not image.url:
        yield FieldError("image", "is missing")
        return
    if not image.type.startswith("image/"):
        yield FieldError("image.type", f"is {image.type}, which is not the type of an image")
    for name, pixels in (("width", image.width), ("height", image.height)):
        if pixels and pixels < side:
            yield FieldError(f"image.{name}", f"is {pixels} pixels; the partner wants at least {side}")


def younger(entry: EntryValues, now: datetime, age: timedelta) -> Iterator[FieldError]:
    """The article was published in the past, less than `age` ago."""
    since = now - entry.published_at
    if since < timedelta():
        yield FieldError("published_at", "is in the future")
    if since >= age:
        yield FieldError("published_at", f"is {since.days} days ago; the partner accepts only the last {age.days}")


def language(entry: EntryValues) -> Iterator[FieldError]:
    """The article is in the site's language, because the partner takes one language per feed.

    Only the primary subtags are compared: `en-ID` equals `en`.
    """
    own = entry.settings.site.language
    if _primary(entry.language) != _primary(own):
        yield FieldError("language", f"is {entry.language}; a feed is in one language, here {own}")


def _primary(tag: str) -> str:
    return tag.partition("-")[0].lower()
