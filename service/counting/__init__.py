"""Counting page views: of people rather than of requests, in windows of time, so that "popular" is true."""

from service.counting.ceilings import Ceilings
from service.counting.counter import PORTION, ViewCounter
from service.counting.curated import Rulings
from service.counting.keeping import Aside, Keeping
from service.counting.windows import WINDOWS, Fate, Window

__all__ = ["PORTION", "WINDOWS", "Aside", "Ceilings", "Fate", "Keeping", "Rulings", "ViewCounter", "Window"]
