"""The turns of those who write to an SQLite file: in the order in which they came, over all threads and processes."""

import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import closing
from pathlib import Path

import pytest

from service.core.errors import StoreUnavailable
from service.storage import ArticleStore, Database
from service.storage.migrations import migrate
from service.storage.turns import WriterTurns
from tests.support.articles import NOW, submission
from tests.support.server import ROOT, eventually

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux has these locks")

# Takes a turn, says so, and keeps it until its input ends.
HOLD = """
import sys
from pathlib import Path
from service.storage.turns import WriterTurns
with WriterTurns(Path(sys.argv[1])).take(60):
    print("has the turn", flush=True)
    sys.stdin.read()
"""


def waiting(queue: Path) -> int:
    """The number of tickets on the file, the running turn included."""
    inode = queue.stat().st_ino
    return sum(f":{inode} " in line and "->" not in line for line in Path("/proc/locks").read_text().splitlines())


def test_writers_have_their_turns_in_the_order_in_which_they_came(tmp_path: Path) -> None:
    turns, came = WriterTurns(tmp_path / "warta.sqlite"), []

    def write(name: int) -> None:
        with turns.take(60):
            came.append(name)

    writers = [threading.Thread(target=write, args=(name,)) for name in range(12)]
    with turns.take(60):
        for number, writer in enumerate(writers):
            writer.start()
            expected = number + 2
            eventually(lambda: waiting(tmp_path / "warta.sqlite-turns") == expected)  # noqa: B023 - at once
    for writer in writers:
        writer.join()
    assert came == list(range(12))


def test_the_turn_of_another_process_ends_with_it_even_when_it_is_killed(tmp_path: Path) -> None:
    turns = WriterTurns(tmp_path / "warta.sqlite")
    command = [sys.executable, "-c", HOLD, str(tmp_path / "warta.sqlite")]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout
        assert other.stdout.readline() == "has the turn\n"
        with pytest.raises(StoreUnavailable, match="another process is writing"), turns.take(0.05):
            pass
        other.send_signal(signal.SIGKILL)
        with turns.take(60):
            assert other.wait() == -signal.SIGKILL


def test_a_writer_waits_as_long_as_others_have_their_turns(tmp_path: Path) -> None:
    """Twenty turns of 0.05 seconds: each is shorter than the patience of 0.5 seconds, all together are longer."""
    turns = WriterTurns(tmp_path / "warta.sqlite")
    done: list[int] = []

    def write(name: int) -> None:
        with turns.take(0.5):
            time.sleep(0.05)
            done.append(name)

    writers = [threading.Thread(target=write, args=(name,)) for name in range(20)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert len(done) == 20


def test_a_folder_without_room_for_the_queue_does_not_keep_anybody_from_writing(tmp_path: Path) -> None:
    (tmp_path / "warta.sqlite-turns").mkdir()
    with closing(Database(f"sqlite:///{tmp_path / 'warta.sqlite'}")) as database:
        migrate(database)
        ArticleStore(database).put([submission("1")], NOW)
        assert ArticleStore(database).article("1").id == "1"
    with WriterTurns(tmp_path / "tiada" / "warta.sqlite").take(0.1):
        pass


def test_the_queue_is_as_private_as_the_database(tmp_path: Path) -> None:
    with WriterTurns(tmp_path / "warta.sqlite").take(1):
        pass
    assert (tmp_path / "warta.sqlite-turns").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "warta.sqlite-turns").stat().st_size == 0
