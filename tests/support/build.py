"""The objects of a process, on an empty store; and the types of the fixtures that make one more process."""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager

from flask.testing import FlaskClient

from service.bootstrap import Services
from service.core.settings.model import Settings
from service.storage.migrations import migrate

Build = Callable[[Settings], Services]
SiteClient = Callable[..., FlaskClient]  # from the settings, and the settings of `pages` by keyword


@contextmanager
def opened(settings: Settings) -> Iterator[Services]:
    """The objects of a process that has started: with a migrated store, and the views that Redis needs."""
    with closing(Services.build(settings)) as services:
        migrate(services.database)
        services.view_persistence.refill()
        yield services
