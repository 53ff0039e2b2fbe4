"""Counting of page views, by windows of time. It counts people, not requests, so that "popular" is true."""

from service.views.ceilings import Ceilings
from service.views.counter import PORTION, ViewCounter
from service.views.editorial import Rulings
from service.views.persistence_redis import Aside, Keeping
from service.views.windows import WINDOWS, Fate, Window

__all__ = ["PORTION", "WINDOWS", "Aside", "Ceilings", "Fate", "Keeping", "Rulings", "ViewCounter", "Window"]
