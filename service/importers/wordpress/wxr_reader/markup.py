"""The elements of items, by lxml. Common faults of other programs' exports are mended.

These are a bare `&`, names of HTML characters, and `]]>` in a text.
"""

import html
import re
from collections.abc import Iterator
from typing import Any

from lxml import etree

from .item_bytes import Piece, places

MAX_DECLARATION_BYTES = 64 * 1024  # bytes of the head in which namespaces are declared
_WITHOUT_COMMENTS_BYTES = 256 * 1024  # bytes of an item from which its comments are removed before it is parsed

_PREFIXES = {
    "excerpt": "http://wordpress.org/export/1.2/excerpt/",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "wfw": "http://wellformedweb.org/CommentAPI/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "wp": "http://wordpress.org/export/1.2/",
}
_DECLARED = re.compile(rb"xmlns:([\w.-]{1,40})\s*=\s*[\"']([^\"'<>&]{1,300})[\"']")
_COMMENT = re.compile(rb"<wp:comment>.*?</wp:comment>", re.DOTALL)
_SECTION = re.compile(rb"<!\[CDATA\[(.*?)\]\]>(?=\s*</)", re.DOTALL)
_SPLIT_END = b"]]]]><![CDATA[>"  # the spelling of `]]>` within a CDATA section
_BARE = re.compile(rb"&(?:(amp|lt|gt|quot|apos|#\d{1,7}|#[xX][0-9a-fA-F]{1,6});|([A-Za-z][A-Za-z0-9]{1,30};)?)")


def root_tag(head: bytes) -> bytes:
    """The start tag of the export, with the namespaces that the head declares, or that exports should declare."""
    declared = {prefix.decode(): uri.decode() for prefix, uri in _DECLARED.findall(head[:MAX_DECLARATION_BYTES])}
    names = " ".join(f'xmlns:{prefix}="{uri}"' for prefix, uri in (_PREFIXES | declared).items())
    return f"<rss {names}>".encode()


def channel(head: bytes, root: bytes) -> Any:
    """The element around the elements above the first item. None if nothing of it can be read."""
    begin = head.find(b"<channel")
    parser = etree.XMLParser(recover=True, resolve_entities=False, remove_comments=True, no_network=True)
    return etree.fromstring(root + _mended(head[begin:] if begin >= 0 else b"") + b"</rss>", parser)


def elements(item: Piece, root: bytes) -> Iterator[Any]:
    """The element of an item; a mapping with the error if it cannot be read.

    Where a section of text has no end, the markup has several items.
    """
    markup = item.markup
    if len(markup) > _WITHOUT_COMMENTS_BYTES:
        markup = _COMMENT.sub(b"", markup)
    reason = ""
    try:
        yield _parsed(markup, root)
    except etree.XMLSyntaxError as error:
        reason = str(error.msg)
    if not reason:
        return
    several = [markup[start:end] for start, end in places(markup)]
    for one in several if len(several) > 1 else [markup]:
        try:
            element = _parsed(_mended(one), root, recover=True)
        except etree.XMLSyntaxError:
            element = None
        is_readable = element is not None and (element.findtext("title") or element.findtext("{*}encoded"))
        yield element if is_readable else {"failed": f"not well-formed: {reason}", "line": item.line}


def _parsed(markup: bytes, root: bytes, *, recover: bool = False) -> Any:
    """The element of an item. None if nothing can be recovered. Raises XMLSyntaxError."""
    # Without huge_tree, libxml2 limits the depth, the length of texts, and the expansion of entities.
    parser = etree.XMLParser(
        recover=recover, resolve_entities=False, remove_comments=True, remove_pis=True, no_network=True
    )
    export = etree.fromstring(root + markup + b"</rss>", parser)
    return next(iter(export), None) if export is not None else None


def _mended(markup: bytes) -> bytes:
    """The item with its sections as escaped text, and with references that XML knows."""
    parts = _SECTION.split(markup)
    for place, part in enumerate(parts):
        if place % 2:
            text = part.replace(_SPLIT_END, b"]]>")
            parts[place] = text.replace(b"&", b"&amp;").replace(b"<", b"&lt;").replace(b">", b"&gt;")
        else:
            parts[place] = _BARE.sub(_reference, part).replace(b"]]>", b"]]&gt;")
    return b"".join(parts)


def _reference(found: re.Match[bytes]) -> bytes:
    """A reference that XML knows, in place of `&`, `&nbsp;` and others."""
    if found[1]:
        return found[0]
    character = html.unescape(found[0].decode()) if found[2] else "&"
    return character.replace("&", "&amp;").replace("<", "&lt;").encode()
