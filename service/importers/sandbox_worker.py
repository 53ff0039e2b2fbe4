"""The process that parses a document of another site. `sandbox` starts it, and the kernel limits its memory and time.

This is a program, not a module: `sandbox` starts it by path, and it imports nothing of the service. Its argument is the
path of a reader. Documents come on standard input, one after the other. Each is a line of JSON with its `content_type`
and its `url`, then its bytes in pieces: a line with the length, and so many bytes. A piece of 0 bytes is its end.

A reader is a Python file, or the `__init__.py` of a package, with a function `items(document, url)`. It yields a
mapping for an item, a str with the reason if an item cannot be read, or None as a sign of progress. Standard output
gets a line of JSON for each mapping (`{"item": …}`) and each str (`{"refused": …}`). The last line of a document is
`{"end": …}`, or `{"error": …, "reusable": …}`. Both say whether the process takes another document. The process fetches
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
from pathlib import Path
from typing import Any, BinaryIO, Protocol

MAX_MEMORY_BYTES = 256 * 1024 * 1024  # bytes of data segment; the code of the libraries comes on top
MAX_PROCESSOR_SECONDS = 600  # of processor time of a document, in case the parent is gone; it has a shorter limit
MAX_RESIDENT_BYTES = 160 * 1024 * 1024  # bytes of memory after which the process takes no other document
MAX_DOCUMENTS = 1_000  # documents after which the process takes no other one: libraries leak, and caches grow
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


class Readable(Protocol):
    """What is needed of a binary file."""

    def read(self, size: int = ..., /) -> bytes: ...


class UntrustedDocument:
    """The document as clean UTF-8: no byte order mark, no white space at the start, no character that XML forbids.

    `read` works as in a binary file, but may return fewer bytes than requested.

    The first 64 KiB decide the encoding. A byte order mark or the zero bytes of UTF-16 come first. Valid UTF-8 with
    characters outside ASCII is UTF-8, because text in another encoding is hardly ever valid UTF-8 by chance. Otherwise
    the declared encoding counts if it matches `_FOREIGN`. Every other document is UTF-8, and its stray bytes are
    Windows-1252, whatever it declares.
    """

    def __init__(self, raw: Readable, content_type: str) -> None:
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
    """True if the bytes are valid UTF-8 with a character outside ASCII. The last character may be cut off."""
    try:
        text = codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return False
    return not text.isascii()


class FramedInput:
    """The bytes of one document on standard input. `read` works as in a binary file, but may return fewer bytes."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._left = 0  # bytes of the piece that are not yet read
        self._ended = False

    def read(self, size: int = -1) -> bytes:
        if not self._left and not self._ended:
            self._left = int(self._stream.readline())
            self._ended = not self._left
        data = self._stream.read(min(size, self._left) if size >= 0 else self._left) if self._left else b""
        self._left -= len(data)
        return data

    def skip_rest(self) -> None:
        while self.read():
            pass


def _reader(path: str) -> Any:
    """Import the reader. A package may import its own modules."""
    folders = [str(Path(path).parent)] if Path(path).name == "__init__.py" else None
    specification = importlib.util.spec_from_file_location("reader", path, submodule_search_locations=folders)
    assert specification and specification.loader  # noqa: S101 - the parent names a file
    module = importlib.util.module_from_spec(specification)
    sys.modules["reader"] = module
    specification.loader.exec_module(module)
    return module


def _answers(module: Any, document: UntrustedDocument, url: str) -> Iterator[bytes]:
    """The lines for the items of a document. The last one is an error, if there is one."""
    try:
        for item in module.items(document, url):
            if item is not None:
                yield _line({"refused" if isinstance(item, str) else "item": item})
    except MemoryError:
        reason = f"it takes more than {MAX_MEMORY_BYTES // 2**20} MB of memory to read"
        yield _line({"error": reason, "reusable": False})
    except Exception as error:
        reason = " ".join(str(error).split()) or type(error).__name__
        yield _line({"error": reason, "reusable": True})


def _line(value: dict[str, Any]) -> bytes:
    line = json.dumps(value, ensure_ascii=False, default=str).encode("utf-8", "replace")
    return line if len(line) <= MAX_ITEM_BYTES else b'{"refused": "longer than %d MB"}' % (MAX_ITEM_BYTES // 2**20)


def _is_reusable(documents: int) -> bool:
    return documents < MAX_DOCUMENTS and _resident_bytes() < MAX_RESIDENT_BYTES


def _resident_bytes() -> int:
    """The memory in use now (proc(5)); 0 where the system does not tell it. `ru_maxrss` includes the parent's."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    except OSError:
        return 0
    return pages * resource.getpagesize()


def _limit_processor_time() -> None:
    """Allow MAX_PROCESSOR_SECONDS from now on. The limit of the kernel counts from the start of the process."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    seconds = int(used.ru_utime + used.ru_stime) + MAX_PROCESSOR_SECONDS
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, resource.RLIM_INFINITY))


def main() -> None:
    resource.setrlimit(resource.RLIMIT_DATA, (MAX_MEMORY_BYTES, MAX_MEMORY_BYTES))
    gc.disable()  # the memory is limited, and the collector would scan millions of objects of one document often
    module = _reader(sys.argv[1])
    gc.collect()
    gc.freeze()  # spares the collector the objects of the libraries
    documents = 0
    while head := sys.stdin.buffer.readline():
        request = json.loads(head)
        documents += 1
        _limit_processor_time()
        framed, ended = FramedInput(sys.stdin.buffer), True
        for line in _answers(module, UntrustedDocument(framed, request["content_type"]), request["url"]):
            sys.stdout.buffer.write(line + b"\n")
            ended = not line.startswith(b'{"error"')
        framed.skip_rest()
        if ended:
            sys.stdout.buffer.write(_line({"end": _is_reusable(documents)}) + b"\n")
        sys.stdout.buffer.flush()
        gc.collect()


if __name__ == "__main__":
    main()
