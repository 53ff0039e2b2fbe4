"""Editorial overrides about popular lists: the overrides in force, and the audit of all overrides.

An override and its audit line are written in one transaction. There is one writer at a time (see database.py), so that
the key of the last audit line is the version of all overrides in force.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from service.articles.characters import xml_safe
from service.core.errors import CursorUnknown, FieldError, NotFound, OverrideInvalid, TooManyOverrides
from service.feeds.editorial import Action, AuditLine, EditorialOverride, OverrideRecord
from service.feeds.list_names import ListNames
from service.storage.change_set import known_articles
from service.storage.database import Database
from service.storage.tables import article_lists, audit, decisions

MAX_OVERRIDES = 100  # in force for all lists, and for each category: every ranking reads them all
WARTA = "warta"  # the name in the audit for an override that ends by itself


@dataclass(frozen=True)
class ActiveOverrides:
    """All overrides in force, and their version: the key of the last audit line."""

    records: list[OverrideRecord]
    version: int


class OverrideStore:
    """Stores overrides and their audit. Times are aware, in UTC. Every method may raise StoreUnavailable.

    `names` has the renamed categories. An override for an old name is one for the new name.

    A method that changes something returns the audit lines that it added. It first ends the overrides whose end has
    come, so the line of its own change is the last one.
    """

    def __init__(self, database: Database, names: ListNames | None = None) -> None:
        self._database = database
        self._renamed = _renamed_slugs(names) if names else {}

    def put(self, article_id: str, override: EditorialOverride, by: str, now: datetime) -> list[AuditLine]:
        """Store an override. It replaces the article's previous override for the same lists.

        A pin that replaces a pin keeps its place among pins of the same position.

        Raises NotFound for an unknown article, OverrideInvalid for an unknown category, TooManyOverrides.
        """
        override = override.model_copy(update={"category": self._current(override.category)})
        with self._database.writing() as connection:
            if not known_articles(connection, [article_id]):
                raise NotFound(f"there is no article {article_id!r}")
            _check_category(connection, override)
            lines = _end(connection, now)
            before = _find(connection, article_id, override.category)
            if before is None:
                _check_number(connection, override)
            record = _put(connection, before, _values(article_id, override, by, now))
            return [*lines, _note(connection, "changed" if before else "decided", record)]

    def release(self, article_id: str, category: str, by: str, note: str, now: datetime) -> list[AuditLine]:
        """End the article's override for the category (empty: for all lists). Raises NotFound if there is none."""
        category = self._current(category)
        with self._database.writing() as connection:
            lines = _end(connection, now)
            before = _find(connection, article_id, category)
            if before is None:
                raise NotFound(f"there is no decision about {article_id!r} in {_named(category)}")
            connection.execute(delete(decisions).where(decisions.c.key == before.key))
            decided = before.override.model_copy(update={"note": note})
            released = OverrideRecord(before.key, article_id, decided, by, now.replace(microsecond=0))
            return [*lines, _note(connection, "released", released)]

    def end(self, now: datetime) -> list[AuditLine]:
        """End the overrides whose end has come. Returns their audit lines."""
        with self._database.reading() as connection:
            due = connection.execute(select(decisions.c.key).where(decisions.c.until <= now).limit(1)).first()
        if not due:
            return []
        with self._database.writing() as connection:
            return _end(connection, now)

    def move_renamed(self, now: datetime) -> list[AuditLine]:
        """Move the overrides for renamed categories to the new categories. Returns their audit lines.

        An article that has an override for the new category keeps that one, and the other ends.
        """
        if not self._renamed:
            return []
        old = decisions.c.category.in_(self._renamed)
        with self._database.reading() as connection:
            if connection.execute(select(decisions.c.key).where(old).limit(1)).first() is None:
                return []
        with self._database.writing() as connection:
            rows = connection.execute(select(decisions).where(old).order_by(decisions.c.key)).all()
            return [self._move(connection, record, now) for record in map(_to_record, rows)]

    def _move(self, connection: Connection, record: OverrideRecord, now: datetime) -> AuditLine:
        override = record.override.model_copy(update={"category": self._current(record.override.category)})
        own = decisions.c.key == record.key
        if _find(connection, record.article_id, override.category):
            connection.execute(delete(decisions).where(own))
            return _note(connection, "ended", replace(record, by=WARTA, at=now))
        connection.execute(update(decisions).where(own).values(category=override.category))
        return _note(connection, "changed", replace(record, override=override, by=WARTA, at=now))

    def _current(self, category: str) -> str:
        return self._renamed.get(category, category)

    def in_force(self) -> ActiveOverrides:
        """The overrides in force: those for all lists first, then by category; pins in their order."""
        with self._database.reading() as connection:
            records = [_to_record(row) for row in connection.execute(select(decisions))]
            version = _version(connection)
        return ActiveOverrides(sorted(records, key=lambda r: (r.override.category, *r.place)), version)

    def version(self) -> int:
        """The version of the overrides in force; 0 if there never was an override."""
        with self._database.reading() as connection:
            return _version(connection)

    def audit_key(self, cursor: str) -> int:
        """The key of the audit line with this cursor; 0 for `0`. Raises CursorUnknown."""
        key = int(cursor) if cursor.isdecimal() else None
        if key == 0:
            return 0
        with self._database.reading() as connection:
            if key is None or connection.execute(select(audit.c.key).where(audit.c.key == key)).first() is None:
                raise CursorUnknown(f"since: the audit has never given the cursor {cursor}; begin again with since=0")
        return key

    def audit(self, since: int, limit: int) -> list[AuditLine]:
        """At most `limit` audit lines after the key `since`, oldest first."""
        with self._database.reading() as connection:
            rows = connection.execute(select(audit).where(audit.c.key > since).order_by(audit.c.key).limit(limit))
            return [AuditLine(row.key, row.action, _to_record(row)) for row in rows]


