import pytest

from service.core.metrics import Metrics
from service.core.redis import RedisLink
from service.push.delivery_counts import DeliveryCounts


@pytest.fixture
def counts(link: RedisLink, metrics: Metrics) -> DeliveryCounts:
    return DeliveryCounts(link, metrics)
