"""Editors' decisions, on SQLite and on PostgreSQL: one for each article and scope, every change in the audit."""

from datetime import timedelta
from typing import Any

import pytest

from service.core.errors import NotFound, OverrideInvalid, StoreUnavailable, TooManyOverrides
from service.feeds.editorial import AuditLine, EditorialOverride
from service.feeds.list_names import ListNames
from service.storage import ArticleStore, Database, OverrideStore
from service.storage.editorial import WARTA
from tests.support.articles import NOW, submission

LATER = NOW + timedelta(hours=1)


@pytest.fixture
def decisions(database: Database, store: ArticleStore) -> OverrideStore:
    store.put([submission(id_) for id_ in ("a", "b", "c")], NOW)
    return OverrideStore(database)


def override(kind: str = "pin", **fields: Any) -> EditorialOverride:
    return EditorialOverride.model_validate({"kind": kind, **({"factor": 2} if kind == "boost" else {}), **fields})


def holding(decisions: OverrideStore) -> list[tuple[str, str, str]]:
    records = decisions.in_force().records
    return [(r.article_id, r.override.kind, r.override.category) for r in records]


def audit(decisions: OverrideStore) -> list[tuple[str, str, str, str, str]]:
    """Action, article, kind, by, note of each line."""
    lines = decisions.audit(0, 1000)
    assert [line.key for line in lines] == sorted({line.key for line in lines})
    return [
        (line.action, line.record.article_id, line.record.override.kind, line.record.by, line.record.override.note)
        for line in lines
    ]


def test_a_decision_holds_and_is_in_the_audit_with_all_that_it_says(decisions: OverrideStore) -> None:
    decided = override("boost", factor=0.5, category="Dinamika", until=LATER, note="Terlalu ramai")
    [line] = decisions.put("a", decided, "siti", NOW.replace(microsecond=7))
    assert line.action == "decided"
    assert (line.record.article_id, line.record.override, line.record.by, line.record.at) == ("a", decided, "siti", NOW)
    assert decisions.in_force().records == [line.record]
    [kept] = decisions.audit(0, 10)
    assert (kept.action, kept.key, kept.record.override) == ("decided", line.key, decided)
    assert (kept.record.by, kept.record.at) == ("siti", NOW)


def test_a_new_decision_replaces_the_old_one_of_the_same_scope_only(decisions: OverrideStore) -> None:
    decisions.put("a", override("pin"), "siti", NOW)
    decisions.put("a", override("exclude", category="dinamika"), "siti", NOW)
    [line] = decisions.put("a", override("exclude", note="Ralat"), "budi", LATER)
    assert line.action == "changed"
    assert holding(decisions) == [("a", "exclude", ""), ("a", "exclude", "dinamika")]
    assert audit(decisions) == [
        ("decided", "a", "pin", "siti", ""),
        ("decided", "a", "exclude", "siti", ""),
        ("changed", "a", "exclude", "budi", "Ralat"),
    ]


def test_pins_stand_by_position_and_then_as_they_were_pinned(decisions: OverrideStore) -> None:
    for id_ in "abc":
        decisions.put(id_, override("pin"), "siti", NOW)
    assert [id_ for id_, *_ in holding(decisions)] == ["a", "b", "c"]
    decisions.put("a", override("pin", note="Masih"), "siti", LATER)  # a pin that was one keeps its place
    assert [id_ for id_, *_ in holding(decisions)] == ["a", "b", "c"]
    decisions.put("c", override("pin", position=1), "siti", LATER)
    assert [id_ for id_, *_ in holding(decisions)] == ["c", "a", "b"]
    decisions.put("a", override("boost"), "siti", LATER)
    decisions.put("a", override("pin"), "siti", LATER)  # and one that was not is the last
    assert [id_ for id_, *_ in holding(decisions)] == ["c", "b", "a"]


def test_a_release_is_in_the_audit_with_its_editor_and_reason(decisions: OverrideStore) -> None:
    decisions.put("a", override("pin", note="Pemilu"), "siti", NOW)
    decisions.put("a", override("pin", category="dinamika"), "siti", NOW)
    [line] = decisions.release("a", "", "budi", "Sudah lewat", LATER)
    assert (line.action, line.record.at) == ("released", LATER)
    assert holding(decisions) == [("a", "pin", "dinamika")]
    assert audit(decisions)[-1] == ("released", "a", "pin", "budi", "Sudah lewat")


def test_what_is_not_decided_cannot_be_released(decisions: OverrideStore) -> None:
    decisions.put("a", override("pin"), "siti", NOW)
    for id_, category, where in [
        ("b", "", "all lists"),
        ("a", "dinamika", "the category 'dinamika'"),
        ("x", "", "all"),
    ]:
        with pytest.raises(NotFound, match=f"there is no decision about '{id_}' in {where}"):
            decisions.release(id_, category, "siti", "", NOW)
    for odd in ("a\x00b", "\ud800"):
        with pytest.raises(NotFound):
            decisions.release(odd, "", "siti", "", NOW)
    assert len(audit(decisions)) == 1


