"""The process that parses a document of another site. `sandbox` starts it, and the kernel limits its memory and time.

This is a program, not a module: `sandbox` starts it by path, and it imports nothing of the service. Its arguments are
the path of a reader, the content type of the document, and the URL of the document. The document comes on standard
input.

A reader is a Python file with a function `items(document, url)`. It yields a mapping for an item, a str with the reason
if an item cannot be read, or None as a sign of progress. Standard output gets a line of JSON for each mapping
(`{"item": …}`) and each str (`{"refused": …}`). A line `{"error": …}` ends the output early. The process fetches
nothing from the network.
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

MAX_MEMORY_BYTES = 256 * 1024 * 1024  # bytes of data segment; the code of the libraries comes on top
MAX_PROCESSOR_SECONDS = 600  # of processor time, in case the parent is gone; the parent has its own, shorter limit
MAX_ITEM_BYTES = 2 * 1024 * 1024  # bytes of one article as a line of JSON

_CHUNK_BYTES = 64 * 1024
_BOMS = {b"\xef\xbb\xbf": "utf-8", b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}
_DECLARED = re.compile(
    rb"""<(?:\?xml|meta)\b[^<>]{0,200}?(?:encoding|charset)\s{0,9}=\s{0,9}["']?([\w.:-]{1,40})""", re.IGNORECASE
)
# Text encodings that are neither Unicode nor similar to Windows-1252. A list of permitted names, because Python also
# has codecs that are no text encodings, such as `zip` and `rot13`.
_FOREIGN = re.compile(
    r"(?:iso-?8859-(?!1$)|windows-125(?!2)|cp125(?!2)|koi8|gb|big5|shift|sjis|euc|iso-2022|mac)", re.IGNORECASE
)
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")  # XML 1.0 §2.2


def _as_windows_1252(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeDecodeError)  # noqa: S101 - we only decode
    return error.object[error.start : error.end].decode("cp1252", "replace"), error.end


codecs.register_error("windows-1252", _as_windows_1252)


class UntrustedDocument:
    """The document as clean UTF-8: no byte order mark, no white space at the start, no character that XML forbids.

    `read` works as in a binary file, but may return fewer bytes than requested.

    The first 64 KiB decide the encoding. A byte order mark or the zero bytes of UTF-16 come first. Valid UTF-8 with
    characters outside ASCII is UTF-8, because text in another encoding is hardly ever valid UTF-8 by chance. Otherwise
    the declared encoding counts if it matches `_FOREIGN`. Every other document is UTF-8, and its stray bytes are
    Windows-1252, whatever it declares.
    """

    def __init__(self, raw: BinaryIO, content_type: str) -> None:
        self._raw = raw
        head = raw.read(_CHUNK_BYTES)
        name, errors = _encoding(head, content_type)
        self._decoder = codecs.getincrementaldecoder(name)(errors)
        self._first = self._clean(head).lstrip("\ufeff \t\r\n")

    def read(self, size: int = -1) -> bytes:
        if size < 0:
            return b"".join(iter(lambda: self.read(_CHUNK_BYTES), b""))
        text, self._first = self._first, ""
        while not text and (chunk := self._raw.read(size)):
            text = self._clean(chunk)
        return (text or self._clean(b"", final=True)).encode()

    def _clean(self, data: bytes, *, final: bool = False) -> str:
        return _FORBIDDEN.sub("", self._decoder.decode(data, final))


def _encoding(head: bytes, content_type: str) -> tuple[str, str]:
    """The name of the codec for a document that begins with `head`, and the error handler for bytes that do not fit."""
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
    """Whether the bytes are valid UTF-8 with a character outside ASCII. The last character may be cut off."""
    try:
        text = codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return False
    return not text.isascii()


def _lines(reader: str, document: UntrustedDocument, url: str) -> Iterator[bytes]:
    specification = importlib.util.spec_from_file_location("reader", reader)
    assert specification and specification.loader  # noqa: S101 - the parent names a file
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    try:
        for item in module.items(document, url):
            if item is not None:
                yield _line({"refused" if isinstance(item, str) else "item": item})
    except MemoryError:
        yield _line({"error": f"it takes more than {MAX_MEMORY_BYTES // 2**20} MB of memory to read"})
    except Exception as error:
        yield _line({"error": " ".join(str(error).split()) or type(error).__name__})


def _line(value: dict[str, Any]) -> bytes:
    line = json.dumps(value, ensure_ascii=False, default=str).encode("utf-8", "replace")
    return line if len(line) <= MAX_ITEM_BYTES else b'{"refused": "longer than %d MB"}' % (MAX_ITEM_BYTES // 2**20)


def main() -> None:
    resource.setrlimit(resource.RLIMIT_DATA, (MAX_MEMORY_BYTES, MAX_MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (MAX_PROCESSOR_SECONDS, MAX_PROCESSOR_SECONDS))
    gc.disable()  # the process is short and its memory limited; the collector would scan millions of objects often
    reader, content_type, url = sys.argv[1:]
    for line in _lines(reader, UntrustedDocument(sys.stdin.buffer, content_type), url):
        sys.stdout.buffer.write(line + b"\n")


if __name__ == "__main__":
    main()
