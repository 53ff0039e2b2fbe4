"""A sign that something has changed, seen at once by every process of a data directory; and one that Redis may not have
been told of it.

Redis tells the former to all hosts, but asking it takes a hundred times as long as looking at eight bytes of memory.
"""

import mmap
import os
import secrets
import struct
import time
from functools import cached_property
from pathlib import Path

from service.core.private_files import private_file, private_folder

DOUBT = 10.0  # seconds that Redis takes at most to be told, once it is back

_SIGN = 8  # bytes
_UNTIL = struct.Struct("d")  # seconds since the epoch
_SIZE = _SIGN + _UNTIL.size


class Generation:
    """Another value after every change. The file is made on first use; where that fails, each process is alone, and
    learns from Redis what others change."""

    def __init__(self, data_dir: Path) -> None:
        self._path = data_dir / "generation"

    def now(self) -> bytes:
        """The value that stands for everything that has changed so far."""
        return self._shared[:_SIGN]

    def next(self) -> None:
        """Something has changed. Random, so that two who say so at once cannot undo each other."""
        self._shared[:_SIGN] = secrets.token_bytes(_SIGN)

    def doubt(self) -> None:
        """Redis could not be told of a change, or is about to come back with less than it knew."""
        self._shared[_SIGN:] = _UNTIL.pack(time.time() + DOUBT)

    def in_doubt(self) -> bool:
        """Whether that was less than DOUBT seconds ago."""
        until: float = _UNTIL.unpack(self._shared[_SIGN:])[0]
        return 0 < until - time.time() <= DOUBT  # the clock may have been put back

    @cached_property
    def _shared(self) -> mmap.mmap:
        try:
            private_folder(self._path.parent)
            private_file(self._path)
            file = os.open(self._path, os.O_RDWR | os.O_CLOEXEC)
        except OSError:
            return mmap.mmap(-1, _SIZE)
        try:
            if os.fstat(file).st_size < _SIZE:
                os.ftruncate(file, _SIZE)
            return mmap.mmap(file, _SIZE)
        except OSError:  # a disk without room, or without maps
            return mmap.mmap(-1, _SIZE)
        finally:
            os.close(file)
