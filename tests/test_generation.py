"""The generation: a change in one process is seen by all on the same data directory."""

import subprocess
import sys
from pathlib import Path

from service.generation import Generation


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
    script = f"import pathlib, service.generation as g; g.Generation(pathlib.Path({str(tmp_path)!r})).next()"
    subprocess.run([sys.executable, "-c", script], check=True, cwd=Path(__file__).parents[1])
    assert here.now() != before
    assert here.now() == Generation(tmp_path).now()


def test_where_no_file_can_be_a_process_goes_by_itself(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    alone = Generation(tmp_path / "file")
    before = alone.now()
    alone.next()
    assert alone.now() != before
