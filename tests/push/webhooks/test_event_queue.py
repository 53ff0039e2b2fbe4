"""The queue of waiting events keeps the order of each article, whatever fails."""

from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from service.push.webhooks.event_queue import EventQueue
from service.storage import WaitingEvent
from tests.support.articles import NOW

OUTCOMES = st.sampled_from(["delivered", "failed", "given up"])


def event(key: int, article_id: str) -> WaitingEvent:
    return WaitingEvent(key, article_id, NOW)


@given(st.lists(st.sampled_from("abc"), max_size=20), st.lists(OUTCOMES, max_size=60), st.booleans())
def test_events_of_an_article_leave_in_order_and_the_store_can_follow(
    articles: list[str], outcomes: list[str], stored: bool
) -> None:
    events = [event(key, article_id) for key, article_id in enumerate(articles, 1)]
    queue = EventQueue(events if stored else [])
    rows = {each.change_key: each for each in events} if stored else {}
    for each in events if not stored else ():
        queue.add(each)

    def save() -> None:
        changes = queue.take_changes()
        rows.update(changes.waiting)
        for key in [*changes.delivered, *changes.given_up]:
            rows.pop(key, None)

    now, left = NOW, []
    for outcome in outcomes:
        now += timedelta(seconds=1)
        head = queue.due(now)
        if head is None:
            break
        if outcome == "failed":
            queue.retry(replace(head, attempts=head.attempts + 1, attempted_at=now, next_at=now))
        else:
            queue.remove(head, given_up=outcome == "given up")
            left.append(head)
        if len(left) % 2:
            save()
    save()
    for article_id in "abc":
        keys = [each.change_key for each in left if each.article_id == article_id]
        assert keys == sorted(keys)
        assert queue.has(article_id) == (len(keys) < articles.count(article_id))
    assert set(rows) == {each.change_key for each in events} - {each.change_key for each in left}
    assert len(queue) == len({each.article_id for each in rows.values()})


def test_only_the_first_event_of_an_article_is_due() -> None:
    later = NOW + timedelta(minutes=5)
    queue = EventQueue([replace(event(1, "a"), next_at=later, attempted_at=NOW), event(2, "a"), event(3, "b")])
    assert queue.due(NOW) == event(3, "b")
    queue.remove(event(3, "b"))
    assert queue.due(NOW) is None
    assert queue.next_at(NOW) == later
    assert (queue.failed_since(None), queue.failed_since(NOW)) == (1, 0)
    queue.retry_all(NOW)
    assert queue.due(NOW) == replace(event(1, "a"), next_at=NOW, attempted_at=NOW)


def test_a_new_event_that_is_delivered_leaves_nothing() -> None:
    queue = EventQueue([])
    queue.remove(event(1, "a"))
    changes = queue.take_changes()
    assert not (changes.waiting or changes.given_up or changes.delivered)
