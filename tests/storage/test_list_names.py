"""Lists of stored articles when a version of Warta, or a setting, gives them other names."""

import pytest
from sqlalchemy import delete, update

from service.core.errors import NotFound
from service.feeds.list_names import ListNames
from service.feeds.names import ListAssignment
from service.storage import ArticleStore, Database
from service.storage.tables import article_lists, memberships
from tests.support.articles import NOW, submission


def shown(store: ArticleStore, list_name: str) -> set[str]:
    return {entry.id for entry in store.newest(list_name, 100, NOW).entries}


def rename(database: Database, name: str, other: str) -> None:
    """Give a list the name that an older version gave it."""
    with database.writing() as connection:
        connection.execute(update(article_lists).where(article_lists.c.name == name).values(name=other))


def test_a_list_keeps_the_name_that_an_older_version_gave_it(database: Database) -> None:
    ArticleStore(database).put([submission("lama", tags=["F++"], categories=["F++"])], NOW)
    rename(database, "tag/f~plus~plus", "tag/f")
    rename(database, "category/f~plus~plus", "category/f")
    store = ArticleStore(database)
    assert store.list_name("tag", "f++") == "tag/f"
    _, notices = store.put([submission("baru", tags=["F++"]), submission("lain", tags=["F#"])], NOW)
    assert {"tag/f", "tag/f~hash"} <= set(notices[-1].list_names)
    assert shown(store, "tag/f") == {"lama", "baru"}
    assert store.countable(["lama"], NOW)["lama"].list_names == ["category/f"]


def test_an_article_leaves_a_list_that_it_shared_in_an_older_version(database: Database) -> None:
    store = ArticleStore(database)
    store.put([submission("satu", tags=["F"]), *(submission(id_, tags=["F++"]) for id_ in ("dua", "tiga"))], NOW)
    with database.writing() as connection:
        keys = {row.name: row.key for row in connection.execute(article_lists.select())}
        shared, own = keys["tag/f"], keys["tag/f~plus~plus"]
        connection.execute(update(memberships).where(memberships.c.list_key == own).values(list_key=shared))
        connection.execute(delete(article_lists).where(article_lists.c.key == own))
    store = ArticleStore(database)
    assert shown(store, "tag/f") == {"satu", "dua", "tiga"}
    _, notices = store.withdraw("tiga", NOW)
    assert "tag/f" in notices[-1].list_names
    _, notices = store.put([submission("dua", tags=["F++"], title="Baru")], NOW)
    assert {"tag/f", "tag/f~plus~plus"} <= set(notices[-1].list_names)
    assert shown(store, "tag/f") == {"satu"}
    assert shown(store, "tag/f~plus~plus") == {"dua"}


def test_the_articles_of_a_renamed_category_move_once(database: Database) -> None:
    ArticleStore(database).put(
        [
            submission("satu", categories=["Hukum & HAM", "Politik"]),
            submission("dua", categories=["Politik"]),
            submission("draf", categories=["Hukum & HAM"], status="draft"),
        ],
        NOW,
    )
    store = ArticleStore(database, ListAssignment(names=ListNames({"hukum-ham": "Hukum"})))
    [notice] = store.move_renamed(NOW)
    assert (notice.article_ids, notice.list_names) == (("satu",), ("category/hukum", "category/hukum-ham"))
    assert store.move_renamed(NOW) == []
    assert store.article_list("category/hukum").title == "Hukum"
    assert shown(store, "category/hukum") == {"satu"}
    assert shown(store, "category/hukum-ham") == set()
    assert shown(store, "category/politik") == {"satu", "dua"}
    store.put([submission("tiga", categories=["hukum ham"])], NOW)
    assert shown(store, "category/hukum") == {"satu", "tiga"}
    assert store.countable(["satu"], NOW)["satu"].list_names == ["category/hukum", "category/politik"]


def test_a_category_that_never_was_can_be_renamed(database: Database) -> None:
    store = ArticleStore(database, ListAssignment(names=ListNames({"tiada": "Hukum"})))
    assert store.move_renamed(NOW) == []
    with pytest.raises(NotFound):
        store.newest("category/hukum", 10, NOW)
