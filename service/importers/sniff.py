"""Helpers that read the first bytes of a source, to detect its format."""

import re

_BOMS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
_ABOVE_ROOT = re.compile(
    r"\s*(?:<\?[^>]*>|<!--.*?-->|<!DOCTYPE[^>\[]*(?:\[.*?\]\s*)?>)", re.IGNORECASE | re.DOTALL | re.ASCII
)
_TAG = re.compile(r"\s*<([a-z][\w.:-]*)[^<>]*", re.IGNORECASE | re.ASCII)


def first_text(head: bytes) -> str:
    """The first bytes as text, from the first character that is no white space. ASCII is right in any encoding."""
    for bom in _BOMS:
        head = head.removeprefix(bom)
    return head.replace(b"\0", b"").decode("latin-1").lstrip()  # without the zero bytes, UTF-16 looks like ASCII


def root_element(head: bytes) -> tuple[str, str]:
    """The name of the first element, in lower case, and its start tag with attributes; "" and "" if there is none."""
    start, at = first_text(head), 0
    while above := _ABOVE_ROOT.match(start, at):
        at = above.end()
    tag = _TAG.match(start, at)
    return (tag[1].lower(), tag[0]) if tag else ("", "")
