"""The articles on each list, and the tombstones of those that were withdrawn."""

from service.storage import ArticleStore
from tests.support.articles import NOW, submission


def test_a_withdrawal_leaves_a_tombstone_on_every_list_until_the_article_is_back(store: ArticleStore) -> None:
    store.put([submission("1", tags=["Pasar"]), submission("2")], NOW)
    store.withdraw("1", NOW)
    for article_list in ("latest", "category/dinamika", "tag/pasar"):
        assert [stone.article_id for stone in store.newest(article_list, 10, NOW).tombstones] == ["1"]
    before = store.newest("tag/pasar", 10, NOW).article_list.modified_at
    _, announcements = store.put([submission("1", categories=["Lain"])], NOW)
    assert "tag/pasar" in announcements[0].list_names
    listing = store.newest("tag/pasar", 10, NOW)
    assert listing.tombstones == ()
    assert listing.article_list.modified_at > before
