"""The sources of an import: a file, a folder, standard input, or a URL."""

import contextlib
import gzip
import io
import os
import re
import sys
import time
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self, cast
from urllib.parse import urljoin

from service.core.credentials import masked
from service.core.errors import WartaError
from service.core.http_client import HttpResponse, IpNetwork, OutgoingError, fetch
from service.core.plain_errors import plain_message
from service.importers.folders import layout
from service.importers.wordpress.rest_urls import posts_url

MAX_URL_BYTES = 20 * 1024 * 1024  # bytes; download a larger document by other means and import it as a file
MAX_URL_SECONDS = 60.0  # seconds of a whole request; a site may need long for a page of a hundred posts
ALWAYS_PERMITTED_BYTES = 16 * 1024 * 1024  # bytes of decompressed data that are always permitted
# Permitted ratio of decompressed to compressed bytes beyond ALWAYS_PERMITTED_BYTES. Text has 3 to 20, a bomb 1,000.
MAX_EXPANSION = 200
_HEAD_BYTES = 64 * 1024  # bytes that are read to detect the format; also the size of the buffer
_GZIP = b"\x1f\x8b"
_NEXT = re.compile(r'<([^<>]+)>\s*(?:;[^,<>]*?)?;\s*rel="?next"?', re.IGNORECASE)
_BARE = re.compile(r"https?://[\w.-]+(:[0-9]+)?([/?#]|$)", re.IGNORECASE)  # a URL without user name and password


class SourceUnreadable(WartaError):
    """A source is missing, not permitted, or not of the expected kind. The message begins with the source's name."""


class _CountingFile:
    """A file that counts the bytes read from it (`given`): the compressed bytes of `_Gunzip`."""

    def __init__(self, raw: io.BufferedReader) -> None:
        self._raw = raw
        self.given = 0

    def read(self, size: int = -1) -> bytes:
        data = self._raw.read(size)
        self.given += len(data)
        return data


class _Gunzip(gzip.GzipFile):
    """Decompress gzip. Raises OSError for a decompression bomb (see ALWAYS_PERMITTED_BYTES and MAX_EXPANSION)."""

    def __init__(self, raw: io.BufferedReader) -> None:
        self._compressed = _CountingFile(raw)
        self._grown = 0
        super().__init__(fileobj=cast(Any, self._compressed), mode="rb")

    def read(self, size: int | None = -1) -> bytes:
        data = super().read1(-1 if size is None else size)  # `read1` also returns the readable part of a truncated file
        self._grown += len(data)
        if self._grown > ALWAYS_PERMITTED_BYTES and self._grown > MAX_EXPANSION * self._compressed.given:
            raise OSError(f"it grows more than {MAX_EXPANSION} times when it is decompressed")
        return data


class OpenSource:
    """An open source. `stream` contains its bytes, decompressed if they are gzipped.

    For a fetched source, `content_type` is the media type and charset from the server, `url` is the URL of the
    document, `next_url` that of its next page (RFC 8288), and `fetch` reads another document as this one was. Otherwise
    they are "" and None. `modified` is the time of the last change of a file, otherwise None.
    """

    modified: datetime | None = None
    fetch: "Callable[[str], OpenSource] | None" = None

    def __init__(self, name: str, raw: io.BufferedReader, content_type: str = "", url: str = "") -> None:
        self.name = name
        self.content_type = content_type
        self.url = url
        self.next_url = ""
        self._raw = raw
        self.stream = raw if raw.peek(2)[:2] != _GZIP else _buffered(_Gunzip(raw))

    @classmethod
    def of_bytes(cls, name: str, data: bytes, content_type: str = "", url: str = "") -> Self:
        return cls(name, _buffered(io.BytesIO(data)), content_type, url)

    def head(self) -> bytes:
        """The first bytes, up to 64 KiB, without consuming them."""
        return self.stream.peek(_HEAD_BYTES)[:_HEAD_BYTES]

    def whole(self, limit: int) -> bytes:
        """All bytes. Raises SourceUnreadable if there are more than `limit`."""
        data = self.stream.read(limit + 1)
        if len(data) > limit:
            raise self._too_large(limit)
        return data

    def chunks(self, limit: int | None) -> Iterator[bytes]:
        """Yield all bytes in pieces of at most 64 KiB. Raises SourceUnreadable if there are more than `limit` bytes."""
        given = 0
        while chunk := self.stream.read(_HEAD_BYTES):
            given += len(chunk)
            if limit is not None and given > limit:
                raise self._too_large(limit)
            yield chunk

    def _too_large(self, limit: int) -> SourceUnreadable:
        return SourceUnreadable(f"{self.name}: larger than {limit // 2**20} MB, the limit for this format")

    def position(self) -> int:
        """The number of stored (perhaps compressed) bytes read so far; 0 if it is unknown."""
        try:
            return self._raw.tell()
        except OSError:
            return 0


