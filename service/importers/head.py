"""The first bytes of a source, as far as they tell what it is."""

import re

_BOMS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
_ABOVE_ROOT = re.compile(
    r"\s*(?:<\?[^>]*>|<!--.*?-->|<!DOCTYPE[^>\[]*(?:\[.*?\]\s*)?>)", re.IGNORECASE | re.DOTALL | re.ASCII
)
_TAG = re.compile(r"\s*<([a-z][\w.:-]*)[^<>]*", re.IGNORECASE | re.ASCII)


def text(head: bytes) -> str:
    """ASCII as it is, in whatever encoding, from the first character that is no white space."""
    for bom in _BOMS:
        head = head.removeprefix(bom)
    return head.replace(b"\0", b"").decode("latin-1").lstrip()  # without the zeros, UTF-16 looks like ASCII


def root(head: bytes) -> tuple[str, str]:
    """The name of the first element, in lower case, and its tag with its attributes; "" and "" if there is none."""
    start, at = text(head), 0
    while above := _ABOVE_ROOT.match(start, at):
        at = above.end()
    tag = _TAG.match(start, at)
    return (tag[1].lower(), tag[0]) if tag else ("", "")
