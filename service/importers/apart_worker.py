"""The process in which a stranger's document is parsed: `apart` starts it, and the kernel limits it.

A program, not a module: it is started by path and imports nothing of the service. Arguments are the path of a reader,
the document's content type and its address; the document comes on standard input. A reader is a Python file with
`items(document, url)`, which yields a mapping for an item, a text that says why there is none, or None as a sign of
progress. Standard output gets a line of JSON for each: `{"item": …}` or `{"refused": …}`; `{"error": …}` ends it early.
It never fetches anything.
"""

import codecs
import gc
import importlib.util
import json
import re
import resource
import sys
from collections.abc import Iterator
from typing import Any, BinaryIO

MEMORY = 256 * 1024 * 1024  # bytes of data; the libraries themselves come on top
SECONDS = 600  # of processor time, should the parent be gone; it has its own, shorter limit
ITEM = 2 * 1024 * 1024  # bytes of one article, as of a line of JSON Lines

_CHUNK = 64 * 1024
_BOMS = {b"\xef\xbb\xbf": "utf-8", b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}
_DECLARED = re.compile(
    rb"""<(?:\?xml|meta)\b[^<>]{0,200}?(?:encoding|charset)\s{0,9}=\s{0,9}["']?([\w.:-]{1,40})""", re.IGNORECASE
)
# Encodings that are neither Unicode nor near Windows-1252, and mean text: Python also knows `zip` and `rot13`.
_FOREIGN = re.compile(
    r"(?:iso-?8859-(?!1$)|windows-125(?!2)|cp125(?!2)|koi8|gb|big5|shift|sjis|euc|iso-2022|mac)", re.IGNORECASE
)
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")  # XML 1.0 §2.2


def _as_windows_1252(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeDecodeError)  # noqa: S101 - we only decode
    return error.object[error.start : error.end].decode("cp1252", "replace"), error.end


codecs.register_error("windows-1252", _as_windows_1252)


class Document:
    """The document in clean UTF-8, whatever it was: no byte order mark, nothing above the first tag, no character that
    XML forbids. `read` is that of a binary file, save that it may give less than it is asked for.

    What is valid UTF-8 is UTF-8, since no other text is by chance; then the encoding that is declared counts; stray
    bytes are Windows-1252, whatever is declared.
    """

    def __init__(self, raw: BinaryIO, content_type: str) -> None:
        self._raw = raw
        head = raw.read(_CHUNK)
        name, errors = _encoding(head, content_type)
        self._decoder = codecs.getincrementaldecoder(name)(errors)
        self._first = self._clean(head).lstrip("\ufeff \t\r\n")

    def read(self, size: int = -1) -> bytes:
        if size < 0:
            return b"".join(iter(lambda: self.read(_CHUNK), b""))
        text, self._first = self._first, ""
        while not text and (chunk := self._raw.read(size)):
            text = self._clean(chunk)
        return (text or self._clean(b"", final=True)).encode()

    def _clean(self, data: bytes, *, final: bool = False) -> str:
        return _FORBIDDEN.sub("", self._decoder.decode(data, final))


def _encoding(head: bytes, content_type: str) -> tuple[str, str]:
    """The codec of a document that begins with `head`, and what it does with bytes that do not fit."""
    for bom, name in _BOMS.items():
        if head.startswith(bom):
            return name, "windows-1252" if name == "utf-8" else "replace"
    if head[:1] and head[1:2] == b"\0" != head[:1]:
        return "utf-16-le", "replace"
    if head[:1] == b"\0" != head[1:2]:
        return "utf-16-be", "replace"
    declared = _DECLARED.search(head)
    charset = content_type.partition("charset=")[2].strip(" \"'") or (declared[1].decode("ascii") if declared else "")
    if _FOREIGN.match(charset) and not _is_utf_8(head):
        try:
            return codecs.lookup(charset).name, "replace"
        except LookupError:
            pass
    return "utf-8", "windows-1252"


def _is_utf_8(head: bytes) -> bool:
    """Whether there is anything but ASCII, and all of it valid; the last character may be cut."""
    try:
        text = codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return False
    return not text.isascii()


def _lines(reader: str, document: Document, url: str) -> Iterator[bytes]:
    specification = importlib.util.spec_from_file_location("reader", reader)
    assert specification and specification.loader  # noqa: S101 - the parent names a file
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    try:
        for item in module.items(document, url):
            if item is not None:
                yield _line({"refused" if isinstance(item, str) else "item": item})
    except MemoryError:
        yield _line({"error": f"it takes more than {MEMORY // 2**20} MB of memory to read"})
    except Exception as error:
        yield _line({"error": " ".join(str(error).split()) or type(error).__name__})


def _line(value: dict[str, Any]) -> bytes:
    line = json.dumps(value, ensure_ascii=False, default=str).encode("utf-8", "replace")
    return line if len(line) <= ITEM else b'{"refused": "longer than %d MB"}' % (ITEM // 2**20)


def main() -> None:
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    gc.disable()  # it lives shortly, within a limit, and millions of objects would be looked at again and again
    reader, content_type, url = sys.argv[1:]
    for line in _lines(reader, Document(sys.stdin.buffer, content_type), url):
        sys.stdout.buffer.write(line + b"\n")


if __name__ == "__main__":
    main()
