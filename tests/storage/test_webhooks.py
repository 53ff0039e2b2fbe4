"""Endpoints of webhooks and the turns at them, on SQLite and on PostgreSQL."""

from dataclasses import replace
from datetime import timedelta

import pytest

from service.core.errors import CursorUnknown, NotFound, TooManyWebhooks, WebhookExists
from service.storage import ArticleStore, Database, EventChanges, Turn, WaitingEvent, WebhookStore, WebhookTurns
from service.storage.webhooks import MAX_WEBHOOKS
from tests.support.articles import NOW, submission

LENGTH = timedelta(seconds=30)
URL = "https://arsip.example/warta"
LATER = NOW + timedelta(minutes=1)


@pytest.fixture
def webhooks(database: Database) -> WebhookStore:
    return WebhookStore(database)


@pytest.fixture
def turns(database: Database) -> WebhookTurns:
    return WebhookTurns(database)


def taken(turns: WebhookTurns, name: str = "arsip") -> Turn:
    turn = turns.take(name, NOW, LENGTH)
    assert turn
    return turn


def test_an_endpoint_gets_the_changes_from_its_beginning_on(
    webhooks: WebhookStore, turns: WebhookTurns, store: ArticleStore
) -> None:
    store.put([submission("lama")], NOW)
    webhooks.add("arsip", URL, ["article.published"], ["politik"], NOW)
    assert turns.due(NOW) == []
    store.put([submission("baru")], NOW)
    assert turns.due(NOW) == ["arsip"]
    found = webhooks.webhook("arsip")
    assert (found.url, found.events, found.categories) == (URL, ("article.published",), ("politik",))
    assert (found.behind, found.waiting, found.abandoned, found.delivered) == (1, 0, 0, 0)
    turn = taken(turns)
    assert [change.article_id for change in store.changes(turn.state.position, 10)] == ["baru"]
    assert (turn.events, turn.categories, turn.waiting) == (
        frozenset({"article.published"}),
        frozenset({"politik"}),
        (),
    )


def test_one_process_has_the_turn_until_it_ends_or_its_time_is_over(
    webhooks: WebhookStore, turns: WebhookTurns, store: ArticleStore
) -> None:
    webhooks.add("arsip", URL, [], [], NOW)
    store.put([submission("1")], NOW)
    first = taken(turns)
    assert turns.take("arsip", NOW, LENGTH) is None
    assert turns.due(NOW) == []
    second = turns.take("arsip", NOW + LENGTH, LENGTH)  # the first process was killed
    assert second
    state = replace(first.state, position=1, delivered=1)
    assert not turns.save(first, state, EventChanges(), NOW, LENGTH)
    assert not turns.end(first, state, EventChanges(), NOW, None, held=False)
    assert webhooks.webhook("arsip").delivered == 0
    assert turns.end(second, replace(second.state, position=1), EventChanges(), NOW, None, held=False)
    assert turns.due(NOW + LENGTH) == []


def test_events_wait_and_are_given_up_and_replayed(
    webhooks: WebhookStore, turns: WebhookTurns, store: ArticleStore
) -> None:
    webhooks.add("arsip", URL, [], [], NOW)
    store.put([submission("1"), submission("2")], NOW)
    turn = taken(turns)
    failed = WaitingEvent(1, "1", NOW, LATER, NOW, 1, "the endpoint answers 500")
    behind = WaitingEvent(2, "1", NOW)
    changes = EventChanges(waiting={1: failed, 2: behind})
    assert turns.end(turn, replace(turn.state, position=2), changes, NOW, LATER, held=False)
    assert (turns.due(NOW), turns.due(LATER)) == ([], ["arsip"])
    turn = taken(turns)
    assert turn.waiting == (failed, behind)
    old = replace(failed, attempts=9)
    turns.end(
        turn, replace(turn.state, given_up=1), EventChanges(given_up={1: old}, delivered={2}), NOW, None, held=False
    )
    found = webhooks.webhook("arsip")
    assert (found.waiting, found.abandoned, found.given_up) == (0, 1, 1)
    [event] = webhooks.undelivered("arsip", 10)
    assert (event.change_key, event.attempts, event.given_up_at) == (1, 9, NOW)
    assert webhooks.replay("arsip", None, LATER) == 1
    assert turns.due(LATER) == ["arsip"]
    assert taken(turns).waiting == (replace(old, since=LATER, next_at=LATER, attempts=0),)


