"""The common parts of the commands: settings, the objects of the process, and a Redis."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import click

from service.bootstrap import Services
from service.cli.terminal import say
from service.core.errors import SettingsError, StoreUnavailable
from service.core.redis import PrivateRedis
from service.core.settings.files import CONFIG_VARIABLE, SEARCHED, settings_file
from service.core.settings.loader import load
from service.core.settings.model import Settings
from service.storage import Database


def settings(overrides: Mapping[str, object] | None = None, *, may_start_here: bool = False) -> Settings:
    """Load the settings. `overrides` are values of options; None means that the option is not given.

    Only commands that `may_start_here` go on where neither settings nor a store are in sight. The others would work on
    a new, empty store in the current folder. Raises SettingsError.
    """
    loaded = load(os.environ, {name: value for name, value in (overrides or {}).items() if value is not None})
    if not may_start_here and not _in_sight(loaded):
        files = ", ".join(str(path.absolute()) for path in SEARCHED)
        raise SettingsError(
            f"there are no settings and no store here: no file {files}, and no store "
            f"{(loaded.data_dir / 'warta.sqlite').absolute()}. Set {CONFIG_VARIABLE} to the path of your settings "
            "file, or WARTA_DATA_DIR to the folder of the store"
        )
    return loaded


def _in_sight(settings: Settings) -> bool:
    """True if a settings file, a setting or an existing store says where the service keeps its data."""
    named = {"data_dir", "database_url"} & settings.model_fields_set
    file = settings.store_file
    return bool(named or settings_file(os.environ)) or file is None or file.exists()


def named(_context: click.Context, _parameter: click.Parameter, name: str) -> str:
    """Validate the name of a token or a person: a click callback for options and arguments. Raises BadParameter."""
    if not name.strip() or not name.isprintable() or len(name) > 200:
        raise click.BadParameter("must have 1 to 200 printable characters")
    return name


@contextmanager
def services(settings: Settings, *, tell_new: bool = True) -> Iterator[Services]:
    """The objects of the process, on a store that is migrated. They are closed at the end. Raises StoreUnavailable.

    An SQLite file that is missing is created. With `tell_new`, a line on standard error says where.
    """
    file = settings.store_file
    is_new = file is not None and not file.exists()
    built = Services.build(settings, serves=False)
    try:
        prepare(built.database)
        if is_new and tell_new and file:
            say(f"created a new, empty store: {file.absolute()}", err=True)
        yield built
    finally:
        built.close()


@contextmanager
def redis(settings: Settings, *, adopts: bool = False) -> Iterator[PrivateRedis | None]:
    """A private Redis for the duration of the block; None if the settings name a Redis.

    A private Redis that already runs in the data directory is used. A block that `adopts` stops it at the end, unless
    the process that has started it is alive.
    """
    if settings.redis_url:
        yield None
        return
    private = PrivateRedis(settings.data_dir, adopts=adopts)
    try:
        private.start()
        yield private
    finally:
        private.stop()


def prepare(database: Database) -> None:
    """Migrate an SQLite file. For a database server, raise StoreUnavailable with the command for the operator.

    An SQLite file belongs to this service alone; other processes may use the database of a server.
    """
    from service.storage.migrations import migrate, pending

    if not pending(database):
        return
    if not database.is_sqlite:
        raise StoreUnavailable(f"the store {database} needs a migration first; run: warta migrate")
    migrate(database)
