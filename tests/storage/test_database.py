"""What a database that cannot be reached or used is for the rest of Warta: one clear line, without the password."""

import os
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import StatementError

from service.core.errors import NotFound, SettingsError, StoreUnavailable, WartaError
from service.storage import ArticleStore, Database
from service.storage.migrations import migrate
from tests.support.articles import NOW, submission


def complaint(ask: Callable[[], object], kind: type[WartaError] = StoreUnavailable) -> str:
    with pytest.raises(kind) as error:
        ask()
    assert "\n" not in str(error.value)
    assert "rahasia" not in str(error.value)
    return str(error.value)


@pytest.mark.parametrize(
    "address", ["warta:rahasia@127.0.0.1:1/warta", "127.0.0.1:1/warta?user=warta&password=rahasia"]
)
def test_a_postgresql_that_does_not_answer(address: str) -> None:
    database = Database(f"postgresql+psycopg://{address}")
    store = ArticleStore(database)
    for ask in (
        lambda: store.newest("latest", 10, NOW),
        lambda: store.put([submission("1")], NOW),
        lambda: store.apply_deadlines(NOW),
        lambda: migrate(database),
    ):
        line = complaint(ask)
        assert line.startswith("the store postgresql+psycopg://")
        assert "127.0.0.1:1/warta" in line
        assert "Connection refused" in line


@pytest.mark.parametrize("address", ["postgresql://warta:rahasia@db:port/warta", "postgresql:warta:rahasia@db"])
def test_an_address_that_is_none(address: str) -> None:
    assert "database_url: cannot be read" in complaint(lambda: Database(address), SettingsError)


def test_an_sqlite_file_that_cannot_be_opened(tmp_path: Path) -> None:
    (tmp_path / "berkas").write_text("bukan folder")
    assert "cannot be used" in complaint(lambda: Database(f"sqlite:///{tmp_path}/berkas/warta.sqlite"))
    assert "unable to open database file" in complaint(
        lambda: ArticleStore(Database(f"sqlite:///{tmp_path}")).is_empty()
    )


def test_an_sqlite_file_that_is_something_else(tmp_path: Path) -> None:
    (tmp_path / "foto.png").write_bytes(b"\x89PNG\r\n\x1a\n" + b"x" * 4096)
    line = complaint(lambda: ArticleStore(Database(f"sqlite:///{tmp_path / 'foto.png'}")).is_empty())
    assert line.endswith("foto.png cannot be used: file is not a database")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_an_sqlite_file_that_may_not_be_written(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'store.sqlite'}")
    migrate(database)
    database.close()
    (tmp_path / "store.sqlite").chmod(0o400)
    tmp_path.chmod(0o500)
    line = complaint(
        lambda: ArticleStore(Database(f"sqlite:///{tmp_path / 'store.sqlite'}")).put([submission("1")], NOW)
    )
    assert "readonly" in line


def test_what_fails_inside_a_transaction_is_undone(database: Database) -> None:
    store = ArticleStore(database)
    store.put([submission("1")], NOW)
    with pytest.raises(NotFound), database.writing() as connection:
        connection.execute(text("DELETE FROM placements"))
        connection.execute(text("DELETE FROM articles"))
        raise NotFound("berhenti")
    assert [entry.id for entry in store.newest("latest", 10, NOW).entries] == ["1"]
    complaint(lambda: _broken(database))
    assert store.article("1").id == "1"


def _broken(database: Database) -> None:
    with database.writing() as connection:
        connection.execute(text("DELETE FROM placements"))
        connection.execute(text("SELECT * FROM tiada"))


def test_a_reading_sees_one_state_while_another_writes(database: Database) -> None:
    store = ArticleStore(database)
    store.put([submission("1")], NOW)
    count = text("SELECT count(*) FROM articles")
    with database.reading() as connection:
        assert connection.execute(count).scalar() == 1
        writer = threading.Thread(target=store.put, args=([submission("2")], NOW))
        writer.start()
        writer.join()  # a reader never holds a writer up
        assert connection.execute(count).scalar() == 1
    with database.reading() as connection:
        assert connection.execute(count).scalar() == 2


def test_times_come_back_in_utc_as_the_same_instant(database: Database) -> None:
    store = ArticleStore(database)
    jakarta = datetime(1921, 2, 12, 9, 33, tzinfo=timezone(timedelta(hours=7, minutes=7, seconds=12)))
    store.put([submission("1", published_at=jakarta), submission("2", published_at="2200-12-31T23:59:59Z")], NOW)
    assert store.article("1").published_at == jakarta
    assert store.article("1").published_at.tzinfo is UTC
    assert store.article("2").published_at == datetime(2200, 12, 31, 23, 59, 59, tzinfo=UTC)


def test_a_time_without_a_zone_is_a_mistake_and_never_stored(database: Database) -> None:
    with pytest.raises((StatementError, StoreUnavailable), match="a stored time needs a zone"):
        ArticleStore(database).newest("latest", 10, NOW.replace(tzinfo=None))
