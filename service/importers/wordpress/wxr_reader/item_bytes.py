"""The items of an export file as bytes, before anything is parsed. So a fault costs one item."""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

MAX_ITEM_BYTES = 32 * 1024 * 1024  # bytes of an item as it is written, with its comments
MAX_HEAD_BYTES = 16 * 1024 * 1024  # bytes above the first item: authors, categories and tags
_CHUNK_BYTES = 64 * 1024

_TOKEN = re.compile(rb"<!\[CDATA\[|<item(?=[\s>])|</item\s*>|<!--")


class Piece(NamedTuple):
    """The bytes of an item, and the line at which it begins."""

    markup: bytes
    line: int


class ExportFault(Exception):
    """What cannot be read, from a line on."""

    def __init__(self, reason: str, line: int) -> None:
        super().__init__(reason)
        self.line = line


def pieces(document: Any) -> Iterator[Piece]:
    """Yield the text above the first item, then each item.

    Raises ExportFault if an item has no end or is too long, and if the file ends too early.
    """
    buffer, at, start, line = bytearray(), 0, -1, 1
    is_head = True
    awaited = b""  # the end of a CDATA section or a comment
    while True:
        if awaited:
            end = buffer.find(awaited, at)
            token = None
        else:
            token = _TOKEN.search(buffer, at)
            end = token.end() if token else -1
        if end < 0:
            begin = 0 if is_head else max(start, 0)
            if is_head and len(buffer) > MAX_HEAD_BYTES:
                raise ExportFault("there is no item in the first 16 MB", 1)
            if start >= 0 and len(buffer) - start > MAX_ITEM_BYTES:
                raise ExportFault("an item is longer than 32 MB; what follows cannot be read", line)
            keep = begin if is_head or start >= 0 else max(len(buffer) - 16, at, 0)
            at = max(at, len(buffer) - 16, keep)
            chunk = document.read(_CHUNK_BYTES)
            if not chunk:
                break
            line += buffer.count(b"\n", 0, keep)
            del buffer[:keep]
            buffer += chunk
            at -= keep
            start = start - keep if start >= 0 else -1
            continue
        if awaited:
            at, awaited = end + len(awaited), b""
            continue
        assert token  # noqa: S101 - else there is no end
        at = end
        if token[0] == b"<![CDATA[":
            awaited = b"]]>"
        elif token[0] == b"<!--":
            awaited = b"-->"
        elif token[0] == b"<item":
            if is_head:
                yield Piece(bytes(buffer[: token.start()]), 1)
                is_head = False
            if start < 0:
                start = token.start()
        elif start >= 0:
            yield Piece(bytes(buffer[start:at]), line + buffer.count(b"\n", 0, start))
            start = -1
    if is_head:
        yield Piece(bytes(buffer), 1)
    elif start >= 0:
        yield from _rest(bytes(buffer[start:]), line + buffer.count(b"\n", 0, start))
    if b"</channel" not in buffer[-2000:]:
        raise ExportFault("the file ends within an item or before its last tag", line + buffer.count(b"\n"))


def _rest(markup: bytes, line: int) -> Iterator[Piece]:
    """The items below an item whose text has no end. They are found without regard to sections of text."""
    for start, end in places(markup):
        yield Piece(markup[start:end], line + markup.count(b"\n", 0, start))


def places(markup: bytes) -> Iterator[tuple[int, int]]:
    """Yield the begin and the end of each item in the markup, without regard to sections of text."""
    at = 0
    while (tag := markup.find(b"</item", at)) >= 0 and (end := markup.find(b">", tag)) >= 0:
        start = markup.rfind(b"<item", at, tag)
        if start >= 0:
            yield start, end + 1
        at = end + 1
