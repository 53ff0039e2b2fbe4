"""A CMS with a token."""

from collections.abc import Mapping

import pytest
from flask.testing import FlaskClient

from tests.support.cms import Cms


@pytest.fixture
def cms(client: FlaskClient, token: Mapping[str, str]) -> Cms:
    return Cms(client, token)
