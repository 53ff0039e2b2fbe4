"""Headlines: the newest articles without their bodies, on SQLite and PostgreSQL."""

from datetime import timedelta

from sqlalchemy import event

from service.storage import ArticleStore, Database
from tests.support.articles import NOW, submission

SINCE = NOW - timedelta(hours=48)


def at(**delta: float) -> str:
    return (NOW - timedelta(**delta)).isoformat()


def ids(store: ArticleStore) -> list[str]:
    return [headline.id for headline in store.headlines(SINCE, NOW)]


def test_they_are_the_visible_articles_since_then_newest_first(store: ArticleStore) -> None:
    store.put(
        [
            submission("lama", published_at=at(hours=48, seconds=1)),
            submission("tepat", published_at=at(hours=48)),
            submission("baru", published_at=at(seconds=0)),
            submission("embargo", published_at=at(seconds=-1)),
            submission("konsep", published_at=at(hours=1), status="draft"),
            submission("lewat", published_at=at(hours=2), expires_at=at(seconds=0)),
            submission("ditarik", published_at=at(hours=3)),
            submission("siang", published_at=at(hours=4), url="https://berita.example/siang?a=1&b=2"),
        ],
        NOW - timedelta(hours=1),
    )
    store.withdraw("ditarik", NOW)
    store.apply_deadlines(NOW)
    assert ids(store) == ["baru", "siang", "tepat"]
    headline = store.headlines(SINCE, NOW)[1]
    assert (headline.title, headline.url) == ("Judul siang", "https://berita.example/siang?a=1&b=2")
    assert headline.published_at == NOW - timedelta(hours=4)


def test_each_article_is_there_once_on_however_many_lists_it_stands(store: ArticleStore) -> None:
    store.put([submission("satu", published_at=at(hours=1), categories=["A", "B"], tags=["C"], authors=["D"])], NOW)
    assert ids(store) == ["satu"]


def test_bodies_are_not_read(store: ArticleStore, database: Database) -> None:
    statements: list[str] = []
    event.listen(database.engine, "before_cursor_execute", lambda *args: statements.append(args[2]))
    store.headlines(SINCE, NOW)
    [statement] = [statement for statement in statements if "SELECT" in statement]
    assert "content_html" not in statement
