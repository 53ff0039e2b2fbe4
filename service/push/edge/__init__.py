"""The edge: the caches in front of Warta. They keep a response until its lifetime ends or Warta purges it.

Responses carry tags: the names of the lists that they show. When a list changes, its tag waits in Redis until every
cache of the edge has purged it.
"""

from service.push.edge.purging import Purger, Purges
from service.push.edge.tags import COMMON_TAG, OUTDATED_MAX_AGE, edge_headers

__all__ = ["COMMON_TAG", "OUTDATED_MAX_AGE", "Purger", "Purges", "edge_headers"]
