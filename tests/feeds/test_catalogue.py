"""The catalogue: which feeds there are, what they are called, how long they are."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.core.errors import NotFound
from service.core.settings.catalogue import Catalogue
from service.core.settings.counting import Popular
from service.core.settings.model import Settings
from service.core.settings.site import Site
from service.feeds.catalogue import FeedCatalogue
from service.feeds.names import LATEST, ArticleList, FeedName, ListAssignment
from tests.support.articles import NOW, submission

MODIFIED = datetime(2026, 2, 22, tzinfo=UTC)
DINAMIKA = ArticleList("category/dinamika", "Dinamika", MODIFIED)


def catalogue(language: str = "id", **fields: object) -> FeedCatalogue:
    return FeedCatalogue(
        Settings(
            base_url="https://feeds.example",
            site=Site(title="Warta", description="Berita", language=language),
            catalogue=Catalogue.model_validate(fields),
        )
    )


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("latest", FeedName("latest")),
        ("popular", FeedName("latest", "24h", default_window=True)),
        *((f"popular/{window}", FeedName("latest", window)) for window in ("1h", "24h", "7d", "30d")),
        ("category/dinamika", FeedName("category/dinamika")),
        ("category/dinamika/popular", FeedName("category/dinamika", "24h", default_window=True)),
        ("category/dinamika/popular/7d", FeedName("category/dinamika", "7d")),
        ("category/popular", FeedName("category/popular")),
        ("category/popular/popular", FeedName("category/popular", "24h", default_window=True)),
        ("category/日本", FeedName("category/日本")),
        ("tag/kemnaker", FeedName("tag/kemnaker")),
        ("author/sarah-meiliana-gunawan", FeedName("author/sarah-meiliana-gunawan")),
    ],
)
def test_a_name_is_a_path_and_back(path: str, name: FeedName) -> None:
    assert catalogue().parse(path) == name
    assert str(name) == path


@pytest.mark.parametrize(
    "path",
    [
        *("", "/", "Latest", "latest/", "latest/24h", "latest/popular", "popular/", "popular/2h", "popular/24h/x"),
        *(
            "category",
            "category/",
            "category//popular",
            "category/Dinamika",
            "category/a b",
            "category/-a",
            "category/é",
        ),
        *(
            "category/dinamika/terbaru",
            "category/dinamika/popular/",
            "category/dinamika/popular/2h",
            "category/../latest",
        ),
        *(
            "tag/kemnaker/popular",
            "author/sarah/popular/24h",
            "section/berita",
            "category/%2e",
            "category/a\x00",
            "trend",
        ),
    ],
)
def test_what_no_feed_can_be_called_is_not_found(path: str) -> None:
    with pytest.raises(NotFound, match="there is no feed"):
        catalogue().parse(path)


@settings(deadline=None)
@given(
    st.lists(st.text(max_size=10) | st.sampled_from(["latest", "popular", "category", "24h", "dinamika"])).map("/".join)
)
def test_a_path_means_one_feed_or_none(path: str) -> None:
    try:
        name = catalogue().parse(path)
    except NotFound:
        return
    assert str(name) == path


def test_the_default_window_is_a_setting() -> None:
    week = FeedCatalogue(Settings(popular=Popular(default_window="7d")))
    assert week.parse("popular") == FeedName("latest", "7d", default_window=True)


LABELS = {
    "latest": ("Terbaru", "Latest"),
    "popular": ("Populer", "Popular"),
    "popular/1h": ("Populer 1 jam", "Popular 1 hour"),
    "popular/24h": ("Populer 24 jam", "Popular 24 hours"),
    "popular/7d": ("Populer 7 hari", "Popular 7 days"),
    "popular/30d": ("Populer 30 hari", "Popular 30 days"),
    "category/dinamika": ("Dinamika", "Dinamika"),
    "category/dinamika/popular": ("Dinamika – Populer", "Dinamika – Popular"),
    "category/dinamika/popular/1h": ("Dinamika – Populer 1 jam", "Dinamika – Popular 1 hour"),
    "tag/kemnaker": ("Topik Kemnaker", "Topic: Kemnaker"),
    "author/sarah": ("Laporan Sarah", "Stories by Sarah"),
}


@pytest.mark.parametrize("path", LABELS)
def test_feeds_are_called_in_the_site_s_language(path: str) -> None:
    titles = {"latest": "", "category": "Dinamika", "tag": "Kemnaker", "author": "Sarah"}
    for language, label in zip(("id-ID", "en"), LABELS[path], strict=True):
        feeds = catalogue(language)
        name = feeds.parse(path)
        list_name = ArticleList(name.list_name, titles[name.list_name.partition("/")[0]], MODIFIED)
        assert feeds.label(name, list_name) == label
        assert feeds.feed(name, list_name).title == f"Warta – {label}"


def test_a_title_of_the_settings_wins_and_also_names_the_list_s_popular_feeds() -> None:
    feeds = catalogue(titles={"latest": "UPDATE", "popular": "Terpopuler", "category/dinamika": "Dinamika Kita"})
    latest = ArticleList(LATEST, "", MODIFIED)
    assert feeds.label(FeedName(LATEST), latest) == "UPDATE"
    assert feeds.label(feeds.parse("popular"), latest) == "Terpopuler"
    assert feeds.label(feeds.parse("popular/1h"), latest) == "Populer 1 jam"
    assert feeds.label(feeds.parse("category/dinamika/popular"), DINAMIKA) == "Dinamika Kita – Populer"


def test_limits_are_the_request_s_or_the_feed_s_or_the_catalogue_s() -> None:
    feeds = catalogue(limit=20, limits={"category/dinamika": 5})
    name = feeds.parse("category/dinamika")
    assert [feeds.limit(name), feeds.limit(feeds.parse("latest"))] == [5, 20]
    assert [feeds.feed(name, DINAMIKA).limit, feeds.feed(name, DINAMIKA, 100).limit] == [5, 100]


def test_a_feed_links_to_its_page_and_latest_to_the_home_page() -> None:
    feeds = catalogue()
    feed = feeds.feed(feeds.parse("category/dinamika"), DINAMIKA)
    assert (feed.link, feed.description, feed.modified_at) == (
        "https://feeds.example/category/dinamika",
        "Berita",
        MODIFIED,
    )
    assert feeds.feed(FeedName(LATEST), ArticleList(LATEST, "", MODIFIED)).link == "https://feeds.example/"
    japan = ArticleList("tag/日本", "日本", MODIFIED)
    assert feeds.feed(FeedName(japan.name), japan).link == "https://feeds.example/tag/%E6%97%A5%E6%9C%AC"


def test_a_list_has_its_plain_feed_first_and_popular_ones_where_they_are_counted() -> None:
    feeds = catalogue()
    shown = ["popular", "popular/1h", "popular/24h", "popular/7d", "popular/30d", "trending"]
    assert [str(name) for name in feeds.names(ArticleList(LATEST, "", MODIFIED))] == ["latest", *shown]
    assert [str(name) for name in feeds.names(DINAMIKA)] == [
        "category/dinamika",
        *(f"category/dinamika/{name}" for name in shown),
    ]
    assert [str(name) for name in feeds.names(ArticleList("tag/x", "X", MODIFIED))] == ["tag/x"]
    for list_name in (ArticleList(LATEST, "", MODIFIED), DINAMIKA):
        assert all(feeds.parse(str(name)) == name for name in feeds.names(list_name))


def test_a_hidden_category_is_not_listed_but_a_tag_of_that_name_is() -> None:
    feeds = catalogue(hidden_categories=["advertorial"])
    listed = {
        name: feeds.is_listed(ArticleList(name, "", MODIFIED))
        for name in ("latest", "category/advertorial", "tag/advertorial")
    }
    assert listed == {"latest": True, "category/advertorial": False, "tag/advertorial": True}


def test_a_published_article_stands_on_every_list_that_it_names() -> None:
    fields = {"categories": ["Hukum & HAM"], "tags": ["Kemnaker"], "authors": ["Sarah", "Budi"]}
    article = submission("1", **fields).article(None, NOW)
    assert ListAssignment()(article) == {
        "latest": "",
        "category/hukum-ham": "Hukum & HAM",
        "tag/kemnaker": "Kemnaker",
        "author/sarah": "Sarah",
        "author/budi": "Budi",
    }
    for status in ("draft", "withdrawn"):
        assert ListAssignment()(submission("1", **fields, status=status).article(None, NOW)) == {}
