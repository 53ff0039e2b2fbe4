"""Rules that more than one partner has. Each yields what is wrong, with the field that it is about."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from service.articles.text import plain
from service.core.errors import FieldError
from service.documents.formats.edition import Entry

BEGINNING = 10_000  # characters of a body, which tell nearly always whether there is a text


def length(field: str, text: str, shortest: int, longest: int | None = None) -> Iterator[FieldError]:
    """The text has at least `shortest` characters, and at most `longest`."""
    if len(text) < shortest:
        yield FieldError(field, f"has {len(text)} characters; at least {shortest} are wanted")
    if longest and len(text) > longest:
        yield FieldError(field, f"has {len(text)} characters; at most {longest} are taken")


def whole_body(entry: Entry) -> Iterator[FieldError]:
    """There is a body with something to read."""
    content = entry.article.content_html
    if not (plain(content[:BEGINNING]) or plain(content)):  # markup alone is seldom that long
        yield FieldError("content_html", "is empty; the whole body is wanted")


def photo(entry: Entry, side: int) -> Iterator[FieldError]:
    """There is a photo, whose shorter side has `side` pixels as far as is known."""
    image = entry.article.image
    if not image or not image.url:
        yield FieldError("image", "is missing")
        return
    if not image.type.startswith("image/"):
        yield FieldError("image.type", f"is {image.type}, which is no image's")
    for name, pixels in (("width", image.width), ("height", image.height)):
        if pixels and pixels < side:
            yield FieldError(f"image.{name}", f"is {pixels} pixels; at least {side} are wanted")


def younger(entry: Entry, now: datetime, age: timedelta) -> Iterator[FieldError]:
    """The article was published in the past, less than `age` ago."""
    since = now - entry.published_at
    if since < timedelta():
        yield FieldError("published_at", "is in the future")
    if since >= age:
        yield FieldError("published_at", f"is {since.days} days ago; only the last {age.days} are taken")


def language(entry: Entry) -> Iterator[FieldError]:
    """The article is in the site's language, since the partner takes one language a feed."""
    own = entry.settings.site.language
    if _primary(entry.language) != _primary(own):
        yield FieldError("language", f"is {entry.language}; a feed is in one language, here {own}")


def _primary(tag: str) -> str:
    return tag.partition("-")[0].lower()
