"""Parse documents of other sites in a separate process. It is killed when it takes too much time or memory.

Parsers have inputs that take quadratic time or that crash them, and anybody can write such a document. See
`sandbox_worker` for the code of the process.
"""

import os
import selectors
import signal
import subprocess
import sys
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

    `reader` is the name of a file in this folder, without `.py`. Memory does not grow with the length of the source.
    Raises SourceUnreadable, perhaps after some items, if the document is not what the reader expects, has more than
    `limit` bytes, or takes too much memory or time.
    """
    command = [sys.executable, "-I", str(_WORKER), str(_HERE / f"{reader}.py"), source.content_type, source.url]
    with subprocess.Popen(  # noqa: S603 - our own program
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as process:
        try:
            for line in _lines(process, source, source.chunks(limit)):
                answer = _answer(line)
                if "error" in answer:
                    raise SourceUnreadable(f"{source.name}: {answer['error']}")
                yield answer["item"] if "item" in answer else str(answer["refused"])
            if process.wait():
                raise SourceUnreadable(f"{source.name}: cannot be read: {_ending(process.returncode)}")
        finally:
            process.kill()


def _answer(line: bytes) -> dict[str, Any]:
    try:
        return dict(from_json(line))
    except ValueError:  # the worker writes valid JSON, so the only possible error is the depth
        return {"refused": "nested too deep"}


def _lines(process: subprocess.Popen[bytes], source: OpenSource, chunks: Iterator[bytes]) -> Iterator[bytes]:
    """Write the chunks to the process and yield the lines of its output.

    Raises SourceUnreadable if the process neither takes nor writes bytes for MAX_SILENT_SECONDS.
    """
    to, back = cast(IO[bytes], process.stdin), cast(IO[bytes], process.stdout)
    os.set_blocking(to.fileno(), False)
    unsent, line = b"", b""
    with selectors.DefaultSelector() as pipes:
        pipes.register(to, selectors.EVENT_WRITE)
        pipes.register(back, selectors.EVENT_READ)
        while ready := {key.fileobj for key, _ in pipes.select(MAX_SILENT_SECONDS)}:
            if to in ready:
                unsent = unsent or next(chunks, b"")
                sent = _send(to, unsent)
                unsent = unsent[sent:]
                if not sent:
                    pipes.unregister(to)
                    to.close()
            if back in ready:
                data = os.read(back.fileno(), _CHUNK_BYTES)
                if not data:
                    return
                *whole, line = (line + data).split(b"\n")
                yield from whole
    raise SourceUnreadable(f"{source.name}: not read within {MAX_SILENT_SECONDS:g} seconds")


def _send(to: IO[bytes], data: bytes) -> int:
    """Write to the pipe. Returns how many bytes the process took: 0 at the end of the data or if the pipe is closed."""
    try:
        return os.write(to.fileno(), data) if data else 0
    except BrokenPipeError:
        return 0


def _ending(code: int) -> str:
    return f"the parser gave up ({signal.Signals(-code).name})" if code < 0 else f"the parser ended with {code}"
