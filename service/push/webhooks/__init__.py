"""Webhooks (Standard Webhooks): the newsroom's own systems get an event for each change of an article.

A `Courier` gives each endpoint its turns. In a turn, `EndpointTurn` takes events from the change log and from the
`EventQueue` of those that wait, in the order of each article. A `Sender` signs and sends them.
"""

from service.push.webhooks.courier import Courier
from service.push.webhooks.events import EVENT_TYPES
from service.push.webhooks.sender import Sender

__all__ = ["EVENT_TYPES", "Courier", "Sender"]
