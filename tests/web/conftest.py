"""A browser, and a news site for it."""

from collections.abc import Iterator

import pytest

from tests.support.chromium import Chromium
from tests.support.news_site import NewsSite


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chromium]:
    with Chromium(tmp_path_factory.mktemp("chromium")) as browser:
        yield browser


@pytest.fixture
def site() -> Iterator[NewsSite]:
    with NewsSite() as site:
        yield site
