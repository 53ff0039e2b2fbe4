"""The text of a WordPress post as WordPress shows it: blocks, shortcodes, paragraphs.

A post has blocks (https://developer.wordpress.org/block-editor/), which are HTML between comments, or the text of the
classic editor, or both. Only classic text gets paragraphs. Blocks without HTML of their own are made by the site's
programs when it shows them, and go.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from service.articles.markup import MAX_TAGS
from service.importers.wordpress import shortcodes
from service.importers.wordpress.paragraphs import paragraphs
from service.importers.wordpress.shortcodes import Media, Removed

_MARK_BEGINS = re.compile(r"<!--\s*+(?=/?wp:)")
_MARK = re.compile(
    r"(?P<end>/?)wp:(?P<name>[a-z][a-z0-9_/-]*?)(?:\s++(?P<attributes>\{.*\})?\s*+)?(?P<alone>/?)", re.DOTALL
)
_CLASSIC = frozenset({"freeform", "shortcode", "core/freeform", "core/shortcode"})
_MAX_REUSED_DEPTH = 3  # reusable blocks within each other
_SHOWN_WITHOUT_HTML = frozenset({"more", "nextpage", "separator", "spacer"})


class RenderedBody(NamedTuple):
    """The HTML of a body, and what was removed, in few words each."""

    html: str
    notes: Sequence[str]


def rendered_body(content: str, media: Media, reusable: Mapping[str, str]) -> RenderedBody:
    """The body of a post. `media` are the files that it shows by their id, `reusable` the contents of its blocks."""
    if content.count("<") > MAX_TAGS:  # the article is refused later
        return RenderedBody(content, [])
    removed = Removed()
    html = _rendered(content, media, reusable, removed, 0)
    notes = [f"shortcode [{name}]" for name in removed.shortcodes] + [f"block {name}" for name in removed.blocks]
    return RenderedBody(html, notes)


def _rendered(content: str, media: Media, reusable: Mapping[str, str], removed: Removed, depth: int) -> str:
    if "<!-- wp:" not in content and "<!--wp:" not in content:
        return _classic(content, media, removed)
    parts: list[str] = []
    open_blocks: list[str] = []
    at = 0
    for start, end, mark in _marks(content):
        parts.append(_between(content[at:start], open_blocks, media, removed))
        at = end
        if mark["end"]:
            if mark["name"] in open_blocks:
                del open_blocks[len(open_blocks) - 1 - open_blocks[::-1].index(mark["name"]) :]
        elif not mark["alone"]:
            open_blocks.append(mark["name"])
        elif mark["name"] in ("block", "core/block"):
            ref = str(_json(mark["attributes"]).get("ref", ""))
            inner = reusable.get(ref, "") if depth < _MAX_REUSED_DEPTH else ""
            parts.append(_rendered(inner, media, reusable, removed, depth + 1))
            if not inner:
                removed.blocks[mark["name"]] = None
        else:
            parts.append(_alone(mark["name"], _json(mark["attributes"]), removed))
    parts.append(_between(content[at:], open_blocks, media, removed))
    return "\n".join(part for part in parts if part)


def _marks(content: str) -> Iterator[tuple[int, int, re.Match[str]]]:
    """Yield the begin, the end and the parts of each comment that begins or ends a block."""
    at = 0
    while begin := _MARK_BEGINS.search(content, at):
        end = content.find("-->", begin.end())
        if end < 0:
            return
        at = end + len("-->")
        if mark := _MARK.fullmatch(content[begin.end() : end].rstrip()):
            yield begin.start(), at, mark


def _between(text: str, open_blocks: Sequence[str], media: Media, removed: Removed) -> str:
    """Text between two marks: classic text outside of blocks, otherwise the HTML of a block."""
    if not text.strip():
        return ""
    if not open_blocks or open_blocks[-1] in _CLASSIC:
        return _classic(text, media, removed)
    return shortcodes.with_links(shortcodes.rendered(text, media, removed)).strip()


def _classic(text: str, media: Media, removed: Removed) -> str:
    return paragraphs(shortcodes.with_links(shortcodes.rendered(text, media, removed)))


def _alone(name: str, attributes: Mapping[str, object], removed: Removed) -> str:
    """A block without content: its URL as a link, if it has one."""
    url = attributes.get("url")
    if "embed" in name and isinstance(url, str) and url.startswith(("http://", "https://")):
        return f"<p>{shortcodes.link(url)}</p>"
    if name not in _SHOWN_WITHOUT_HTML:
        removed.blocks[name] = None
    return ""


def _json(text: str | None) -> Mapping[str, object]:
    try:
        found = json.loads(text or "{}")
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
