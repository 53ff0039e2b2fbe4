"""The change signal: a change in one process is seen by all on the same data directory."""

import subprocess
import sys
import time
from pathlib import Path

import pytest

from service.documents.change_signal import SUSPECT_SECONDS, ChangeSignal


def test_every_change_is_another_value_that_all_see(tmp_path: Path) -> None:
    here, there = ChangeSignal(tmp_path / "data"), ChangeSignal(tmp_path / "data")
    seen = {here.value()}
    for changing in (here, there) * 50:
        changing.send()
        assert here.value() == there.value()
        seen.add(here.value())
    assert len(seen) == 101


def test_another_process_is_heard(tmp_path: Path) -> None:
    here = ChangeSignal(tmp_path)
    before = here.value()
    script = (
        f"import pathlib, service.documents.change_signal as g; g.ChangeSignal(pathlib.Path({str(tmp_path)!r})).send()"
    )
    subprocess.run([sys.executable, "-c", script], check=True, cwd=Path(__file__).parents[2])
    assert here.value() != before
    assert here.value() == ChangeSignal(tmp_path).value()


def test_a_suspicion_is_shared_and_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    here, there = ChangeSignal(tmp_path), ChangeSignal(tmp_path)
    before = there.value()
    assert not there.is_redis_suspect()
    here.mark_redis_suspect()
    assert there.is_redis_suspect()
    assert there.value() == before
    for later in (SUSPECT_SECONDS + 1, -SUSPECT_SECONDS):  # also where the clock has been put back
        now = time.time() + later
        monkeypatch.setattr(time, "time", lambda: now)  # noqa: B023
        assert not there.is_redis_suspect()
        monkeypatch.undo()


def test_where_no_file_can_be_a_process_goes_by_itself(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    alone = ChangeSignal(tmp_path / "file")
    before = alone.value()
    alone.send()
    assert alone.value() != before
