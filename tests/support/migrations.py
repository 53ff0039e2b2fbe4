"""One migration once more, on a database that is up to date: as after a crash in the middle of it."""

from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import ScriptDirectory

from service.storage import Database
from service.storage.migrations import _config


def repeat_migration(database: Database, revision: str) -> None:
    script = ScriptDirectory.from_config(_config()).get_revision(revision)
    assert script
    with database.migrating() as connection, Operations.context(MigrationContext.configure(connection)):
        script.module.upgrade()
