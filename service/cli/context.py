"""What commands share: the settings, the objects, and a Redis to work with."""

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
    """The settings, with the options that were given. Raises SettingsError."""
    return load(os.environ, {name: value for name, value in (overrides or {}).items() if value is not None})


def named(_context: click.Context, _parameter: click.Parameter, name: str) -> str:
    """A callback for options and arguments that name a token, or somebody."""
    if not name.strip() or not name.isprintable() or len(name) > 200:
        raise click.BadParameter("must have 1 to 200 printable characters")
    return name


@contextmanager
def services(settings: Settings) -> Iterator[Services]:
    """Every object, on a store that is ready. Raises StoreUnavailable."""
    built = Services.build(settings)
    try:
        prepare(built.database)
        yield built
    finally:
        built.close()


@contextmanager
def redis(settings: Settings) -> Iterator[PrivateRedis | None]:
    """A private Redis for as long as the block runs, if settings name no other. One that runs already is used."""
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
    """Migrate an SQLite file, which is ours alone; of a server's database say that somebody should."""
    from service.storage.migrations import migrate, pending

    if not pending(database):
        return
    if not database.is_sqlite:
        raise StoreUnavailable(f"the store {database} needs a migration first; run: warta migrate")
    migrate(database)
