"""The events of webhooks: their types, ids and payloads, and the events that an endpoint wants."""

import json
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, get_args

from service.articles.article import Article
from service.storage import ChangeLogEntry

EventType = Literal["article.published", "article.updated", "article.corrected", "article.withdrawn", "article.expired"]
EVENT_TYPES: tuple[EventType, ...] = get_args(EventType)
TEST_TYPE = "webhook.test"


@dataclass(frozen=True)
class Message:
    """A message to an endpoint. The `id` stays the same when it is sent again; receivers know it by that."""

    id: str
    body: str


def event_type(change: ChangeLogEntry) -> str:
    """The type of the event of a change."""
    corrected = change.kind == "updated" and change.detail is not None and change.detail.corrected
    return f"article.{'corrected' if corrected else change.kind}"


def is_wanted(
    change: ChangeLogEntry,
    events: Collection[str],
    categories: Collection[str],
    categories_now: Callable[[str], Collection[str]],
) -> bool:
    """True if an endpoint with these filters wants the event of the change. An empty filter wants all.

    A category counts if the article was in it before the change or is in it afterwards. Changes that an earlier release
    has logged do not have their categories: for them `categories_now` returns the present ones of an article id.
    """
    if events and event_type(change) not in events:
        return False
    if not categories:
        return True
    theirs = change.detail.categories if change.detail else categories_now(change.article_id)
    return not set(theirs).isdisjoint(categories)


def event_message(change: ChangeLogEntry, article: Article) -> Message:
    """The message of a change. It has the article as it is stored now."""
    changed = change.detail.fields if change.detail else ()
    data = {"id": change.article_id, "changed": list(changed), "article": article.fields()}
    return _message(f"evt_{change.cursor}", event_type(change), change.at, data)


def sample_message(id_: str, now: datetime) -> Message:
    """The message of a test."""
    return _message(id_, TEST_TYPE, now, {"message": "This is a test of Warta. The signature is valid."})


def _message(id_: str, type_: str, at: datetime, data: dict[str, Any]) -> Message:
    return Message(id_, json.dumps({"type": type_, "timestamp": at.isoformat(), "data": data}, ensure_ascii=False))
