"""The article store, on SQLite and PostgreSQL."""

from service.store import ArticleStore, Outcome
from tests.conftest import NOW, submission


def test_put_is_idempotent(store: ArticleStore) -> None:
    article = submission("1")
    assert store.put([article], NOW)[0] == [Outcome.ADDED]
    assert store.put([article], NOW) == ([Outcome.UNCHANGED], [])
