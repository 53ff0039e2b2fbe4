"""Bringing a database to the state that this version of Warta needs (Alembic).

All migrations are one transaction, unless one of them works in portions (portions.py). Then other processes write
between the portions.
"""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from service.core.errors import StoreUnavailable
from service.storage.database import Database


def migrate(database: Database) -> None:
    """Apply what is missing. Raises StoreUnavailable, also for a database of a newer Warta."""
    if not pending(database):
        return
    with database.migrating() as connection:
        command.upgrade(_config(connection), "head")


def pending(database: Database) -> bool:
    """True if `migrate` has something to do. Raises StoreUnavailable, also for a database of a newer Warta."""
    scripts = ScriptDirectory.from_config(_config())
    with database.reading() as connection:
        current = MigrationContext.configure(connection).get_current_revision()
    if current and current not in {script.revision for script in scripts.walk_revisions()}:
        raise StoreUnavailable(f"the store {database} was made by a newer Warta (revision {current})")
    return current != scripts.get_current_head()


def _config(connection: object = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.attributes["connection"] = connection
    return config
