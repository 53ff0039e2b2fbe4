"""Reads one RSS or Atom document with feedparser, in a process of its own that can be killed.

A program, not a module: it is started by path, imports nothing of the service, takes the document on standard input,
its content type and address as arguments, and writes `{"version", "feed", "entries"}` as JSON. It never fetches.
"""

import io
import json
import re
import resource
import sys
from typing import Any

import feedparser
from feedparser.mixin import _FeedParserMixin

MEMORY = 512 * 1024 * 1024  # bytes of address space
SECONDS = 20  # of processor time; the parent limits the time of the clock
RESULT = 80 * 1024 * 1024  # bytes; what is larger comes from entities that multiply

FEED = ("link", "language", "authors")
ENTRY = (
    *("id", "link", "links", "title", "summary", "summary_detail", "content", "authors", "tags", "language"),
    *("published", "created", "updated", "media_content", "media_thumbnail", "media_credit", "captions"),
)
_CHARACTER = re.compile(rb"&#(?:[xX]([0-9a-fA-F]{1,8})|([0-9]{1,10}));")


def _keep_caption(parser: Any) -> None:
    caption = parser.pop("caption")
    parser._get_context().setdefault("captions", []).append(caption)


def _keep_author(parser: Any, key: str = "author") -> None:
    context = parser._get_context()
    if context.get(f"{key}s") and not context[f"{key}s"][-1] and context.get(key):
        context[f"{key}s"][-1]["name"] = context[key]


# feedparser cuts names at e-mail addresses, and knows no top-level domain of more than four letters.
_FeedParserMixin._sync_author_detail = _keep_author
# feedparser takes the caption of a photo (media:description) for the description of the item, or for its body.
_FeedParserMixin._start_media_description = lambda parser, _attributes: parser.push("caption", 1)
_FeedParserMixin._end_media_description = _keep_caption


def _possible(reference: re.Match[bytes]) -> bytes:
    """A character reference, or nothing where there is no such character: feedparser raises at `&#xD800;`."""
    code = int(reference[1], 16) if reference[1] else int(reference[2])
    allowed = code in (9, 10, 13) or 32 <= code < 0xD800 or 0xE000 <= code < 0xFFFE or 0x10000 <= code <= 0x10FFFF
    return reference[0] if allowed else b""


def _chosen(source: dict[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    """As a plain dict: feedparser's own answers for a missing `updated` with `published`."""
    plain = dict(source.items())
    return {name: plain[name] for name in names if plain.get(name)}


def parse(document: bytes, content_type: str, url: str) -> dict[str, Any]:
    headers = {"content-type": content_type, "content-location": url}
    parsed = feedparser.parse(
        io.BytesIO(_CHARACTER.sub(_possible, document)),
        response_headers={name: value for name, value in headers.items() if value},
        resolve_relative_uris=bool(url) or b"xml:base" in document,  # it costs most of the time
        sanitize_html=False,
    )
    return {
        "version": parsed.get("version", ""),
        "feed": _chosen(parsed["feed"], FEED),
        "entries": [_chosen(entry, ENTRY) for entry in parsed["entries"]],
    }


def main() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    content_type, url = sys.argv[1:]
    result = json.dumps(parse(sys.stdin.buffer.read(), content_type, url), ensure_ascii=False, default=str)
    encoded = result.encode("utf-8", "replace")
    if len(encoded) > RESULT:
        sys.exit("it grows beyond all measure when its entities are resolved")
    sys.stdout.buffer.write(encoded)


if __name__ == "__main__":
    main()
