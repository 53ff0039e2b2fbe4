"""Counting of page views, by windows of time. It counts people, not requests, so that "popular" is true."""

from service.views.ceilings import Ceilings
from service.views.counter import ViewCounter
from service.views.editorial import RedisOverrides
from service.views.redis_views import PendingBatch, RedisViews
from service.views.windows import WINDOWS, Fate, Window

__all__ = ["WINDOWS", "Ceilings", "Fate", "PendingBatch", "RedisOverrides", "RedisViews", "ViewCounter", "Window"]
