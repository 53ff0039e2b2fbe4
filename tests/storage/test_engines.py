"""The engines of SQLAlchemy: URLs that are wrong, and connections that are closed with the engine."""

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, text

from service.core.errors import SettingsError
from service.storage import Database
from service.storage.engines import read_url, sqlite_file
from tests.support.server import eventually


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://warta:rahasia@db:port/warta",
        "postgresql:warta:rahasia@db",
        "postgresql://war/ta:rahasia@db/warta",
        "sqlite://rahasia@db/warta",
        "sqlite://rahasia/warta",
    ],
)
def test_a_url_that_cannot_be_read_is_refused_without_its_password(url: str) -> None:
    with pytest.raises(SettingsError, match=r"^database_url: ") as refusal:
        read_url(url)
    assert "rahasia" not in str(refusal.value)


def test_only_sqlite_has_a_file() -> None:
    assert sqlite_file(read_url("sqlite:////srv/warta.sqlite")) == Path("/srv/warta.sqlite")
    for url in ("sqlite://", "sqlite:///:memory:", "sqlite:///file:warta?uri=true", "postgresql://warta@db/warta"):
        assert sqlite_file(read_url(url)) is None


def driver(connection: Connection) -> Any:
    return connection.connection.driver_connection


def is_closed(database: Database, connection: Any) -> bool:
    """Whether the driver's connection is closed. It is the only one of the database."""
    if not database.is_sqlite:
        return bool(connection.closed)
    files = {link.resolve() for link in Path("/proc/self/fd").iterdir()}
    return sqlite_file(database.engine.url) not in files  # Python crashes when a thread uses what another one closes


def test_a_connection_in_use_is_closed_when_it_comes_back_after_the_end_of_the_engine(database: Database) -> None:
    in_use, disposed = threading.Event(), threading.Event()

    def use() -> Any:
        with database.reading(long=True) as connection:
            in_use.set()
            assert disposed.wait(10)
            assert connection.execute(text("SELECT 7")).scalar() == 7  # the end does not disturb it
            return driver(connection)

    with ThreadPoolExecutor() as threads:
        used = threads.submit(use)
        assert in_use.wait(10)
        database.close()
        disposed.set()
        eventually(lambda: is_closed(database, used.result()))


def test_an_engine_goes_on_after_its_connections_were_closed(database: Database) -> None:
    with database.reading() as connection:
        before = driver(connection)
    assert not is_closed(database, before)
    database.close()
    assert is_closed(database, before)
    for _ in range(2):
        with database.reading() as connection:
            assert connection.execute(text("SELECT 7")).scalar() == 7
            after = driver(connection)
    assert not is_closed(database, after)
