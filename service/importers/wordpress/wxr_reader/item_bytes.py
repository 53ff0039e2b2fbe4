"""The items of an export file as bytes, before anything is parsed. So a fault costs one item."""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

MAX_ITEM_BYTES = 32 * 1024 * 1024  # bytes of an item as it is written, with its comments
MAX_HEAD_BYTES = 16 * 1024 * 1024  # bytes above the first item: authors, categories and tags
_CHUNK_BYTES = 64 * 1024

_TOKEN = re.compile(rb"<!\[CDATA\[|<item(?=[\s>])|</item\s*>|<!--")
_LAST_TAG = re.compile(rb"</(?:channel|rss)")
_END_BYTES = 2000  # bytes at the end of the file, in which its last tag must be
_MAX_TOKEN_BYTES = 16  # bytes of a token, of which a part may be read
_START, _END = re.compile(rb"<item"), re.compile(rb"</item")
_ENDS = {b"<![CDATA[": re.compile(rb"\]\]>"), b"<!--": re.compile(rb"-->")}


class Piece(NamedTuple):
    """The bytes of an item, and the line at which it begins."""

    markup: bytes
    line: int


class ExportFault(Exception):
    """A part of the export that cannot be read, with the number of its first line."""

    def __init__(self, reason: str, line: int) -> None:
        super().__init__(reason)
        self.line = line


class _Limit(NamedTuple):
    """A number of bytes, and the fault of more bytes."""

    number: int
    reason: str


class _Window:
    """The bytes of the document that were read and not taken yet. `line` is the line of the first one."""

    def __init__(self, document: Any) -> None:
        self._document = document
        self._searched = 0  # bytes in which nothing more is to be found
        self.text = bytearray()
        self.line = 1

    def find(self, pattern: re.Pattern[bytes], limit: _Limit | None) -> re.Match[bytes] | None:
        """The next match. Reads on until there is one; None at the end of the document.

        Raises ExportFault if the window has more bytes than the limit. Without a limit, the bytes before the match may
        leave the window.
        """
        while not (found := pattern.search(self.text, self._searched)):
            self._searched = max(self._searched, len(self.text) - _MAX_TOKEN_BYTES)
            if limit is None:
                self.take(max(self._searched - _END_BYTES, 0))
            elif len(self.text) > limit.number:
                raise ExportFault(limit.reason, self.line)
            if not (chunk := self._document.read(_CHUNK_BYTES)):
                return None
            self.text += chunk
        self._searched = found.end()
        return found

    def take(self, end: int) -> Piece:
        """The bytes before `end`, which leave the window."""
        piece = Piece(bytes(self.text[:end]), self.line)
        self.line += piece.markup.count(b"\n")
        self._searched = max(self._searched - end, 0)
        del self.text[:end]
        return piece


def pieces(document: Any) -> Iterator[Piece]:
    """Yield the text above the first item, then each item.

    Raises ExportFault if an item has no end or is too long, and if the file ends too early.
    """
    window = _Window(document)
    in_head = _Limit(MAX_HEAD_BYTES, "there is no item in the first 16 MB")
    in_item = _Limit(MAX_ITEM_BYTES, "an item is longer than 32 MB; the rest of the document cannot be read")
    start = _next_tag(window, _START, in_head)
    yield window.take(start[0]) if start else Piece(bytes(window.text), window.line)
    while start:
        end = _next_tag(window, _END, in_item)
        if not end:
            yield from _rest(bytes(window.text), window.line)
            break
        yield window.take(end[1])
        if start := _next_tag(window, _START, None):
            window.take(start[0])  # the white space between two items
    if not _LAST_TAG.search(window.text, max(len(window.text) - _END_BYTES, 0)):
        line = window.line + window.text.count(b"\n")
        raise ExportFault("the file ends within an item or before its last tag", line)


def _next_tag(window: _Window, tag: re.Pattern[bytes], limit: _Limit | None) -> tuple[int, int] | None:
    """The begin and the end of the next such tag outside sections of text and comments."""
    while found := window.find(_TOKEN, limit):
        if tag.match(found[0]):
            return found.span()
        if (awaited := _ENDS.get(found[0])) and not window.find(awaited, limit):
            return None
    return None


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