def test_a_held_endpoint_is_not_woken_by_changes(
    webhooks: WebhookStore, turns: WebhookTurns, store: ArticleStore
) -> None:
    webhooks.add("arsip", URL, [], [], NOW)
    store.put([submission("1")], NOW)
    turn = taken(turns)
    turns.end(turn, turn.state, EventChanges(), NOW, LATER, held=True)
    assert (turns.due(NOW), turns.due(LATER)) == ([], ["arsip"])
    assert taken(turns).held_until == LATER
    webhooks.enable("arsip", NOW)
    assert turns.due(NOW) == ["arsip"]
    assert taken(turns).held_until is None


def test_a_disabled_endpoint_is_tested_and_enabled(
    webhooks: WebhookStore, turns: WebhookTurns, store: ArticleStore
) -> None:
    webhooks.add("arsip", URL, [], [], NOW)
    store.put([submission("1")], NOW)
    turn = taken(turns)
    turns.end(turn, replace(turn.state, disabled_at=NOW), EventChanges(), NOW, None, held=False)
    assert turns.due(LATER) == []
    webhooks.want_test("arsip")
    assert turns.due(LATER) == ["arsip"]
    assert taken(turns).state.test_wanted
    webhooks.enable("arsip", LATER)
    assert webhooks.webhook("arsip").disabled_at is None


def test_a_replay_goes_back_to_a_cursor_or_a_time(
    webhooks: WebhookStore, turns: WebhookTurns, store: ArticleStore
) -> None:
    for number in range(4):
        store.put([submission(f"{number}")], NOW + timedelta(hours=number))
    webhooks.add("arsip", URL, [], [], NOW)
    assert webhooks.replay("arsip", NOW + timedelta(hours=2), LATER) == 2
    assert taken(turns).state.position == 2
    [first, *_] = store.changes(0, 10)
    assert webhooks.replay("arsip", first.cursor, LATER) == 3
    assert webhooks.replay("arsip", "0", LATER) == 4
    with pytest.raises(CursorUnknown):
        webhooks.replay("arsip", "99-00000000", LATER)


def test_a_rotated_secret_is_valid_for_the_overlap(webhooks: WebhookStore, turns: WebhookTurns) -> None:
    first = webhooks.add("arsip", URL, [], [], NOW)
    second = webhooks.rotate("arsip", NOW, timedelta(hours=1))
    assert first != second
    assert taken(turns).secrets == (second, first)
    assert webhooks.destination("arsip", NOW + timedelta(hours=1)) == (URL, [second])
    third = webhooks.rotate("arsip", NOW, timedelta(0))
    assert webhooks.destination("arsip", NOW) == (URL, [third])
    assert first not in repr(webhooks.webhooks())


def test_names_are_unique_and_bounded(webhooks: WebhookStore) -> None:
    webhooks.add("arsip", URL, [], [], NOW)
    with pytest.raises(WebhookExists, match="there is a webhook 'arsip' already"):
        webhooks.add("arsip", URL, [], [], NOW)
    for number in range(MAX_WEBHOOKS - 1):
        webhooks.add(f"a{number}", URL, [], [], NOW)
    with pytest.raises(TooManyWebhooks, match="there are 50 webhooks already"):
        webhooks.add("lebih", URL, [], [], NOW)
    webhooks.remove("arsip")
    assert len(webhooks.webhooks()) == MAX_WEBHOOKS - 1


@pytest.mark.parametrize("name", ["tiada", "a\0b", ""])
def test_an_unknown_name_is_not_found(webhooks: WebhookStore, name: str) -> None:
    for use in (
        webhooks.webhook,
        webhooks.remove,
        webhooks.want_test,
        lambda name: webhooks.enable(name, NOW),
        lambda name: webhooks.change(name, URL, [], []),
        lambda name: webhooks.rotate(name, NOW, LENGTH),
        lambda name: webhooks.replay(name, None, NOW),
        lambda name: webhooks.replay(name, "0", NOW),
        lambda name: webhooks.undelivered(name, 1),
        lambda name: webhooks.destination(name, NOW),
    ):
        with pytest.raises(NotFound, match="there is no webhook"):
            use(name)


def test_a_change_tells_what_differs(store: ArticleStore) -> None:
    store.put([submission("1", categories=["Politik"])], NOW)
    store.put([submission("1", categories=["Ekonomi"], correction="Nama diperbaiki.")], LATER)
    store.withdraw("1", LATER)
    store.put([submission("2", published_at=LATER.isoformat())], NOW)
    store.apply_deadlines(LATER)
    found = [(change.kind, change.detail) for change in store.changes(0, 10)]
    details = [(kind, detail.fields, detail.categories, detail.corrected) for kind, detail in found if detail]
    assert details == [
        ("published", (), ("politik",), False),
        ("updated", ("categories", "updated_at", "correction"), ("ekonomi", "politik"), True),
        ("withdrawn", ("status",), ("ekonomi",), False),
        ("published", (), ("dinamika",), False),
    ]
