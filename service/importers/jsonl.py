"""JSON Lines: one article per line, in the API's form. Also JSON documents with one article or an array of articles."""

from collections.abc import Iterator
from datetime import tzinfo

from pydantic_core import from_json

from service.importers import apart, head
from service.importers.found import Found, Refused
from service.importers.source import Opened

LINE_LIMIT = 24 * 1024 * 1024  # bytes of one article: the longest line that `warta export` can write
DOCUMENT_LIMIT = 20 * 1024 * 1024  # bytes; a document is read as a whole
_UNFINISHED = "EOF while parsing"
_BOM = b"\xef\xbb\xbf"


def recognises(first: bytes) -> bool:
    return head.text(first).startswith(("{", "["))


def read(source: Opened, zone: tzinfo) -> Iterator[Found | Refused]:  # noqa: ARG001 - naive times stay as they are
    """Read the articles line by line. Memory does not grow with the file. Places are `line N`, in a document `item N`.

    A line that is no JSON object (RFC 8259), is not UTF-8 or is longer than LINE_LIMIT becomes a Refused. Blank lines
    are skipped. Raises SourceUnreadable if a document over many lines is incomplete or not valid JSON.
    """
    if _spreads_over_lines(source.head()):
        for number, item in enumerate(apart.items("json_reader", source, DOCUMENT_LIMIT), 1):
            yield Refused(f"item {number}", item) if isinstance(item, str) else Found(f"item {number}", item)
    else:
        yield from _lines(source)


def _spreads_over_lines(first: bytes) -> bool:
    """Whether the source is one JSON document: an array, or an object that does not end on its first line.

    If the second line begins an object, the source is JSON Lines.
    """
    start = head.text(first)
    if start.startswith("["):
        return True
    line, newline, rest = start.partition("\n")
    if not newline or rest.lstrip().startswith("{"):
        return False
    try:
        from_json(line)
    except ValueError as error:
        return str(error).startswith(_UNFINISHED)
    return False


def _lines(source: Opened) -> Iterator[Found | Refused]:
    number = 0
    while line := source.stream.readline(LINE_LIMIT):
        number += 1
        if line == b"\n":  # a shortcut: a file of blank lines alone is read faster
            continue
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
