"""JSON Lines: one article per line, in the API's form; also one JSON array of them."""

from collections.abc import Iterator
from datetime import tzinfo

from pydantic_core import from_json

from service.importers.found import Found, Refused
from service.importers.source import Opened, SourceUnreadable

LINE_LIMIT = 2 * 1024 * 1024  # bytes of one article
ARRAY_LIMIT = 64 * 1024 * 1024  # bytes; an array does not stream
_BOM = b"\xef\xbb\xbf"


def recognises(head: bytes) -> bool:
    return head.removeprefix(_BOM).lstrip().startswith((b"{", b"["))


def read(source: Opened, zone: tzinfo) -> Iterator[Found | Refused]:  # noqa: ARG001 - naive times stay as they are
    """The articles, line by line, in memory that does not grow with the file; `where` is `line N` (or `item N`).

    A line that is no JSON object (RFC 8259), is not UTF-8 or is longer than LINE_LIMIT is Refused; blank lines are
    skipped. Raises SourceUnreadable for an array that is not whole.
    """
    if source.head().removeprefix(_BOM).lstrip().startswith(b"["):
        yield from _array(source)
    else:
        yield from _lines(source)


def _lines(source: Opened) -> Iterator[Found | Refused]:
    number = 0
    while line := source.stream.readline(LINE_LIMIT):
        number += 1
        where = f"line {number}"
        if len(line) == LINE_LIMIT and not line.endswith(b"\n"):
            _skip_rest_of_line(source)
            yield Refused(where, f"longer than {LINE_LIMIT // 2**20} MB")
        elif line := line.removeprefix(_BOM).strip():
            yield _article(where, line)


def _skip_rest_of_line(source: Opened) -> None:
    while (rest := source.stream.readline(LINE_LIMIT)) and not rest.endswith(b"\n"):
        pass


def _article(where: str, line: bytes) -> Found | Refused:
    try:
        return _object(where, from_json(line, allow_inf_nan=False))
    except ValueError as error:
        return Refused(where, f"not valid JSON: {str(error).replace('at line 1 column', 'at column')}")


def _object(where: str, value: object) -> Found | Refused:
    return Found(where, value) if isinstance(value, dict) else Refused(where, "not a JSON object")


def _array(source: Opened) -> Iterator[Found | Refused]:
    try:
        items = from_json(source.whole(ARRAY_LIMIT).removeprefix(_BOM), allow_inf_nan=False)
    except ValueError as error:
        raise SourceUnreadable(f"{source.name}: not valid JSON: {error}") from error
    for number, item in enumerate(items, 1):
        yield _object(f"item {number}", item)
