"""JSON Lines: one article per line, in the API's form. Also JSON documents with one article or an array of articles."""

from collections.abc import Iterator

from pydantic_core import from_json

from service.importers import sandbox, sniff
from service.importers.options import ReadOptions
from service.importers.result import FoundArticle, ImportItem, RefusedItem
from service.importers.source import OpenSource

MAX_LINE_BYTES = 24 * 1024 * 1024  # bytes of one article: the longest line that `warta export` can write
MAX_DOCUMENT_BYTES = 20 * 1024 * 1024  # bytes; a document is read as a whole
_UNFINISHED = "EOF while parsing"
_BOM = b"\xef\xbb\xbf"


def recognises(first: bytes) -> bool:
    return sniff.first_text(first).startswith(("{", "["))


def read(source: OpenSource, options: ReadOptions) -> Iterator[ImportItem]:  # noqa: ARG001 - naive times stay as they are
    """Read the articles line by line. Memory does not grow with the file. Places are `line N`, in a document `item N`.

    A line that is no JSON object (RFC 8259), is not UTF-8 or is longer than MAX_LINE_BYTES becomes a RefusedItem. Blank
    lines are skipped. Raises SourceUnreadable if a document over many lines is incomplete or not valid JSON.
    """
    if _spreads_over_lines(source.head()):
        for number, item in enumerate(sandbox.parse_in_process("json_reader", source, MAX_DOCUMENT_BYTES), 1):
            yield RefusedItem(f"item {number}", item) if isinstance(item, str) else FoundArticle(f"item {number}", item)
    else:
        yield from _lines(source)


def _spreads_over_lines(first: bytes) -> bool:
    """True if the source is one JSON document: an array, or an object that does not end on its first line.

    If the second line begins an object, the source is JSON Lines.
    """
    start = sniff.first_text(first)
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


def _lines(source: OpenSource) -> Iterator[FoundArticle | RefusedItem]:
    number = 0
    while line := source.stream.readline(MAX_LINE_BYTES):
        number += 1
        if line == b"\n":  # a shortcut: a file of blank lines alone is read faster
            continue
        where = f"line {number}"
        if len(line) == MAX_LINE_BYTES and not line.endswith(b"\n"):
            _skip_rest_of_line(source)
            yield RefusedItem(where, f"longer than {MAX_LINE_BYTES // 2**20} MB")
        elif line := line.removeprefix(_BOM).strip():
            yield _article(where, line)


def _skip_rest_of_line(source: OpenSource) -> None:
    while (rest := source.stream.readline(MAX_LINE_BYTES)) and not rest.endswith(b"\n"):
        pass


def _article(where: str, line: bytes) -> FoundArticle | RefusedItem:
    try:
        return _object(where, from_json(line, allow_inf_nan=False))
    except ValueError as error:
        return RefusedItem(where, f"not valid JSON: {str(error).replace('at line 1 column', 'at column')}")


def _object(where: str, value: object) -> FoundArticle | RefusedItem:
    return FoundArticle(where, value) if isinstance(value, dict) else RefusedItem(where, "not a JSON object")
