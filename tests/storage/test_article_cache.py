"""Articles that a process holds: read once, shared by all feeds, and never an old version in place of a new one."""

import random
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event

from service.storage import ArticleStore, Database, article_cache
from tests.support.articles import NOW, submission
from tests.support.clock import Clock


@pytest.fixture
def statements(database: Database) -> list[tuple[str, Any]]:
    """The statements that the database is asked from now on, with their values."""
    asked: list[tuple[str, Any]] = []
    event.listen(database.engine, "before_cursor_execute", lambda *seen: asked.append((seen[2], seen[3])))
    return asked


def bodies(statements: list[tuple[str, Any]]) -> int:
    """How many bodies were asked for, by key, since the last time."""
    read = [values for sql, values in statements if "content_html" in sql]
    statements.clear()
    return sum(map(len, read))


def test_all_feeds_share_an_article(store: ArticleStore) -> None:
    store.put([submission("1", tags=["Pasar"])], NOW)
    [article] = store.newest("latest", 10, NOW).entries
    for list_name in ("latest", "category/dinamika", "tag/pasar"):
        assert store.newest(list_name, 5, NOW).entries[0] is article
        assert store.chosen(list_name, ["1"], NOW).entries[0] is article
    [older] = store.page("latest", "before-99999999999-0", NOW).entries
    assert older is article


def test_only_new_articles_are_read(database: Database, store: ArticleStore, statements: list[tuple[str, Any]]) -> None:
    ArticleStore(database).put([submission(str(n)) for n in range(60)], NOW)
    statements.clear()
    store.newest("latest", 50, NOW)
    assert bodies(statements) == 50
    store.newest("category/dinamika", 50, NOW)
    assert bodies(statements) == 0
    ArticleStore(database).put([submission("baru"), submission("40", title="Judul yang diperbaiki")], NOW)
    statements.clear()
    titles = [entry.title for entry in store.newest("latest", 50, NOW).entries]
    assert bodies(statements) == 2
    assert {"Judul baru", "Judul yang diperbaiki"} < set(titles)


def test_a_feed_takes_few_statements(store: ArticleStore, statements: list[tuple[str, Any]]) -> None:
    """The list, its entries, its withdrawals; and the articles that are not held."""
    store.put([submission(str(n)) for n in range(300)], NOW)
    store.newest("latest", 50, NOW)
    statements.clear()
    store.newest("latest", 50, NOW)
    assert len([sql for sql, _ in statements if sql.startswith("SELECT")]) == 3


def test_what_others_write_is_shown_and_what_they_undo_is_not(database: Database) -> None:
    reader, writer = ArticleStore(database), ArticleStore(database)
    for title in ("Satu", "Dua", "Satu"):
        writer.put([submission("1", title=title)], NOW)
        assert [entry.title for entry in reader.newest("latest", 10, NOW).entries] == [title]
    with pytest.raises(ZeroDivisionError), database.writing() as connection:
        connection.exec_driver_sql("UPDATE articles SET title = 'Tiga', revision = revision + 1")
        raise ZeroDivisionError
    writer.put([submission("1", title="Empat")], NOW)
    assert [entry.title for entry in reader.newest("latest", 10, NOW).entries] == ["Empat"]


def test_an_article_that_comes_back_as_it_was_is_no_old_version(store: ArticleStore) -> None:
    store.put([submission("1", title="Satu")], NOW)
    before = store.newest("latest", 10, NOW).entries
    store.withdraw("1", NOW)
    assert store.newest("latest", 10, NOW).entries == []
    store.put([submission("1", title="Satu", expires_at=NOW + timedelta(hours=1))], NOW)
    after = store.newest("latest", 10, NOW).entries
    assert [entry.title for entry in after] == [entry.title for entry in before]
    assert after[0].expires_at


@pytest.mark.parametrize("memory", [article_cache.MAX_ARTICLE_CACHE_BYTES, 20_000])
def test_a_process_that_holds_articles_shows_what_one_does_that_holds_none(
    database: Database, clock: Clock, monkeypatch: pytest.MonkeyPatch, memory: int
) -> None:
    """Whatever is written, by whichever process, and however few articles it may hold."""
    monkeypatch.setattr(article_cache, "MAX_ARTICLE_CACHE_BYTES", memory)
    stores = [ArticleStore(database), ArticleStore(database)]
    dice = random.Random(memory)  # noqa: S311
    for _ in range(60):
        writer = dice.choice(stores)
        ids = [str(dice.randrange(12)) for _ in range(dice.choice([1, 1, 5]))]
        if dice.random() < 0.2 and not stores[0].is_empty():
            writer.withdraw(dice.choice(list(stores[0].everything())).id, clock())
        else:
            title, age = dice.choice(["Satu", "Dua", "Tiga"]), timedelta(hours=dice.randrange(3))
            writer.put([submission(id_, title=title, published_at=clock() - age) for id_ in ids], clock())
        clock.forward(minutes=1)
        fresh = ArticleStore(database)
        for store in stores:
            for limit in (3, 50):
                assert store.newest("latest", limit, clock()) == fresh.newest("latest", limit, clock())
            assert store.chosen("latest", ids, clock()) == fresh.chosen("latest", ids, clock())