@dataclass(frozen=True)
class Source:
    """A source that is not yet open. `size` is the number of stored (perhaps compressed) bytes; None if unknown."""

    name: str
    size: int | None
    _connect: Callable[[], contextlib.AbstractContextManager[OpenSource]]

    @contextlib.contextmanager
    def open(self) -> Iterator[OpenSource]:
        """Open the source for the duration of the `with` block. Raises SourceUnreadable, or the errors of `fetch`."""
        with contextlib.ExitStack() as until_closed:
            with unreadable_errors(self.name):
                opened = until_closed.enter_context(self._connect())
            yield opened


@contextlib.contextmanager
def unreadable_errors(name: str) -> Iterator[None]:
    """Convert errors of reading and decompressing to SourceUnreadable."""
    try:
        yield
    except (OSError, EOFError, zlib.error) as error:
        raise SourceUnreadable(f"{name}: cannot be read: {plain_message(error)}") from error


def find(argument: str, *, document: Callable[[str], Source] | None = None) -> list[Source]:
    """Find the sources of one argument of `warta import`: a path, `-` for standard input, or an http(s) URL.

    A folder means all files in it and in its subfolders, sorted by path, without hidden ones. `document` makes
    the source of a URL; without it, `of_url` does. Raises SourceUnreadable if there is no such file or folder.
    """
    if not argument:
        raise SourceUnreadable("an empty name: there is no such file or folder")
    if argument == "-":
        return [Source("standard input", None, _standard_input)]
    if argument.lower().startswith(("http://", "https://")):
        return [(document or of_url)(posts_url(argument))]
    path = Path(argument)
    with unreadable_errors(argument):
        if path.is_dir():
            return _folder(path)
        if path.exists():
            return [_file(path)]
    raise SourceUnreadable(f"{argument}: there is no such file or folder")


def of_url(
    url: str,
    *,
    allow: Sequence[IpNetwork] = (),
    before: Callable[[str], None] = lambda _url: None,
    after: Callable[[float, Exception | None, int], bool] = lambda _started, _error, _tries: False,
) -> Source:
    """The document at a URL. `before` is called with the URL of each request before it, and its errors refuse it.

    `after` is called after it with the time at which it began (of the monotonic clock), its error, and the number of
    requests so far. It returns True for another try.
    """

    def fetched(url: str) -> HttpResponse:
        tries = 0
        while True:
            before(url)
            tries += 1
            started = time.monotonic()
            try:
                response = fetch(url, allow=allow, limit_bytes=MAX_URL_BYTES, timeout=MAX_URL_SECONDS)
            except OutgoingError as error:
                if not after(started, error, tries):
                    raise
            else:
                after(started, None, tries)
                return response

    def opened(url: str) -> OpenSource:
        response = fetched(url)
        charset = f"; charset={response.charset}" if response.charset else ""
        source = OpenSource.of_bytes(_named(url), response.body, response.media_type + charset, response.url)
        source.next_url = _next_url(response)
        source.fetch = opened
        return source

    @contextlib.contextmanager
    def connect() -> Iterator[OpenSource]:
        yield opened(url)

    return Source(_named(url), None, connect)


def _named(url: str) -> str:
    """The URL as messages show it, without a password."""
    return url if _BARE.match(url) else masked(url)


def _next_url(response: HttpResponse) -> str:
    """The URL of the next page in the `Link` headers; "" if there is none."""
    found = _NEXT.search(", ".join(response.headers.getlist("Link")))
    return urljoin(response.url, found[1]) if found else ""


def _folder(folder: Path) -> list[Source]:
    found: list[tuple[Path, Source]] = []

    def unreadable(error: OSError) -> None:
        found.append((Path(error.filename), _unreadable(error)))

    is_article = layout(folder)
    for path, folders, files in os.walk(folder, onerror=unreadable):
        folders[:] = [name for name in folders if not name.startswith(".")]
        paths = [Path(path, name) for name in files if not name.startswith(".")]
        found += [(path, _file(path)) for path in paths if path.is_file() and is_article(path)]
    if not found:
        raise SourceUnreadable(f"{folder}: there is no file in this folder")
    return [source for _, source in sorted(found, key=lambda pair: pair[0])]


def _unreadable(error: OSError) -> Source:
    """A source for a folder that cannot be listed. It raises the error when opened; the other sources are read."""

    @contextlib.contextmanager
    def connect() -> Iterator[OpenSource]:
        raise error
        yield

    return Source(str(error.filename), None, connect)


def _file(path: Path) -> Source:
    @contextlib.contextmanager
    def connect() -> Iterator[OpenSource]:
        with path.open("rb", buffering=0) as raw:
            source = OpenSource(str(path), _buffered(raw))
            source.modified = datetime.fromtimestamp(path.stat().st_mtime, UTC)
            yield source

    return Source(str(path), path.stat().st_size if path.is_file() else None, connect)


@contextlib.contextmanager
def _standard_input() -> Iterator[OpenSource]:
    if sys.stdin is None:  # the shell's <&-
        raise SourceUnreadable("standard input: it is closed")
    raw = cast(Any, sys.stdin.buffer)
    yield OpenSource("standard input", raw if isinstance(raw, io.BufferedReader) else _buffered(raw))


def _buffered(raw: Any) -> io.BufferedReader:
    return io.BufferedReader(cast(io.RawIOBase, raw), _HEAD_BYTES)
