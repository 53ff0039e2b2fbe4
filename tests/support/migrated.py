"""Empty stores with the current schema. A copy takes a fraction of the time of the migrations."""

import shutil
import tempfile
from functools import cache
from pathlib import Path

from service.storage import Database
from service.storage.migrations import migrate
from tests.support.postgres import PostgresServer


def migrated_file(file: Path) -> None:
    """Make an empty SQLite store, unless the file exists."""
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(_sqlite(), file)


def migrated_database(server: PostgresServer, address: str) -> None:
    """Replace the empty database at this URL by a copy of one with the current schema."""
    server.replace(address, _postgresql(server))


@cache
def _sqlite() -> Path:
    file = Path(tempfile.mkdtemp(prefix="warta-tests-")) / "migrated.sqlite"
    _migrate(f"sqlite:///{file}")
    return file


@cache
def _postgresql(server: PostgresServer) -> str:
    address = server.empty_database()
    _migrate(address.replace("postgresql://", "postgresql+psycopg://"))
    return address


def _migrate(url: str) -> None:
    database = Database(url)
    migrate(database)
    database.close()
