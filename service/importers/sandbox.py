"""Parse documents of other sites in a separate process. It is killed when it takes too much time or memory.

Parsers have inputs that take quadratic time or that crash them, and anybody can write such a document. See
`sandbox_worker` for the code of the process. A process takes a quarter of a second to start, so it parses one document
after the other. One that fails is replaced.
"""

import atexit
import contextlib
import json
import os
import selectors
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, cast

from pydantic_core import from_json

from service.importers.source import OpenSource, SourceUnreadable

MAX_SILENT_SECONDS = 15.0  # seconds; the process is killed if for so long it neither takes bytes nor writes anything
_CHUNK_BYTES = 64 * 1024
_HERE = Path(__file__).parent
_WORKER = _HERE / "sandbox_worker.py"


def parse_in_process(reader: str, source: OpenSource, limit: int | None) -> Iterator[dict[str, Any] | str]:
    """Run a reader on a source in a separate process. Yield each item as a dict, or a str with the reason of a refusal.

    `reader` is the name of a file or a folder beside this one, without `.py`. Memory does not grow with the length of
    the source. Raises SourceUnreadable, perhaps after some items, if the document is not what the reader expects, has
    more than `limit` bytes, or takes too much memory or time. Threads may call it at the same time.
    """
    with _POOL.borrowed(reader) as process:
        for line in process.answers(source, source.chunks(limit)):
            answer = _answer(line)
            if "error" in answer:
                process.reusable = bool(answer["reusable"])
                raise SourceUnreadable(f"{source.name}: {answer['error']}")
            if "end" in answer:
                process.reusable = bool(answer["end"])
                return
            yield answer["item"] if "item" in answer else str(answer["refused"])
        raise SourceUnreadable(f"{source.name}: cannot be read: {process.ending()}")


def _answer(line: bytes) -> dict[str, Any]:
    try:
        return dict(from_json(line))
    except ValueError:  # the worker writes valid JSON, so the only possible error is the depth
        return {"refused": "nested too deep"}


class _Process:
    """A process that runs one reader. `reusable`: it has parsed a document to its end and waits for another."""

    def __init__(self, reader: str) -> None:
        path = _HERE / reader
        command = [sys.executable, "-I", str(_WORKER), str(path / "__init__.py" if path.is_dir() else f"{path}.py")]
        self._process = subprocess.Popen(  # noqa: S603 - our own program
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        self._to, self._back = cast(IO[bytes], self._process.stdin), cast(IO[bytes], self._process.stdout)
        os.set_blocking(self._to.fileno(), False)
        self.reusable = False

    def answers(self, source: OpenSource, chunks: Iterator[bytes]) -> Iterator[bytes]:
        """Write the source to the process, and yield the lines of its answer.

        Raises SourceUnreadable if the process neither takes nor writes bytes for MAX_SILENT_SECONDS.
        """
        self.reusable = False
        frames = _frames(source, chunks)
        unsent, line = next(frames), b""
        with selectors.DefaultSelector() as pipes:
            pipes.register(self._to, selectors.EVENT_WRITE)
            pipes.register(self._back, selectors.EVENT_READ)
            while ready := {key.fileobj for key, _ in pipes.select(MAX_SILENT_SECONDS)}:
                if self._to in ready:
                    unsent = self._sent(unsent) or next(frames, b"")
                    if not unsent:
                        pipes.unregister(self._to)
                if self._back in ready:
                    data = os.read(self._back.fileno(), _CHUNK_BYTES)
                    if not data:
                        return
                    *whole, line = (line + data).split(b"\n")
                    yield from whole
        raise SourceUnreadable(f"{source.name}: not read within {MAX_SILENT_SECONDS:g} seconds")

    def _sent(self, data: bytes) -> bytes:
        """Write to the pipe. Returns the bytes that the process did not take, none if the pipe is closed."""
        try:
            return data[os.write(self._to.fileno(), data) :]
        except BrokenPipeError:
            return b""

    def ending(self) -> str:
        code = self._process.wait()
        return f"the parser gave up ({signal.Signals(-code).name})" if code < 0 else f"the parser ended with {code}"

    def close(self) -> None:
        self._process.kill()
        self._process.wait()
        with contextlib.suppress(BrokenPipeError):
            self._to.close()
        self._back.close()


def _frames(source: OpenSource, chunks: Iterator[bytes]) -> Iterator[bytes]:
    """The document as `sandbox_worker` reads it: a line of JSON, pieces with their length, and an empty piece."""
    yield json.dumps({"content_type": source.content_type, "url": source.url}).encode() + b"\n"
    for chunk in chunks:
        yield b"%d\n%b" % (len(chunk), chunk)
    yield b"0\n"


class _Pool:
    """Idle processes, at most one for each reader."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._idle: dict[str, _Process] = {}
        # The processes of unfinished readings. The garbage collector must not end one before its reading does.
        self._lent: set[_Process] = set()
        os.register_at_fork(after_in_child=self._forget)  # a process that is forked must not share the pipes

    @contextlib.contextmanager
    def borrowed(self, reader: str) -> Iterator[_Process]:
        with self._lock:
            process = self._idle.pop(reader, None)
        process = process or _Process(reader)
        self._lent.add(process)
        try:
            yield process
        finally:
            self._lent.discard(process)
            with self._lock:
                kept = process.reusable and self._idle.setdefault(reader, process) is process
            if not kept:
                process.close()

    def close(self) -> None:
        with self._lock:
            idle, self._idle = list(self._idle.values()), {}
        for process in idle:
            process.close()

    def _forget(self) -> None:
        self._lock = threading.Lock()
        self._idle = {}


_POOL = _Pool()
atexit.register(_POOL.close)
