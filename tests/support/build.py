"""The types of the fixtures that make one more process with other settings."""

from collections.abc import Callable

from flask.testing import FlaskClient

from service.bootstrap import Services
from service.core.settings.model import Settings

Build = Callable[[Settings], Services]
SiteClient = Callable[..., FlaskClient]  # from the settings, and the settings of `pages` by keyword
