"""The delta index: the entries of a document that a reader of an earlier one lacks, or that no delta can tell."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from service.documents.delta import MAX_EARLIER_DOCUMENTS
from service.documents.document import Document
from service.documents.parts import DocumentParts, Fragment

AT = datetime(2026, 2, 22, 2, 40, tzinfo=UTC)
Entries = Sequence[tuple[str, int]]  # ids and versions


def document(entries: Entries, previous: Document | None = None, withdrawn: Sequence[str] = ()) -> Document:
    fragments = [Fragment(id_, json.dumps([id_, version]).encode()) for id_, version in entries]
    head = b'{"gone":%s,"items":[' % json.dumps(list(withdrawn)).encode()
    parts = DocumentParts(head, fragments, b"]}", b",", withdrawn)
    return Document.of(parts, "application/feed+json", AT, previous)


def told(now: Document, base: Document) -> list[str] | None:
    """The ids that a reader of `base` is told, or None if it gets the whole document."""
    changed = now.delta_index.delta(now.body, base.digest)
    return None if changed is None else [id_ for id_, _ in json.loads(changed)["items"]]


BASE: Entries = [("c", 1), ("b", 1), ("a", 1)]


def test_new_and_changed_entries_are_told_and_no_others() -> None:
    base = document(BASE)
    assert told(document([("d", 1), *BASE], base), base) == ["d"]
    assert told(document([("e", 1), ("d", 1), ("c", 1), ("b", 2), ("a", 1)], base), base) == ["e", "d", "b"]


def test_the_oldest_may_be_pushed_off_the_end() -> None:
    base = document(BASE)
    assert told(document([("d", 1), ("c", 1), ("b", 1)], base), base) == ["d"]


def test_what_went_without_a_word_is_a_reason_for_the_whole() -> None:
    base = document(BASE)
    assert told(document([("c", 1), ("a", 1)], base), base) is None
    assert told(document([("c", 1), ("b", 1)], base), base) is None  # not pushed: nobody came
    assert told(document([("e", 1), ("d", 1), ("c", 1), ("a", 1)], base), base) is None


def test_what_the_head_says_was_withdrawn_may_be_gone() -> None:
    base = document(BASE)
    now = document([("d", 1), ("c", 1), ("a", 1)], base, withdrawn=["b"])
    assert told(now, base) == ["d"]
    changed = now.delta_index.delta(now.body, base.digest)
    assert changed
    assert json.loads(changed)["gone"] == ["b"]
    assert told(document([("c", 1), ("a", 1)], base, withdrawn=["b"]), base) == []


def test_another_order_is_told_whole() -> None:
    base = document(BASE)
    assert told(document([("b", 1), ("c", 1), ("a", 1), ("d", 1)], base), base) is None


def test_a_document_of_nothing_but_news_is_told_whole() -> None:
    base = document(BASE)
    assert told(document([("f", 1), ("e", 1), ("d", 1)], base), base) is None
    assert told(document([]), base) is None


def test_documents_before_are_remembered_but_not_for_ever() -> None:
    documents = [document([("0", 1)])]
    for n in range(1, MAX_EARLIER_DOCUMENTS + 5):
        documents.append(document([(str(m), 1) for m in range(n, -1, -1)], documents[-1]))
    now = documents[-1]
    for steps, base in enumerate(reversed(documents)):
        expected = [str(n) for n in range(MAX_EARLIER_DOCUMENTS + 4, MAX_EARLIER_DOCUMENTS + 4 - steps, -1)]
        assert told(now, base) == (expected if 0 < steps <= MAX_EARLIER_DOCUMENTS else None)
    assert told(now, document([("lain", 1)])) is None
    assert len(now.delta_index.earlier) == MAX_EARLIER_DOCUMENTS


histories = st.lists(
    st.dictionaries(st.sampled_from("abcdefgh"), st.integers(1, 3), max_size=6), min_size=2, max_size=6
)


@given(histories, st.data())
def test_a_reader_who_applies_what_it_is_told_has_what_the_whole_would_give(
    history: list[Mapping[str, int]], data: st.DataObject
) -> None:
    """Over any history; of what is gone, it keeps only what fell off the end of the feed, as after a whole document."""
    previous = None
    documents = []
    for state in history:
        order = data.draw(st.permutations(sorted(state)))
        previous = document([(id_, state[id_]) for id_ in order], previous)
        documents.append((previous, state))
    now, wanted = documents[-1]
    for base, had in documents[:-1]:
        changed = now.delta_index.delta(now.body, base.digest)
        if changed is not None:
            reader = {**had, **dict(json.loads(changed)["items"])}
            assert {id_: reader[id_] for id_ in wanted} == wanted
            gone = [id_ for id_, _ in json.loads(base.body)["items"] if id_ not in wanted]
            assert [id_ for id_, _ in json.loads(base.body)["items"]][-len(gone) or len(had) :] == gone
