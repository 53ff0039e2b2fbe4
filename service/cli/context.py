"""The common parts of the commands: settings, the objects of the process, and a Redis."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import click

from service.bootstrap import Services
from service.core.errors import StoreUnavailable
from service.core.redis import PrivateRedis
from service.core.settings.loader import load
from service.core.settings.model import Settings
from service.storage import Database


def settings(overrides: Mapping[str, object] | None = None) -> Settings:
    """Load the settings. `overrides` are values of options; None means that the option is not given.

    Raises SettingsError.
    """
    return load(os.environ, {name: value for name, value in (overrides or {}).items() if value is not None})


def named(_context: click.Context, _parameter: click.Parameter, name: str) -> str:
    """Validate the name of a token or a person: a click callback for options and arguments. Raises BadParameter."""
    if not name.strip() or not name.isprintable() or len(name) > 200:
        raise click.BadParameter("must have 1 to 200 printable characters")
    return name


@contextmanager
def services(settings: Settings) -> Iterator[Services]:
    """The objects of the process, on a store that is migrated. They are closed at the end. Raises StoreUnavailable."""
    built = Services.build(settings)
    try:
        prepare(built.database)
        yield built
    finally:
        built.close()


@contextmanager
def redis(settings: Settings) -> Iterator[PrivateRedis | None]:
    """A private Redis for the duration of the block; None if the settings name a Redis.

    A private Redis that already runs in the data directory is used.
    """
    if settings.redis_url:
        yield None
        return
    private = PrivateRedis(settings.data_dir)
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
