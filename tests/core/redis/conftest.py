"""Every form of Redis that Warta can use."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from service.core.metrics import Metrics
from service.core.redis import PrivateRedis, RedisLink, connect
from tests.support.nodes import cluster, watched_pair


@pytest.fixture(params=["unix", "sentinel", "cluster"])
def any_link(request: pytest.FixtureRequest, tmp_path: Path, metrics: Metrics) -> Iterator[RedisLink]:
    """A link to each form of Redis in turn."""
    match request.param:
        case "unix":
            own_redis: PrivateRedis = request.getfixturevalue("own_redis")
            with closing(RedisLink(connect(own_redis.url), metrics)) as link:
                yield link
        case "sentinel":
            with watched_pair(tmp_path) as (url, *_), closing(RedisLink(connect(url), metrics)) as link:
                yield link
        case "cluster":
            with cluster(tmp_path) as url, closing(RedisLink(connect(url), metrics)) as link:
                yield link
