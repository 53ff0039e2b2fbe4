"""What a database that cannot be reached or used is for the rest of Warta: one clear line, without the password."""

import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError, StatementError

from service.core.errors import NotFound, StoreUnavailable, WartaError
from service.storage import ArticleStore, Database, postgresql
from service.storage.migrations import migrate
from tests.support.articles import NOW, submission
from tests.support.postgres import PostgresServer
from tests.support.server import eventually


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


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    for limit in ("READ_SECONDS", "WRITE_SECONDS", "PROBE_SECONDS", "READ_PATIENCE_SECONDS"):
        monkeypatch.setattr(f"service.storage.database.{limit}", 0.3)


@pytest.fixture
def on_postgres(postgres: PostgresServer) -> Iterator[Database]:
    url = postgres.empty_database()
    database = Database(url.replace("postgresql://", "postgresql+psycopg://"))
    migrate(database)
    yield database
    database.close()
    postgres.drop(url)


@pytest.mark.usefixtures("impatient")
def test_a_postgresql_that_hangs_ends_every_wait_and_is_used_again_when_it_answers(
    postgres: PostgresServer, on_postgres: Database
) -> None:
    """The sessions from before, which hold locks and results, are given up."""
    store = ArticleStore(on_postgres)
    store.put([submission("1")], NOW)
    other = Database(on_postgres.engine.url.render_as_string(hide_password=False))
    with closing(other), pytest.raises(StoreUnavailable), on_postgres.reading(long=True) as connection:
        connection.execute(text("SELECT 1"))
        with postgres.frozen():
            for each in (store, ArticleStore(other)):
                assert "in time" in complaint(each.is_empty)
            complaint(lambda: store.put([submission("2")], NOW))
            started = time.monotonic()
            with pytest.raises(OperationalError, match="does not answer"):  # has 30 seconds, but no hope
                connection.execute(text("SELECT 1"))
            for _ in range(1000):
                complaint(lambda: store.article("1"))
            assert time.monotonic() - started < 5
    eventually(lambda: answers(store))
    assert store.article("1").id == "1"
    store.put([submission("3")], NOW)
    assert store.article("3").id == "3"


@pytest.mark.usefixtures("impatient")
def test_a_query_that_is_slow_is_given_up_and_the_store_goes_on(on_postgres: Database) -> None:
    with pytest.raises(StoreUnavailable, match="in time"), on_postgres.reading() as connection:
        connection.execute(text("SELECT pg_sleep(5)"))
    assert ArticleStore(on_postgres).is_empty()  # at once: the server has answered a probe
    with on_postgres.reading(long=True) as connection:
        connection.execute(text("SELECT pg_sleep(0.6)"))


@pytest.mark.usefixtures("impatient")
def test_a_command_has_more_time_for_a_reading_than_a_reader_of_feeds(on_postgres: Database) -> None:
    """Such as that of a thousand articles after an import, in a store of a million on a slow disk."""
    url = on_postgres.engine.url.render_as_string(hide_password=False)
    with closing(Database(url, serves=False)) as patient, patient.reading() as connection:
        connection.execute(text("SELECT pg_sleep(0.6)"))


def test_a_writer_that_is_silent_loses_the_lock_and_nobody_waits_long_for_it(
    on_postgres: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Such as a host that is cut off in the middle of a transaction."""
    monkeypatch.setitem(postgresql._SESSION, "lock_timeout", 200)
    monkeypatch.setitem(postgresql._SESSION, "idle_in_transaction_session_timeout", 2_000)
    silent = Database(on_postgres.engine.url.render_as_string(hide_password=False))
    store = ArticleStore(silent)

    def stored() -> bool:
        try:
            store.put([submission("1")], NOW)
        except StoreUnavailable:
            return False
        return True

    with closing(silent), pytest.raises(StoreUnavailable), silent.writing() as connection:
        assert "lock timeout" in complaint(lambda: store.put([submission("1")], NOW))
        eventually(stored)
        connection.execute(text("SELECT 1"))
    assert ArticleStore(on_postgres).article("1").id == "1"


def test_a_migration_has_no_time_limit(on_postgres: Database) -> None:
    limit = text("SHOW statement_timeout")
    with on_postgres.migrating() as connection:
        assert connection.execute(limit).scalar() == "0"
    with on_postgres.writing() as connection:
        assert connection.execute(limit).scalar() == "30s"


def answers(store: ArticleStore) -> bool:
    try:
        return not store.is_empty()
    except StoreUnavailable:
        return False


def test_an_sqlite_file_that_cannot_be_opened(tmp_path: Path) -> None:
    (tmp_path / "berkas").write_text("bukan folder")
    assert "cannot be used" in complaint(lambda: Database(f"sqlite:///{tmp_path}/berkas/warta.sqlite"))
    with closing(Database(f"sqlite:///{tmp_path}")) as folder:
        assert "unable to open database file" in complaint(ArticleStore(folder).is_empty)


def test_an_sqlite_file_that_is_something_else(tmp_path: Path) -> None:
    (tmp_path / "foto.png").write_bytes(b"\x89PNG\r\n\x1a\n" + b"x" * 4096)
    with closing(Database(f"sqlite:///{tmp_path / 'foto.png'}")) as photo:
        line = complaint(ArticleStore(photo).is_empty)
    assert line.endswith("foto.png cannot be used: file is not a database")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_an_sqlite_file_that_may_not_be_written(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'store.sqlite'}")
    migrate(database)
    database.close()
    (tmp_path / "store.sqlite").chmod(0o400)
    tmp_path.chmod(0o500)
    with closing(Database(f"sqlite:///{tmp_path / 'store.sqlite'}")) as read_only:
        line = complaint(lambda: ArticleStore(read_only).put([submission("1")], NOW))
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
