"""The generation: a change in one process is seen by all on the same data directory."""

import subprocess
import sys
import time
from pathlib import Path

import pytest

from service.documents.change_signal import DOUBT, Generation


def test_every_change_is_another_value_that_all_see(tmp_path: Path) -> None:
    here, there = Generation(tmp_path / "data"), Generation(tmp_path / "data")
    seen = {here.now()}
    for changing in (here, there) * 50:
        changing.next()
        assert here.now() == there.now()
        seen.add(here.now())
    assert len(seen) == 101


def test_another_process_is_heard(tmp_path: Path) -> None:
    here = Generation(tmp_path)
    before = here.now()
    script = (
        f"import pathlib, service.documents.change_signal as g; g.Generation(pathlib.Path({str(tmp_path)!r})).next()"
    )
    subprocess.run([sys.executable, "-c", script], check=True, cwd=Path(__file__).parents[2])
    assert here.now() != before
    assert here.now() == Generation(tmp_path).now()


def test_a_doubt_is_shared_and_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    here, there = Generation(tmp_path), Generation(tmp_path)
    before = there.now()
    assert not there.in_doubt()
    here.doubt()
    assert there.in_doubt()
    assert there.now() == before
    for later in (DOUBT + 1, -DOUBT):  # also where the clock has been put back
        now = time.time() + later
        monkeypatch.setattr(time, "time", lambda: now)  # noqa: B023
        assert not there.in_doubt()
        monkeypatch.undo()


def test_where_no_file_can_be_a_process_goes_by_itself(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    alone = Generation(tmp_path / "file")
    before = alone.now()
    alone.next()
    assert alone.now() != before
