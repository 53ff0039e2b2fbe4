"""The store of Warta's own WebSub hub: topics, subscriptions, requests that wait to be verified, and the report."""

from service.storage.hub.report import DeliveryReport, HubReports, HubTotals
from service.storage.hub.requests import HubRequestStore, PendingRequest
from service.storage.hub.subscriptions import (
    Delivered,
    DueSubscription,
    Ended,
    Failed,
    Outcome,
    Returned,
    Settlement,
    Subscriptions,
    TopicContent,
)
from service.storage.hub.topics import HubTopic, HubTopics

__all__ = [
    "Delivered",
    "DeliveryReport",
    "DueSubscription",
    "Ended",
    "Failed",
    "HubReports",
    "HubRequestStore",
    "HubTopic",
    "HubTopics",
    "HubTotals",
    "Outcome",
    "PendingRequest",
    "Returned",
    "Settlement",
    "Subscriptions",
    "TopicContent",
]
