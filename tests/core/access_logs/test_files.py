"""Log files: every compression gives the same text from every position."""

import bz2
import gzip
import lzma
from collections.abc import Callable
from pathlib import Path

import pytest
import zstandard

from service.core.access_logs.files import UNREADABLE, open_log

TEXT = b"".join(b"%d baris dari log\n" % n for n in range(50_000))
CODINGS: dict[str, Callable[[bytes], bytes]] = {
    "none": lambda text: text,
    "gzip": gzip.compress,
    "zstd": zstandard.ZstdCompressor().compress,
    "zstd, two frames": lambda text: zstandard.compress(text[:999]) + zstandard.compress(text[999:]),
    "bzip2": bz2.compress,
    "xz": lzma.compress,
}


@pytest.mark.parametrize("coding", list(CODINGS))
def test_a_log_is_read_from_any_position(tmp_path: Path, coding: str) -> None:
    path = tmp_path / "access.log"
    path.write_bytes(CODINGS[coding](TEXT))
    with open_log(path) as file:
        assert file.readline() == b"0 baris dari log\n"
        for position in (500_000, 3, 0, len(TEXT)):
            assert file.seek(position) == position
            assert file.read(20_000) == TEXT[position : position + 20_000]
        file.seek(0)
        assert file.read() == TEXT


@pytest.mark.parametrize("coding", [coding for coding in CODINGS if coding != "none"])
def test_a_compressed_log_that_ends_early_or_is_damaged_is_unreadable(tmp_path: Path, coding: str) -> None:
    whole = CODINGS[coding](TEXT)
    for damaged in (whole[:-40], whole[:2000], whole[:30] + bytes(60) + whole[90:]):
        (tmp_path / "access.log").write_bytes(damaged)
        with pytest.raises(UNREADABLE), open_log(tmp_path / "access.log") as file:
            file.read()
