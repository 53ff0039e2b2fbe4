"""Two signals in memory that all processes of a host share: a change, and a Redis that may lack changes.

The processes of a host are those with one data directory.

Redis has the changes for all hosts, but a question to Redis takes a hundred times as long as a look at eight bytes of
memory.
"""

import mmap
import os
import secrets
import struct
import time
from functools import cached_property
from pathlib import Path

from service.core.private_files import private_file, private_folder

SUSPECT_SECONDS = 10.0  # the longest time until a Redis that is back has all changes

_VALUE_BYTES = 8
_UNTIL = struct.Struct("d")  # seconds since the epoch
_SUSPECT = slice(_VALUE_BYTES, _VALUE_BYTES + _UNTIL.size)
_HOST = slice(_SUSPECT.stop, _SUSPECT.stop + 8)  # the random id of the host
_SIZE = _HOST.stop


class ChangeSignal:
    """Eight shared bytes that every change replaces, and the time until which Redis is suspect.

    The file is created on first use. If that fails, each process has bytes of its own, and finds the changes of other
    processes in Redis.
    """

    def __init__(self, data_dir: Path) -> None:
        self._path = data_dir / "generation"

    def value(self) -> bytes:
        """The current value. It differs from the values before each earlier change."""
        return self._shared[:_VALUE_BYTES]

    def send(self) -> None:
        """Signal a change. The new value is random, so that two changes at the same time cannot cancel each other."""
        self._shared[:_VALUE_BYTES] = secrets.token_bytes(_VALUE_BYTES)

    def mark_redis_suspect(self) -> None:
        """Signal that Redis may lack changes: it could not be written, or it is about to return with lost data."""
        self._shared[_SUSPECT] = _UNTIL.pack(time.time() + SUSPECT_SECONDS)

    def is_redis_suspect(self) -> bool:
        """True if a process of this host called `mark_redis_suspect` less than SUSPECT_SECONDS ago."""
        until: float = _UNTIL.unpack(self._shared[_SUSPECT])[0]
        return 0 < until - time.time() <= SUSPECT_SECONDS  # a clock that was set back must not prolong it

    @property
    def host_id(self) -> str:
        """A random id, which the processes of this host share and no other host has."""
        if not any(self._shared[_HOST]):
            self.renew_host_id()
        return self._shared[_HOST].hex()

    def renew_host_id(self) -> None:
        """Replace the id, which another host may have if the data directory is a copy. For the start of a host."""
        self._shared[_HOST] = secrets.token_bytes(_HOST.stop - _HOST.start)

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
        except OSError:  # a full disk, or a file system without mmap
            return mmap.mmap(-1, _SIZE)
        finally:
            os.close(file)
