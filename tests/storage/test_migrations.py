"""Migrations bring an empty database to the state of the tables, and touch nothing that is there already."""

import unicodedata
from collections.abc import Iterator
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, Integer, String, inspect, text
from sqlalchemy.types import TypeEngine

from service.core.errors import Gone, StoreUnavailable
from service.storage import AnnouncementLog, ArticleStore, Database
from service.storage.migrations import migrate, pending
from service.storage.tables import metadata
from tests.support.articles import NOW, submission
from tests.support.migrations import repeat_migration
from tests.support.search import SEARCH_TABLES


@pytest.fixture
def fresh(database_url: str) -> Iterator[Database]:
    """A database without anything."""
    database = Database(database_url.replace("postgresql://", "postgresql+psycopg://"))
    yield database
    database.close()


def drop_hub(connection: Connection) -> None:
    """Undo the migration 0013."""
    for table in ("hub_subscriptions", "hub_topics", "hub_requests"):
        connection.execute(text(f"DROP TABLE {table}"))
    connection.execute(text("ALTER TABLE outbox DROP COLUMN at"))


def drift(database: Database) -> list[Any]:
    """What a migration would still have to do for the database to be as the tables are."""

    def is_ours(_object: object, name: str | None, *_: object) -> bool:
        """Each database has entries of the search of its own kind, which storage/tables does not describe."""
        return not (name or "").startswith(("search_entries", "search_places"))

    with database.reading() as connection:
        options = {"compare_type": True, "compare_server_default": True, "include_object": is_ours}
        return list(compare_metadata(MigrationContext.configure(connection, opts=options), metadata))


def test_a_migrated_database_is_as_the_tables_are(fresh: Database) -> None:
    assert drift(fresh)
    migrate(fresh)
    assert drift(fresh) == []
    with fresh.reading() as connection:
        there = inspect(connection)
        for table in metadata.sorted_tables:
            assert there.get_pk_constraint(table.name)["constrained_columns"] == [c.name for c in table.primary_key]
            assert len(there.get_foreign_keys(table.name)) == len(table.foreign_key_constraints)


def test_the_comparison_would_find_a_difference(fresh: Database) -> None:
    migrate(fresh)
    with fresh.writing() as connection:
        connection.execute(text("ALTER TABLE articles ADD COLUMN extra VARCHAR(5)"))
        connection.execute(text("DROP INDEX ix_placements_article_key"))
    assert {kind for kind, *_ in drift(fresh)} == {"remove_column", "add_index"}


@pytest.mark.parametrize(
    ("table", "column", "type_"), [("tokens", "scope", String(51)), ("shelves", "title", Integer())]
)
def test_the_comparison_looks_at_types_too(
    fresh: Database, monkeypatch: pytest.MonkeyPatch, table: str, column: str, type_: TypeEngine[Any]
) -> None:
    migrate(fresh)
    monkeypatch.setattr(metadata.tables[table].c[column], "type", type_)
    [[(kind, _, *where, _, _, _)]] = drift(fresh)
    assert (kind, where) == ("modify_type", [table, column])


def test_migrating_is_pending_until_it_is_done_and_twice_changes_nothing(fresh: Database) -> None:
    assert pending(fresh)
    migrate(fresh)
    assert not pending(fresh)
    store = ArticleStore(fresh)
    assert store.all_lists()[0].name == "latest"
    store.put([submission("1")], NOW)
    before = store.all_lists()
    migrate(fresh)
    assert store.all_lists() == before
    assert store.article("1").title == "Judul 1"


def test_a_database_of_a_newer_warta_is_refused(fresh: Database) -> None:
    migrate(fresh)
    with fresh.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = 'abcdef'"))
    for ask in (pending, migrate):
        with pytest.raises(StoreUnavailable, match=r"was made by a newer Warta \(revision abcdef\)$"):
            ask(fresh)


def test_before_the_migration_the_store_says_so_in_one_line(fresh: Database) -> None:
    with pytest.raises(StoreUnavailable, match=r"^the store \S+ cannot be used: .*articles") as error:
        ArticleStore(fresh).article("1")
    assert "\n" not in str(error.value)


def test_a_migration_that_fails_leaves_nothing_behind(fresh: Database) -> None:
    with fresh.writing() as connection:
        connection.execute(text("CREATE TABLE tokens (other INTEGER)"))  # in the way of the last steps
    with pytest.raises(StoreUnavailable, match="tokens"):
        migrate(fresh)
    with fresh.reading() as connection:
        assert inspect(connection).get_table_names() == ["tokens"]