def _renamed_slugs(names: ListNames) -> Mapping[str, str]:
    """The new slug of each renamed category by its old slug."""
    return {old.partition("/")[2]: new.partition("/")[2] for old, new in names.moved.items()}


def _version(connection: Connection) -> int:
    return connection.execute(select(func.max(audit.c.key))).scalar() or 0


def _check_category(connection: Connection, override: EditorialOverride) -> None:
    if not override.category:
        return
    found = connection.execute(select(article_lists.c.key).where(article_lists.c.name == override.list_name))
    if found.first() is None:
        raise OverrideInvalid([FieldError("category", f"there is no category {override.category!r}")])


def _check_number(connection: Connection, override: EditorialOverride) -> None:
    same = select(func.count()).select_from(decisions).where(decisions.c.category == override.category)
    if connection.execute(same).scalar_one() >= MAX_OVERRIDES:
        raise TooManyOverrides(
            f"{MAX_OVERRIDES} decisions hold in {_named(override.category)} already; release one first"
        )


def _named(category: str) -> str:
    return f"the category {category!r}" if category else "all lists"


def _find(connection: Connection, article_id: str, category: str) -> OverrideRecord | None:
    if xml_safe(article_id) != article_id:  # drivers fail at such an id; see known_articles
        return None
    here = (decisions.c.article_id == article_id) & (decisions.c.category == category)
    row = connection.execute(select(decisions).where(here)).first()
    return _to_record(row) if row else None


def _put(connection: Connection, before: OverrideRecord | None, values: dict[str, Any]) -> OverrideRecord:
    """Write the override in force. One of the same kind as before keeps its key.

    One of another kind gets a new key, since the order of keys is the order in which overrides came.
    """
    if before and before.override.kind == values["kind"]:
        same = update(decisions).where(decisions.c.key == before.key).values(values)
        return _to_record(connection.execute(same.returning(decisions)).one())
    if before:
        connection.execute(delete(decisions).where(decisions.c.key == before.key))
    return _to_record(connection.execute(insert(decisions).values(values).returning(decisions)).one())


def _end(connection: Connection, now: datetime) -> list[AuditLine]:
    due = connection.execute(select(decisions).where(decisions.c.until <= now).order_by(decisions.c.until)).all()
    if due:
        connection.execute(delete(decisions).where(decisions.c.key.in_([row.key for row in due])))
    return [_note(connection, "ended", record) for record in _ended(map(_to_record, due))]


def _ended(due: Iterable[OverrideRecord]) -> Iterable[OverrideRecord]:
    """The overrides as the audit shows their end: at the time that was set, by Warta, without a note."""
    for record in due:
        decided = record.override.model_copy(update={"note": ""})
        yield OverrideRecord(record.key, record.article_id, decided, WARTA, record.override.until or record.at)


def _note(connection: Connection, action: Action, record: OverrideRecord) -> AuditLine:
    values = _values(record.article_id, record.override, record.by, record.at)
    key = connection.execute(insert(audit).values(action=action, **values).returning(audit.c.key)).scalar_one()
    return AuditLine(key, action, record)


def _values(article_id: str, override: EditorialOverride, by: str, at: datetime) -> dict[str, Any]:
    return {"article_id": article_id, "by": by, "at": at.replace(microsecond=0), **vars(override)}


def _to_record(row: Row[Any]) -> OverrideRecord:
    """The row as a override. It was validated before it was stored, so it is not validated again."""
    override = EditorialOverride.model_construct(
        **{name: getattr(row, name) for name in EditorialOverride.model_fields}
    )
    return OverrideRecord(row.key, row.article_id, override, row.by, row.at)