def test_missing_files_are_named_and_nothing_is_written(decisions: OverrideStore) -> None:
    for id_ in ("tiada", "a\x00b", "\ud800"):
        with pytest.raises(NotFound, match="there is no article"):
            decisions.put(id_, override(), "siti", NOW)
    with pytest.raises(OverrideInvalid, match="category: there is no category 'tiada'"):
        decisions.put("a", override(category="Tiada"), "siti", NOW)
    assert (holding(decisions), audit(decisions), decisions.version()) == ([], [], 0)


def test_what_has_come_to_its_end_ends_once_and_by_itself(decisions: OverrideStore) -> None:
    decisions.put("a", override("pin", until=LATER, note="Pemilu"), "siti", NOW)
    decisions.put("b", override("pin"), "siti", NOW)
    assert decisions.end(LATER - timedelta(seconds=1)) == []
    [line] = decisions.end(LATER + timedelta(minutes=5))
    assert (line.action, line.record.article_id, line.record.at) == ("ended", "a", LATER)  # when it was to end
    assert decisions.end(LATER + timedelta(hours=1)) == []
    assert holding(decisions) == [("b", "pin", "")]
    assert audit(decisions)[-1] == ("ended", "a", "pin", "warta", "")


def test_an_article_that_has_ended_is_announced_before_later_changes(decisions: OverrideStore) -> None:
    """Whoever comes first, the background work or the next decision."""
    decisions.put("a", override("pin", until=LATER), "siti", NOW)
    lines = decisions.put("a", override("exclude"), "budi", LATER)
    assert [line.action for line in lines] == ["ended", "decided"]
    decisions.put("a", override("exclude", until=LATER + timedelta(hours=1)), "budi", LATER)
    with pytest.raises(NotFound):
        decisions.release("a", "", "budi", "", LATER + timedelta(hours=2))
    assert holding(decisions) == [("a", "exclude", "")]  # nothing was written
    assert [line.action for line in decisions.end(LATER + timedelta(hours=2))] == ["ended"]


def test_only_so_many_hold_in_one_scope(decisions: OverrideStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("service.storage.editorial.MAX_OVERRIDES", 2)
    decisions.put("a", override(), "siti", NOW)
    decisions.put("b", override("exclude"), "siti", NOW)
    with pytest.raises(TooManyOverrides, match="2 decisions hold in all lists already; release one first"):
        decisions.put("c", override(), "siti", NOW)
    decisions.put("b", override(), "siti", NOW)  # one in place of another
    decisions.put("c", override(category="dinamika"), "siti", NOW)
    decisions.release("a", "", "siti", "", NOW)
    decisions.put("c", override(), "siti", NOW)
    assert len(audit(decisions)) == 6


def test_the_version_rises_with_every_line_and_the_audit_is_read_in_pages(decisions: OverrideStore) -> None:
    lines: list[AuditLine] = []
    for id_ in "abc":
        lines += decisions.put(id_, override(), "siti", NOW)
        assert decisions.version() == decisions.in_force().version == lines[-1].key
    assert [line.key for line in decisions.audit(0, 2)] == [line.key for line in lines[:2]]
    assert [line.key for line in decisions.audit(lines[1].key, 2)] == [lines[2].key]
    assert decisions.audit(lines[2].key, 2) == []


def test_a_decision_and_its_line_are_written_together_or_not_at_all(
    decisions: OverrideStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise StoreUnavailable("the disk is full")

    decisions.put("a", override(), "siti", NOW)
    monkeypatch.setattr("service.storage.editorial._note", fail)
    with pytest.raises(StoreUnavailable):
        decisions.put("b", override(), "siti", NOW)
    with pytest.raises(StoreUnavailable):
        decisions.release("a", "", "siti", "", NOW)
    assert holding(decisions) == [("a", "pin", "")]


# --- renamed categories ------------------------------------------------------------------------------------------


@pytest.fixture
def renamed(database: Database) -> OverrideStore:
    return OverrideStore(database, ListNames({"Dinamika": "Peristiwa"}))


def test_decisions_follow_a_renamed_category(
    decisions: OverrideStore, renamed: OverrideStore, store: ArticleStore
) -> None:
    store.put([submission("d", categories=["Peristiwa"])], NOW)
    decisions.put("a", override("pin", category="dinamika"), "siti", NOW)
    decisions.put("b", override("exclude", category="dinamika"), "siti", NOW)
    decisions.put("b", override("boost", category="peristiwa"), "siti", NOW)
    assert [(line.action, line.record.by) for line in renamed.move_renamed(LATER)] == [
        ("changed", WARTA),
        ("ended", WARTA),
    ]
    assert sorted(holding(renamed)) == [("a", "pin", "peristiwa"), ("b", "boost", "peristiwa")]
    assert renamed.move_renamed(LATER) == []


def test_a_decision_for_an_old_name_is_one_for_the_new_name(
    decisions: OverrideStore, renamed: OverrideStore, store: ArticleStore
) -> None:
    store.put([submission("d", categories=["Peristiwa"])], NOW)
    renamed.put("a", override("pin", category="dinamika"), "siti", NOW)
    assert holding(decisions) == [("a", "pin", "peristiwa")]
    renamed.release("a", "dinamika", "siti", "", NOW)
    assert holding(decisions) == []
