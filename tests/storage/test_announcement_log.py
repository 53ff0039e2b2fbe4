"""The log of announcements and its cursors, on SQLite and on PostgreSQL."""

import pytest
from sqlalchemy import text

from service.storage import AnnouncementLog, ArticleStore, Database
from tests.support.articles import NOW, submission

BOTH = ("documents", "view counter")  # the consumers that every store has a cursor of


@pytest.fixture
def log(database: Database) -> AnnouncementLog:
    return AnnouncementLog(database)


def put(store: ArticleStore, *ids: str) -> list[int]:
    """Store each article in a transaction of its own. Returns the keys of the announcements."""
    return [store.put([submission(id_)], NOW)[1][0].key for id_ in ids]


def unread(log: AnnouncementLog, consumer: str) -> list[str]:
    return [id_ for announcement in log.backlog([consumer]).unread[consumer] for id_ in announcement.article_ids]


def kept(database: Database) -> int:
    with database.reading() as connection:
        return int(connection.execute(text("SELECT count(*) FROM outbox")).scalar_one())


def test_each_consumer_reads_at_its_own_pace_and_what_all_have_read_is_deleted(
    database: Database, store: ArticleStore, log: AnnouncementLog
) -> None:
    assert log.backlog(BOTH).is_empty
    first, second, third = put(store, "1", "2", "3")
    assert log.backlog(BOTH) == log.backlog(BOTH)  # after a crash, they come again
    log.advance({"documents": third, "view counter": first})
    assert (unread(log, "documents"), unread(log, "view counter")) == ([], ["2", "3"])
    assert [len(found) for found in log.backlog(BOTH, limit=1).unread.values()] == [0, 1]
    assert kept(database) == 2
    log.advance({"view counter": third})
    log.advance({"view counter": second})  # another process was slower
    log.advance({})
    assert (unread(log, "view counter"), kept(database)) == ([], 0)
    put(store, "4")
    assert unread(log, "documents") == ["4"]


def test_a_new_consumer_starts_over_and_loses_nothing_that_happens_meanwhile(
    database: Database, store: ArticleStore, log: AnnouncementLog
) -> None:
    [first] = put(store, "1")
    log.advance(dict.fromkeys(BOTH, first))
    [second] = put(store, "2")
    assert log.backlog([*BOTH, "edge"]).starting == ["edge"]
    assert log.register(["edge"]) == {"edge": second}
    [third] = put(store, "3")
    log.advance(dict.fromkeys(BOTH, third))
    assert log.backlog(["edge"]).starting == ["edge"]  # as after a crash
    assert log.register(["edge"]) == {"edge": second}  # or in another process
    log.advance({"edge": second})
    assert log.backlog(["edge"]).starting == []
    assert (unread(log, "edge"), kept(database)) == (["3"], 1)


def test_a_consumer_that_is_gone_does_not_keep_the_log_and_starts_over_when_it_is_back(
    database: Database, store: ArticleStore, log: AnnouncementLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("service.storage.announcement_log.MAX_BACKLOG", 3)
    log.register(["edge"])
    log.advance({"edge": 0})
    *_, fourth = keys = put(store, *"1234")
    log.advance(dict.fromkeys(BOTH, keys[2]))
    assert (unread(log, "edge"), kept(database)) == (list("1234"), 4)
    log.advance(dict.fromkeys(BOTH, fourth))
    assert kept(database) == 0
    log.advance({"edge": keys[0]})  # it was only slow: its work of that time must not give it a cursor
    assert log.backlog(["edge"]).starting == ["edge"]
    assert log.register(["edge"]) == {"edge": fourth}


def test_rows_that_a_process_of_an_older_release_deletes_are_no_gap(
    database: Database, store: ArticleStore, log: AnnouncementLog
) -> None:
    """It has announced them itself; both releases write the same rows."""
    put(store, "1", "2", "3")
    with database.writing() as connection:
        connection.execute(
            text(
                "DELETE FROM outbox WHERE article_ids LIKE '%2%'"
                if database.is_sqlite
                else "DELETE FROM outbox WHERE CAST(article_ids AS text) LIKE '%2%'"
            )
        )
    assert unread(log, "documents") == ["1", "3"]
