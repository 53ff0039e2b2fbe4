"""How views went: sums for the site and its categories, and the courses of articles."""

import pytest
from sqlalchemy import text

from service.storage import ArticleStore, Database, ViewHistory, ViewStore
from service.storage.migrations import migrate
from service.storage.periods import DAY, FIVE_MINUTES, HOUR
from tests.support.articles import NOW, submission
from tests.support.search import SEARCH_TABLES

T = int(NOW.timestamp()) // HOUR * HOUR  # 02:00; NOW is 02:40


@pytest.fixture
def views(database: Database, store: ArticleStore) -> ViewStore:
    store.put(
        [submission("a"), submission("b", categories=["Politik", "Dinamika"]), submission("c", categories=[])], NOW
    )
    return ViewStore(database)


@pytest.fixture
def history(database: Database) -> ViewHistory:
    return ViewHistory(database)


def test_sums_are_kept_for_the_site_and_each_category(views: ViewStore, history: ViewHistory) -> None:
    views.add_once("1", {("a", T): 3, ("b", T + 600): 2, ("c", T - HOUR): 5, ("tiada", T): 9}, NOW)
    views.add_once("2", {("a", T): 1}, NOW)
    assert history.of_list("latest", HOUR, T - HOUR) == {T - HOUR: 5, T: 6}
    assert history.of_list("latest", HOUR, T) == {T: 6}
    assert history.of_list("latest", FIVE_MINUTES, T) == {T: 4, T + 600: 2}
    assert history.of_list("latest", DAY, 0) == {T // DAY * DAY: 11}
    assert history.of_list("category/dinamika", HOUR, 0) == {T: 6}
    assert history.of_list("category/politik", HOUR, 0) == {T: 2}
    assert history.of_list("tag/tiada", HOUR, 0) == {}


def test_a_fold_that_is_tried_again_is_not_summed_again(views: ViewStore, history: ViewHistory) -> None:
    for _ in range(3):
        views.add_once("1", {("a", T): 3}, NOW)
    assert history.of_list("latest", HOUR, 0) == {T: 3}


def test_what_was_withdrawn_meanwhile_counts_for_the_site(
    views: ViewStore, history: ViewHistory, store: ArticleStore
) -> None:
    store.withdraw("a", NOW)
    views.add_once("1", {("a", T): 3}, NOW)
    assert history.of_list("latest", HOUR, 0) == {T: 3}
    assert history.of_list("category/dinamika", HOUR, 0) == {}


def test_sums_stay_as_long_as_something_is_compared_with_them(views: ViewStore, history: ViewHistory) -> None:
    old = {("a", T - ago): 1 for ago in (HOUR, DAY, 3 * DAY, 15 * DAY, 17 * DAY, 400 * DAY)}
    views.add_once("1", old, NOW)
    assert len(history.of_list("latest", FIVE_MINUTES, 0)) == 2
    assert len(history.of_list("latest", HOUR, 0)) == 4
    assert sum(history.of_list("latest", DAY, 0).values()) == 6


def test_the_course_of_articles(views: ViewStore, history: ViewHistory) -> None:
    views.add_once("1", {("a", T): 3, ("a", T - HOUR): 2, ("a", T - 3 * HOUR): 1, ("b", T): 7}, NOW)
    assert history.of_articles(["a", "c", "tiada"], HOUR, T - HOUR) == {"a": {T - HOUR: 2, T: 3}, "c": {}, "tiada": {}}


def test_the_last_hour_and_the_one_before_are_whole(views: ViewStore, history: ViewHistory) -> None:
    """At 02:40 the five minutes from 02:35 may not be folded yet: the hours end at 02:35."""
    now = int(NOW.timestamp())
    times = {40: 100, 35: 100, 34: 1, -20: 2, -25: 4, -26: 8, -85: 16, -86: 100}  # minutes after 02:00
    views.add_once("1", {("a", T + 60 * minute): count for minute, count in times.items()}, NOW)
    assert history.last_hours(["a", "b"], now) == {"a": (1 + 2 + 4, 8 + 16), "b": (0, 0)}


def test_the_top_without_a_counter(views: ViewStore, history: ViewHistory) -> None:
    views.add_once("1", {("a", T): 3, ("b", T): 3, ("c", T): 5, ("a", T - 2 * HOUR): 9}, NOW)
    assert history.top("latest", HOUR, T, 2) == [("c", 5), ("b", 3)]
    assert history.top("latest", HOUR, T - 2 * HOUR, 9) == [("a", 12), ("c", 5), ("b", 3)]
    assert history.top("category/dinamika", HOUR, T, 9) == [("b", 3), ("a", 3)]


def test_views_of_an_older_warta_are_summed_by_the_migration(
    views: ViewStore, history: ViewHistory, database: Database, store: ArticleStore
) -> None:
    views.add_once("1", {("a", T): 3, ("b", T - HOUR): 2, ("c", T - DAY): 5}, NOW)
    store.withdraw("a", NOW)
    with database.writing() as connection:
        tables = ("shelf_views", "answers", "cursors", "feed_days", "feed_clients", "subscribers", "pollers")
        for table in (*tables, "aliases", "origins"):
            connection.execute(text(f"DROP TABLE {table}"))
        for table in ("hub_subscriptions", "hub_topics", "hub_requests"):
            connection.execute(text(f"DROP TABLE {table}"))
        connection.execute(text("ALTER TABLE outbox DROP COLUMN at"))
        connection.execute(text("ALTER TABLE changes DROP COLUMN detail"))
        for table in ("webhooks", "webhook_events", "pinged_hubs", *SEARCH_TABLES[database.is_sqlite]):
            connection.execute(text(f"DROP TABLE {table}"))
        connection.execute(text("ALTER TABLE logs DROP COLUMN mark"))
        for column in ("podcast", "undated"):
            connection.execute(text(f"ALTER TABLE articles DROP COLUMN {column}"))
        for index in ("ix_changes_article_id", "ix_articles_status_published_at", "ix_articles_url"):
            connection.execute(text(f"DROP INDEX {index}"))
        connection.execute(text("UPDATE alembic_version SET version_num = '0004'"))
    migrate(database)
    assert history.of_list("latest", HOUR, 0) == {T: 3, T - HOUR: 2, T - DAY: 5}
    assert history.of_list("category/politik", HOUR, 0) == {T - HOUR: 2}
    assert history.of_list("category/dinamika", FIVE_MINUTES, 0) == {T - HOUR: 2}
    views.add_once("2", {("b", T): 4}, NOW)
    assert history.of_list("category/politik", HOUR, 0) == {T - HOUR: 2, T: 4}