def test_ids_become_one_in_all_normalization_forms(fresh: Database) -> None:
    """Ids in another form are renamed. If both forms exist, both stay."""
    migrate(fresh)
    store = ArticleStore(fresh)
    decomposed, other = unicodedata.normalize("NFD", "é"), unicodedata.normalize("NFD", "ü")
    articles = [submission(id_) for id_ in ("alone", "other", "ü")]
    store.put(articles, NOW)
    store.withdraw("alone", NOW)
    with fresh.writing() as connection:
        for table, column in (("articles", "id"), ("changes", "article_id"), ("tombstones", "article_id")):
            for before, after in (("alone", decomposed), ("other", other)):
                statement = text(f"UPDATE {table} SET {column} = :after WHERE {column} = :before")  # noqa: S608
                connection.execute(statement, {"before": before, "after": after})
        connection.execute(text("ALTER TABLE articles DROP COLUMN undated"))
        connection.execute(text("DROP INDEX ix_articles_status_published_at"))
        connection.execute(text("DROP INDEX ix_articles_url"))
        drop_hub(connection)
        connection.execute(text("ALTER TABLE changes DROP COLUMN detail"))
        others = ("answers", "aliases", "origins", "webhooks", "webhook_events", "pinged_hubs")
        for table in (*others, *SEARCH_TABLES[fresh.is_sqlite]):
            connection.execute(text(f"DROP TABLE {table}"))
        connection.execute(text("UPDATE alembic_version SET version_num = '0010'"))
    migrate(fresh)
    assert drift(fresh) == []
    assert [article.id for article in store.everything()] == ["é", other, "ü"]
    assert [change.article_id for change in store.changes(0, 10)] == ["é", other, "ü", "é"]
    with pytest.raises(Gone):
        store.visible_article("é", NOW)


def test_articles_of_an_older_warta_stay(fresh: Database) -> None:
    """Brought back to the first revision, and from there to this one. Changes that wait are announced."""
    migrate(fresh)
    ArticleStore(fresh).put([submission("1")], NOW)
    with fresh.writing() as connection:
        for table in ("shelf_views", "views", "folds", "logs", "decisions", "audit", "cursors"):
            connection.execute(text(f"DROP TABLE {table}"))
        for table in ("feed_days", "feed_clients", "subscribers", "pollers"):
            connection.execute(text(f"DROP TABLE {table}"))
        connection.execute(text("ALTER TABLE articles DROP COLUMN revision"))
        connection.execute(text("ALTER TABLE articles DROP COLUMN podcast"))
        connection.execute(text("ALTER TABLE articles DROP COLUMN undated"))
        connection.execute(text("DROP INDEX ix_articles_status_published_at"))
        connection.execute(text("DROP INDEX ix_articles_url"))
        connection.execute(text("ALTER TABLE changes DROP COLUMN detail"))
        others = ("answers", "aliases", "origins", "webhooks", "webhook_events", "pinged_hubs")
        for table in (*others, *SEARCH_TABLES[fresh.is_sqlite]):
            connection.execute(text(f"DROP TABLE {table}"))
        connection.execute(text("DROP INDEX ix_changes_article_id"))
        drop_hub(connection)
        connection.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    assert pending(fresh)
    migrate(fresh)
    assert drift(fresh) == []
    store = ArticleStore(fresh)
    assert [entry.title for entry in store.newest("latest", 10, NOW).entries] == ["Judul 1"]
    waiting = AnnouncementLog(fresh).backlog(["documents", "view counter", "edge x"])
    assert [[each.article_ids for each in unread] for unread in waiting.unread.values()] == [[("1",)]] * 2
    assert waiting.starting == ["edge x"]
    store.put([submission("1", title="Judul baru")], NOW)
    assert [entry.title for entry in store.newest("latest", 10, NOW).entries] == ["Judul baru"]


def test_a_migration_in_portions_lets_others_write_and_begins_anew_after_a_crash(
    fresh: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    migrate(fresh)
    store = ArticleStore(fresh)
    decomposed = [unicodedata.normalize("NFD", f"é{number}") for number in range(5)]
    store.put([submission(f"{number}") for number in range(5)], NOW)
    with fresh.writing() as connection:
        for number, id_ in enumerate(decomposed):
            connection.execute(text("UPDATE articles SET id = :new WHERE id = :old"), {"new": id_, "old": str(number)})
        connection.execute(text("DROP INDEX ix_articles_status_published_at"))
    pauses = 0

    def pause(_seconds: float) -> None:
        nonlocal pauses
        pauses += 1
        store.put([submission(f"sementara-{pauses}")], NOW)
        if pauses == 2:
            raise StoreUnavailable("the process was killed")

    monkeypatch.setattr("service.storage.migrations.portions.PORTION_ROWS", 2)
    monkeypatch.setattr("service.storage.migrations.portions.time.sleep", pause)
    with pytest.raises(StoreUnavailable):
        repeat_migration(fresh, "0011")
    repeat_migration(fresh, "0011")
    assert drift(fresh) == []
    ids = {article.id for article in store.everything()}
    assert ids == {f"é{number}" for number in range(5)} | {f"sementara-{number + 1}" for number in range(pauses)}
