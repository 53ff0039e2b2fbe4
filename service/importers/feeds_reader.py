"""The reader for RSS and Atom documents, by feedparser. `sandbox_worker` runs it."""

import io
import re
from collections.abc import Iterator
from typing import Any

import feedparser
from feedparser.mixin import _FeedParserMixin

FEED = ("link", "language", "authors")
ENTRY = (
    *("id", "link", "links", "title", "summary", "summary_detail", "content", "authors", "tags", "language"),
    *(
        "published",
        "created",
        "updated",
        "media_content",
        "media_thumbnail",
        "media_credit",
        "captions",
        "image_text",
        "href",
    ),
)
_CHARACTER = re.compile(rb"&#(?:[xX]([0-9a-fA-F]{1,8})|([0-9]{1,10}));")


def _keep_caption(parser: Any) -> None:
    caption = parser.pop("caption")
    parser._get_context().setdefault("captions", []).append(caption)


def _keep_author(parser: Any, key: str = "author") -> None:
    context = parser._get_context()
    if context.get(f"{key}s") and not context[f"{key}s"][-1] and context.get(key):
        context[f"{key}s"][-1]["name"] = context[key]


# feedparser cuts names at e-mail addresses, and does not recognise a top-level domain of more than four letters.
_FeedParserMixin._sync_author_detail = _keep_author
# feedparser uses the caption of a photo (media:description) as the description or the body of the item.
_FeedParserMixin._start_media_description = lambda parser, _attributes: parser.push("caption", 1)
_FeedParserMixin._end_media_description = _keep_caption


def _keep_image(parser: Any) -> None:
    """Keep the URL in an `image` element of an item, which is none of RSS, but which many feeds have."""
    url = parser.pop("image")
    parser.inimage = 0
    if parser.inentry and url:
        parser._get_context()["image_text"] = url.strip()


_FeedParserMixin._end_image = _keep_image


def _possible(reference: re.Match[bytes]) -> bytes:
    """Keep a character reference only if XML allows the character. feedparser raises an error at `&#xD800;`."""
    code = int(reference[1], 16) if reference[1] else int(reference[2])
    allowed = code in (9, 10, 13) or 32 <= code < 0xD800 or 0xE000 <= code < 0xFFFE or 0x10000 <= code <= 0x10FFFF
    return reference[0] if allowed else b""


def _chosen(source: dict[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    """The named values that are not empty, as a plain dict.

    feedparser's own dict returns `published` if `updated` is missing.
    """
    plain = dict(source.items())
    return {name: plain[name] for name in names if plain.get(name)}


def items(document: Any, url: str) -> Iterator[dict[str, Any]]:
    """Yield the values of the feed (FEED, and `version`, which is "" if the document is no feed), then its entries."""
    text = document.read()
    headers = {"content-type": "application/xml; charset=utf-8", "content-location": url}
    parsed = feedparser.parse(
        io.BytesIO(_CHARACTER.sub(_possible, text)),
        response_headers={name: value for name, value in headers.items() if value},
        resolve_relative_uris=bool(url) or b"xml:base" in text,  # this takes most of the time
        sanitize_html=False,
    )
    yield {"version": parsed.get("version", ""), **_chosen(parsed["feed"], FEED)}
    for entry in parsed["entries"]:
        yield _chosen(entry, ENTRY)
