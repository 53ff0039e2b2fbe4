"""A disk that is slow, full, or hangs, for the files of one folder: a C library between a program and the system."""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SOURCE = Path(__file__).with_name("faulty_disk.c")
COMPILER = shutil.which("cc")


class FaultyDisk:
    """The disk of `folder`, for programs that are started with `environment`. `work` is a folder on another disk."""

    def __init__(self, folder: Path, work: Path) -> None:
        assert COMPILER, "a C compiler is needed (cc)"
        library = work / "faulty_disk.so"
        subprocess.run([COMPILER, "-shared", "-fPIC", "-O1", "-o", str(library), str(SOURCE)], check=True)
        self._fault = work / "fault"
        self.environment = {
            "LD_PRELOAD": str(library),
            "FAULTY_DISK_FOLDER": str(folder.resolve()),
            "FAULTY_DISK_FAULT": str(self._fault),
        }

    @contextmanager
    def slow(self, milliseconds: int) -> Iterator[None]:
        """In the block, each sync of a file takes so long."""
        yield from self._during(str(milliseconds))

    @contextmanager
    def hanging(self) -> Iterator[None]:
        """In the block, nothing is read, written or synced."""
        yield from self._during("hang")

    @contextmanager
    def full(self) -> Iterator[None]:
        """In the block, no file can become longer."""
        yield from self._during("full")

    def _during(self, fault: str) -> Iterator[None]:
        self._fault.write_text(fault)
        try:
            yield
        finally:
            self._fault.unlink()
