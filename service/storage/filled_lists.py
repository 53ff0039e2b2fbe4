"""Fills the lists that do not follow from an article's own fields alone: curated feeds, and the popular articles."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, exists, insert, literal, select, true, update

from service.feeds.names import ENTERED, LATEST, CuratedFeedRule
from service.storage.memberships import advance_modified_at, archive_oldest, ensure_lists
from service.storage.tables import article_lists, articles, memberships


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


def fill_curated_lists(connection: Connection, rules: Collection[CuratedFeedRule], now: datetime) -> list[str]:
    """Fill the lists whose rule is new or has changed. Returns their names.

    A list without a rule no longer gets articles. So it loses the mark of its last rule, and is filled anew if the same
    rule comes back.
    """
    with_rule = article_lists.c.name.startswith("feed/") & article_lists.c.rule.is_not(None)
    names = [rule.list_name for rule in rules]
    connection.execute(update(article_lists).where(with_rule, article_lists.c.name.not_in(names)).values(rule=None))
    return [rule.list_name for rule in rules if _fill(connection, rule, now)]


def _fill(connection: Connection, rule: CuratedFeedRule, now: datetime) -> bool:
    """Fill the list of a curated feed by its rule, unless the same rule filled it before. Returns whether it did."""
    article_list = ensure_lists(connection, {rule.list_name: rule.title}, now)[rule.list_name]
    if (
        connection.execute(select(article_lists.c.rule).where(article_lists.c.key == article_list.key)).scalar()
        == rule.digest
    ):
        return False
    connection.execute(delete(memberships).where(memberships.c.list_key == article_list.key))
    latest = select(article_lists.c.key).where(article_lists.c.name == LATEST).scalar_subquery()
    chosen = (
        select(literal(article_list.key), memberships.c.published_at, memberships.c.article_key)
        .join(articles, articles.c.key == memberships.c.article_key)
        .where(memberships.c.list_key == latest, _fits(rule))
    )
    connection.execute(insert(memberships).from_select(["list_key", "published_at", "article_key"], chosen))
    fresh = {"rule": rule.digest, "title": rule.title, "archived": 0, "backfilled": 0, "archive_until": None}
    connection.execute(update(article_lists).where(article_lists.c.key == article_list.key).values(fresh))
    archive_oldest(connection, [rule.list_name], now)
    advance_modified_at(connection, [rule.list_name], now)
    return True


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
