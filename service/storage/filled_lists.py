"""Fills the lists that do not follow from an article's own fields alone: curated feeds, and the popular articles."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, delete, exists, insert, literal, select, true, update

from service.feeds.names import ENTERED, LATEST, CuratedFeedRule
from service.storage.memberships import FILLING, advance_modified_at, archive_oldest, archive_some, ensure_lists
from service.storage.tables import article_lists, articles, memberships

MAX_ENTRIES_PER_STEP = 200  # articles that one transaction examines or archives; it holds the writer lock so long
_ALL = "all"  # the progress of a list that has all its articles, but not yet its archive


def add_popular(connection: Connection, ids: Collection[str], now: datetime) -> bool:
    """Put articles on the list of popular articles, once each. Returns whether any was new."""
    article_list = ensure_lists(connection, {ENTERED: ""}, now)[ENTERED]
    there = select(memberships.c.article_key).where(memberships.c.list_key == article_list.key)
    found = connection.execute(select(articles.c.key).where(articles.c.id.in_(ids), articles.c.key.not_in(there)))
    rows = [
        {"list_key": article_list.key, "published_at": now, "article_key": row.key, "position": None} for row in found
    ]
    if rows:
        connection.execute(insert(memberships), rows)
        advance_modified_at(connection, [ENTERED], now)
        archive_oldest(connection, [ENTERED], now)
    return bool(rows)


@dataclass(frozen=True)
class FillStep:
    """The outcome of a step: whether readers may see a change, and whether the list is complete."""

    has_changed: bool
    is_complete: bool


def fill_curated_lists(
    connection: Connection, rules: Collection[CuratedFeedRule], now: datetime
) -> tuple[list[str], bool]:
    """Fill a part of the first list whose rule is new or has changed.

    Returns the name of the list if readers may see the change, and whether all lists are complete. Call it until they
    are, each time in a transaction of its own, so that other writers get their turns.

    A list without a rule no longer gets articles. So it loses the mark of its last rule, and is filled anew if the same
    rule comes back.
    """
    for rule in rules:
        step = _fill_step(connection, rule, now)
        if step.has_changed or not step.is_complete:
            return [rule.list_name] if step.has_changed else [], False
    with_rule = article_lists.c.name.startswith("feed/") & article_lists.c.rule.is_not(None)
    names = [rule.list_name for rule in rules]
    connection.execute(update(article_lists).where(with_rule, article_lists.c.name.not_in(names)).values(rule=None))
    return [], True


def _fill_step(connection: Connection, rule: CuratedFeedRule, now: datetime) -> FillStep:
    """Fill a part of the list of a curated feed by its rule: MAX_ENTRIES_PER_STEP articles, newest first.

    The column `rule` has the progress. So any process may make the next step, and a step that fails is made again.
    """
    article_list = ensure_lists(connection, {rule.list_name: rule.title}, now)[rule.list_name]
    this = article_lists.c.key == article_list.key
    progress = connection.execute(select(article_lists.c.rule).where(this)).scalar() or ""
    if progress == rule.digest:
        return FillStep(has_changed=False, is_complete=True)
    prefix = f"{FILLING}{rule.digest[:32]} "
    is_first = not progress.startswith(prefix)
    if is_first:  # the old positions in the archive count no more
        fresh = {"title": rule.title, "archived": 0, "backfilled": 0, "archive_until": None}
        connection.execute(update(article_lists).where(this).values(fresh))
    done_until = "" if is_first else progress.removeprefix(prefix)
    if done_until != _ALL:
        progress = prefix + _fill_below(connection, article_list.key, rule, done_until)
    elif archive_some(connection, article_list.key, MAX_ENTRIES_PER_STEP, now) < MAX_ENTRIES_PER_STEP:
        progress = rule.digest
    connection.execute(update(article_lists).where(this).values(rule=progress))
    is_complete = progress == rule.digest
    if is_first or is_complete:
        advance_modified_at(connection, [rule.list_name], now)
    return FillStep(is_first or is_complete, is_complete)


def _fill_below(connection: Connection, key: int, rule: CuratedFeedRule, upper: str) -> str:
    """Fill the list with articles published before `upper`, in seconds since the epoch (empty: with the newest ones).

    Returns the new `upper`, or _ALL.
    """
    latest = select(article_lists.c.key).where(article_lists.c.name == LATEST).scalar_subquery()
    published_at = memberships.c.published_at
    below: Any = published_at < datetime.fromtimestamp(int(upper), UTC) if upper else true()
    oldest = connection.execute(
        select(published_at)
        .where(memberships.c.list_key == latest, below)
        .order_by(published_at.desc())
        .offset(MAX_ENTRIES_PER_STEP - 1)
        .limit(1)
    ).scalar()
    since = oldest and oldest.replace(microsecond=0)
    here: Any = below & (published_at >= since) if since else below
    connection.execute(delete(memberships).where(memberships.c.list_key == key, here))
    chosen = (
        select(literal(key), published_at, memberships.c.article_key)
        .join(articles, articles.c.key == memberships.c.article_key)
        .where(memberships.c.list_key == latest, here, _fits(rule))
    )
    connection.execute(insert(memberships).from_select(["list_key", "published_at", "article_key"], chosen))
    return str(int(since.timestamp())) if since else _ALL


def _fits(rule: CuratedFeedRule) -> Any:
    """The condition of `CuratedFeedRule.fits`, in SQL."""

    def stands_on(names: Collection[str]) -> Any:
        theirs = memberships.alias()
        on_list = theirs.c.list_key.in_(select(article_lists.c.key).where(article_lists.c.name.in_(names)))
        return exists().where(theirs.c.article_key == articles.c.key, on_list)

    included: Any = true()
    if rule.include_lists or rule.include_sections:
        included = stands_on(rule.include_lists) | articles.c.section.in_(rule.include_sections)
    excluded = stands_on(rule.exclude_lists) | articles.c.section.in_(rule.exclude_sections)
    return articles.c.id.in_(rule.pinned) | (included & ~excluded)
