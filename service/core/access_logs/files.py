"""Log files as bytes without compression: gzip, zstd, bzip2 and xz are recognized by their first bytes."""

import bz2
import gzip
import io
import lzma
import zlib
from pathlib import Path
from typing import IO, cast

import zstandard

# Compressed bytes of zstd that are decompressed at once: four of them may be 128 KB of text.
_ZSTD_INPUT_BYTES = 512
_MAGIC = {b"\x1f\x8b": "gzip", b"\x28\xb5\x2f\xfd": "zstd", b"BZh": "bzip2", b"\xfd7zXZ\x00": "xz"}
UNREADABLE = (OSError, EOFError, zlib.error, lzma.LZMAError, zstandard.ZstdError)  # the errors of reading a log file


def open_log(path: Path) -> IO[bytes]:
    """The log file, without its compression. Raises one of UNREADABLE, now or while it is read."""
    with path.open("rb") as file:
        head = file.read(max(map(len, _MAGIC)))
    coding = next((name for magic, name in _MAGIC.items() if head.startswith(magic)), "")
    if coding == "zstd":
        return io.BufferedReader(_ZstdFile(path))
    if coding == "bzip2":
        return bz2.open(path, "rb")
    if coding == "xz":
        return lzma.open(path, "rb")
    return cast("IO[bytes]", gzip.open(path, "rb")) if coding else path.open("rb")


class _ZstdFile(io.RawIOBase):
    """The text of a zstd file of one or more frames. A position before the current one is reached from the beginning.

    The reader of the library does not notice that a file ends early.
    """

    def __init__(self, path: Path) -> None:
        self._file = path.open("rb")
        self._rewind()

    def _rewind(self) -> None:
        self._file.seek(0)
        self._frame = zstandard.ZstdDecompressor().decompressobj()
        self._is_between = True  # whether the last frame is complete
        self._compressed = self._text = b""
        self._position = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._position

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        if whence != io.SEEK_SET:
            raise io.UnsupportedOperation("only positions from the beginning")
        if offset < self._position:
            self._rewind()
        while self._position < offset and self.read(min(offset - self._position, io.DEFAULT_BUFFER_SIZE)):
            pass
        return self._position

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        while not self._text and self._decompress():
            pass
        size = min(len(buffer), len(self._text))
        buffer[:size], self._text = self._text[:size], self._text[size:]
        self._position += size
        return size

    def _decompress(self) -> bool:
        """Decompress the next bytes. Returns False at the end of the file."""
        some = self._compressed or self._file.read(_ZSTD_INPUT_BYTES)
        self._compressed = b""
        if not some:
            if not self._is_between:
                raise EOFError("the compressed file ends too early")
            return False
        self._text = self._frame.decompress(some)
        self._is_between = self._frame.eof
        if self._frame.eof:
            self._compressed = self._frame.unused_data
            self._frame = zstandard.ZstdDecompressor().decompressobj()
        return True

    def close(self) -> None:
        self._file.close()
        super().close()
