"""Files of the data directory are for Warta's user alone, whatever the umask is and whatever was there before."""

import os
import stat
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from service.core.private_files import private_file, private_folder, restrict
from service.core.redis import PrivateRedis
from service.documents.change_signal import ChangeSignal
from service.storage import ArticleStore, Database
from service.storage.migrations import migrate
from tests.support.articles import NOW, submission
from tests.support.server import COMMAND, Server, environment


@pytest.fixture(params=[0o000, 0o022, 0o077, 0o177])
def umask(request: pytest.FixtureRequest) -> Iterator[int]:
    before = os.umask(request.param)
    yield request.param
    os.umask(before)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def modes(folder: Path) -> dict[str, int]:
    """Of the folder and all that is in it, but sockets, which have permissions of their own."""
    return {str(path): mode(path) for path in (folder, *folder.rglob("*")) if not path.is_socket()}


def is_private(folder: Path) -> None:
    for path, found in modes(folder).items():
        assert oct(found) == oct(0o700 if Path(path).is_dir() else 0o600), path


def open_up(folder: Path) -> None:
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o777 if path.is_dir() else 0o666)


def used(folder: Path) -> Database:
    """A data directory with all that is made in it."""
    ChangeSignal(folder).send()
    database = Database(f"sqlite:///{folder / 'warta.sqlite'}")
    migrate(database)
    ArticleStore(database).put([submission("1")], NOW)
    return database


def test_new_files_and_those_of_before(tmp_path: Path, umask: int) -> None:
    folder = tmp_path / "data"
    for _ in range(2):
        redis = PrivateRedis(folder)
        redis.start()
        database = used(folder)
        try:
            made = {path.name for path in folder.rglob("*")}
            assert made >= {"warta.sqlite", "warta.sqlite-wal", "warta.sqlite-shm", "generation", "redis.lock"}
            assert made >= {"redis.log", "appendonlydir"}
            is_private(folder)
        finally:
            database.close()
            redis.stop()
        open_up(folder)
        (folder / "warta.sqlite-journal").touch()


def test_a_server_with_any_umask_and_after_an_older_version(tmp_path: Path) -> None:
    """The workers' metrics, too."""
    folder = tmp_path / "data"
    before = os.umask(0)
    try:
        for _ in range(2):
            with Server(folder) as server:
                server.get("/latest.rss")
                assert list((folder / "metrics").iterdir())
                is_private(folder)
            open_up(folder)
    finally:
        os.umask(before)


def test_a_command_makes_private_files(tmp_path: Path) -> None:
    subprocess.run(
        [*COMMAND, "import", "-"],
        input=b'{"id": "1", "title": "Judul"}',
        check=True,
        cwd="/",
        env=environment(tmp_path / "data"),
        umask=0,
        capture_output=True,
    )
    is_private(tmp_path / "data")


def test_what_the_operator_shares_with_a_group_stays_shared_and_others_get_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    used(folder).close()
    folder.chmod(0o2755)
    (folder / "warta.sqlite").chmod(0o644)
    used(folder).close()
    assert mode(folder) == 0o2750
    assert mode(folder / "warta.sqlite") == 0o640
    assert mode(folder / "generation") == 0o600


def test_permissions_are_only_taken_away(tmp_path: Path) -> None:
    file = tmp_path / "berkas"
    private_file(file)
    file.chmod(0o444)
    restrict(file)
    assert mode(file) == 0o400
    restrict(tmp_path / "tiada")
    private_folder(tmp_path / "a" / "b")
    for before, after in {0o755: 0o700, 0o2775: 0o2770, 0o1777: 0o1777}.items():
        (tmp_path / "a" / "b").chmod(before)
        private_folder(tmp_path / "a" / "b")
        assert mode(tmp_path / "a" / "b") == after
    with pytest.raises(FileExistsError):
        private_folder(file)


def test_a_folder_that_was_there_before_an_sqlite_file_is_left_as_it_is(tmp_path: Path) -> None:
    """It may be /tmp."""
    folder = tmp_path / "bersama"
    folder.mkdir()
    folder.chmod(0o1777)
    used_there = Database(f"sqlite:///{folder / 'warta.sqlite'}")
    migrate(used_there)
    used_there.close()
    assert mode(folder) == 0o1777
    assert mode(folder / "warta.sqlite") == 0o600
