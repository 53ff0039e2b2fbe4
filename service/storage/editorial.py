"""Editors' decisions about popular lists: the decisions in force, and the audit of all decisions.

A decision and its audit line are written in one transaction. There is one writer at a time (see database.py), so that
the key of the last audit line is the version of all decisions in force.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from service.articles.characters import xml_safe
from service.core.errors import DecisionInvalid, FieldError, NotFound, TooManyDecisions
from service.feeds.editorial import Action, AuditLine, Decision, Ruling
from service.storage.change_set import known_articles
from service.storage.database import Database
from service.storage.tables import article_lists, audit, decisions

MOST = 100  # decisions that may be in force for all lists, and for each category: every ranking reads them all
WARTA = "warta"  # the name in the audit for a decision that ends by itself


@dataclass(frozen=True)
class InForce:
    """All rulings in force, and their version: the key of the last audit line."""

    rulings: list[Ruling]
    version: int


class DecisionStore:
    """Stores decisions and their audit. Times are aware, in UTC. Every method may raise StoreUnavailable.

    A method that changes something returns the audit lines that it added. It first ends the decisions whose end has
    come, so the line of its own change is the last one.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def decide(self, article_id: str, decision: Decision, by: str, now: datetime) -> list[AuditLine]:
        """Store a decision. It replaces the article's previous decision for the same lists.

        A pin that replaces a pin keeps its place among pins of the same position.

        Raises NotFound for an unknown article, DecisionInvalid for an unknown category, TooManyDecisions.
        """
        with self._database.writing() as connection:
            if not known_articles(connection, [article_id]):
                raise NotFound(f"there is no article {article_id!r}")
            _check_category(connection, decision)
            lines = _end(connection, now)
            before = _find(connection, article_id, decision.category)
            if before is None:
                _check_room(connection, decision)
            ruling = _put(connection, before, _values(article_id, decision, by, now))
            return [*lines, _note(connection, "changed" if before else "decided", ruling)]

    def release(self, article_id: str, category: str, by: str, note: str, now: datetime) -> list[AuditLine]:
        """End the article's decision for the category (empty: for all lists). Raises NotFound if there is none."""
        with self._database.writing() as connection:
            lines = _end(connection, now)
            before = _find(connection, article_id, category)
            if before is None:
                raise NotFound(f"there is no decision about {article_id!r} in {_named(category)}")
            connection.execute(delete(decisions).where(decisions.c.key == before.key))
            decided = before.decision.model_copy(update={"note": note})
            released = Ruling(before.key, article_id, decided, by, now.replace(microsecond=0))
            return [*lines, _note(connection, "released", released)]

    def end(self, now: datetime) -> list[AuditLine]:
        """End the decisions whose end has come. Returns their audit lines."""
        with self._database.reading() as connection:
            due = connection.execute(select(decisions.c.key).where(decisions.c.until <= now).limit(1)).first()
        if not due:
            return []
        with self._database.writing() as connection:
            return _end(connection, now)

    def in_force(self) -> InForce:
        """The decisions in force: those for all lists first, then by category; pins in their order."""
        with self._database.reading() as connection:
            rulings = [_to_ruling(row) for row in connection.execute(select(decisions))]
            version = _version(connection)
        return InForce(sorted(rulings, key=lambda r: (r.decision.category, *r.place)), version)

    def version(self) -> int:
        """The version of the decisions in force; 0 if there never was a decision."""
        with self._database.reading() as connection:
            return _version(connection)

    def audit(self, since: int, limit: int) -> list[AuditLine]:
        """At most `limit` audit lines after the cursor `since`, oldest first."""
        with self._database.reading() as connection:
            rows = connection.execute(select(audit).where(audit.c.key > since).order_by(audit.c.key).limit(limit))
            return [AuditLine(row.key, row.action, _to_ruling(row)) for row in rows]


def _version(connection: Connection) -> int:
    return connection.execute(select(func.max(audit.c.key))).scalar() or 0


def _check_category(connection: Connection, decision: Decision) -> None:
    if not decision.category:
        return
    found = connection.execute(select(article_lists.c.key).where(article_lists.c.name == decision.list_name))
    if found.first() is None:
        raise DecisionInvalid([FieldError("category", f"there is no category {decision.category!r}")])


def _check_room(connection: Connection, decision: Decision) -> None:
    same = select(func.count()).select_from(decisions).where(decisions.c.category == decision.category)
    if connection.execute(same).scalar_one() >= MOST:
        raise TooManyDecisions(f"{MOST} decisions hold in {_named(decision.category)} already; release one first")


def _named(category: str) -> str:
    return f"the category {category!r}" if category else "all lists"


def _find(connection: Connection, article_id: str, category: str) -> Ruling | None:
    if xml_safe(article_id) != article_id:  # drivers fail at such an id; see known_articles
        return None
    here = (decisions.c.article_id == article_id) & (decisions.c.category == category)
    row = connection.execute(select(decisions).where(here)).first()
    return _to_ruling(row) if row else None


def _put(connection: Connection, before: Ruling | None, values: dict[str, Any]) -> Ruling:
    """Write the decision in force. One of the same kind as before keeps its key.

    One of another kind gets a new key, since the order of keys is the order in which decisions came.
    """
    if before and before.decision.kind == values["kind"]:
        same = update(decisions).where(decisions.c.key == before.key).values(values)
        return _to_ruling(connection.execute(same.returning(decisions)).one())
    if before:
        connection.execute(delete(decisions).where(decisions.c.key == before.key))
    return _to_ruling(connection.execute(insert(decisions).values(values).returning(decisions)).one())


def _end(connection: Connection, now: datetime) -> list[AuditLine]:
    due = connection.execute(select(decisions).where(decisions.c.until <= now).order_by(decisions.c.until)).all()
    if due:
        connection.execute(delete(decisions).where(decisions.c.key.in_([row.key for row in due])))
    return [_note(connection, "ended", ruling) for ruling in _ended(map(_to_ruling, due))]


def _ended(due: Iterable[Ruling]) -> Iterable[Ruling]:
    """The rulings as the audit shows their end: at the time that was set, by Warta, without a note."""
    for ruling in due:
        decided = ruling.decision.model_copy(update={"note": ""})
        yield Ruling(ruling.key, ruling.article_id, decided, WARTA, ruling.decision.until or ruling.at)


def _note(connection: Connection, action: Action, ruling: Ruling) -> AuditLine:
    values = _values(ruling.article_id, ruling.decision, ruling.by, ruling.at)
    key = connection.execute(insert(audit).values(action=action, **values).returning(audit.c.key)).scalar_one()
    return AuditLine(key, action, ruling)


def _values(article_id: str, decision: Decision, by: str, at: datetime) -> dict[str, Any]:
    return {"article_id": article_id, "by": by, "at": at.replace(microsecond=0), **vars(decision)}


def _to_ruling(row: Row[Any]) -> Ruling:
    """The row as a ruling. It was validated before it was stored, so it is not validated again."""
    decision = Decision.model_construct(**{name: getattr(row, name) for name in Decision.model_fields})
    return Ruling(row.key, row.article_id, decision, row.by, row.at)
