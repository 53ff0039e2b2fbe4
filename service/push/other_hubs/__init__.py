"""WebSub hubs of others: told of each change (a ping), with evidence of what they do with it.

A `HubPinger` tells one hub. `HubFetches` notices in the polls whether a hub has come to fetch the feeds.
"""

from service.push.other_hubs.fetches import HubFetches
from service.push.other_hubs.pinger import HubPinger

__all__ = ["HubFetches", "HubPinger"]
