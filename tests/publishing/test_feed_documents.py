"""Documents of feeds: a feed that has never existed leaves nothing in Redis."""

import pytest
from flask.testing import FlaskClient
from redis import Redis

from service.bootstrap import Services
from tests.support.articles import submission

INVENTED = (
    "category/tiada/popular/24h",
    "category/tiada/popular",
    "category/tiada/trending",
    "category/tiada",
    "tag/x",
)


def keys(redis_url: str) -> set[bytes]:
    with Redis.from_url(redis_url) as client:
        return {*client.keys()}


@pytest.mark.parametrize("path", INVENTED)
@pytest.mark.parametrize("accept", ["text/html", "application/rss+xml"])
def test_a_feed_that_has_never_existed_leaves_no_key(
    services: Services, client: FlaskClient, redis_url: str, path: str, accept: str
) -> None:
    services.publisher.put([submission("satu")])
    client.get("/tiada", headers={"Accept": "text/html"})  # the boxes of all error pages
    before = keys(redis_url)
    for n in range(3):
        assert client.get(f"/{path}", headers={"Accept": accept}).status_code == 404
        assert client.get(f"/{path}.json?limit={n + 1}").status_code == 404
    assert keys(redis_url) == before


def test_a_list_that_comes_into_being_later_is_found(services: Services, client: FlaskClient) -> None:
    assert client.get("/category/dinamika/popular.rss").status_code == 404
    services.publisher.put([submission("satu")])
    assert client.get("/category/dinamika/popular.rss").status_code == 200
