"""Warta's own WebSub hub (W3C Recommendation of 23 January 2018): subscribers get each new document of their topics.

A topic is a feed in one format, by its `self` URL. `subscription_form` reads the requests of subscribers, `verifier`
asks their callbacks whether they meant it, and `distributor` delivers. `hub_worker` runs both in a loop of its own.
"""

from service.push.hub.subscription_form import MAX_FORM_BYTES, read_form
from service.push.hub.topic_urls import Topic, TopicUrls

__all__ = ["MAX_FORM_BYTES", "Topic", "TopicUrls", "read_form"]
