"""The sample newsroom: what `make run` shows must look like a newsroom's work, and be repeatable."""

import re
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any
from xml.etree import ElementTree

import pytest

from service.sample import newsroom, photos
from service.sample.newsroom import SampleArticle, articles
from service.sample.phrases import phrases

NOW = datetime(2026, 3, 4, 5, 17, 23, 456, tzinfo=UTC)
BASE = "http://127.0.0.1:8000"


@pytest.fixture(scope="module")
def sample() -> list[SampleArticle]:
    return list(articles(now=NOW, base_url=BASE))


def fields(sample: list[SampleArticle]) -> list[dict[str, Any]]:
    return [article.fields for article in sample]


def views_within(article: SampleArticle, window: timedelta) -> int:
    return sum(many for age, many in article.views if age <= window)


def test_same_arguments_same_articles(sample: list[SampleArticle]) -> None:
    again = articles(now=NOW, base_url=BASE)
    assert [next(again) for _ in range(12)] == sample[:12]
    assert len(sample) == 200


def test_ids_and_headlines_are_unique(sample: list[SampleArticle]) -> None:
    for key in ("id", "title", "published_at"):
        assert len({article[key] for article in fields(sample)}) == 200
    assert all(re.fullmatch(r"demo-[a-z]+-\d{4}", article["id"]) for article in fields(sample))


def test_lengths_suit_a_front_page(sample: list[SampleArticle]) -> None:
    for article in fields(sample):
        assert 40 <= len(article["title"]) <= 110, article["title"]
        assert 120 <= len(article["summary"]) <= 280, article["summary"]
        assert 1_450 <= len(article["content_html"].encode()) <= 4_000, article["id"]


def test_text_is_finished_and_safe_in_xml(sample: list[SampleArticle]) -> None:
    for article in fields(sample):
        image = article.get("image", {})
        plain = [article["title"], article["summary"], article.get("correction", ""), image.get("caption", "")]
        assert not re.search(r"[\[\]{}|<>&]|\s\s|[\x00-\x1f]", "\n".join(plain).replace("\n", "#"))
        body = ElementTree.fromstring(f"<div>{article['content_html']}</div>")  # noqa: S314 - our own text
        assert {element.tag for element in body} <= {"p", "h2", "ul", "blockquote"}
        assert all(link.attrib["href"].startswith("https://example.org/") for link in body.iter("a"))
        assert not re.search(r"[\[\]{}|<>]", "".join(body.itertext()))


def test_a_story_stays_with_its_place_and_speaker(sample: list[SampleArticle]) -> None:
    towns = {place.town for place in phrases().places}
    for article in fields(sample):
        (town, *_) = sorted((town for town in towns if town in article["title"]), key=len, reverse=True)
        assert town in article["summary"]
        assert town in article["content_html"].split("</p>")[0]


def test_every_story_fits_every_place_that_it_allows(monkeypatch: pytest.MonkeyPatch) -> None:
    """As many articles as there can be: no slot is missing, no headline told twice."""
    monkeypatch.setattr(photos, "draw", lambda name: b"")
    most = list(articles(now=NOW, base_url=BASE, count=720))
    assert len({article.fields["title"] for article in most}) == 720
    with pytest.raises(ValueError, match="720 articles at most"):
        next(articles(now=NOW, base_url=BASE, count=721))


def test_dates_fill_the_three_weeks_before_now(sample: list[SampleArticle]) -> None:
    dates = [datetime.fromisoformat(article["published_at"]) for article in fields(sample)]
    assert dates == sorted(dates)
    assert all(date.utcoffset() == timedelta(hours=7) and date.microsecond == 0 for date in dates)
    assert NOW - timedelta(days=21) <= dates[0] < NOW - timedelta(days=18)
    assert NOW - timedelta(minutes=6) < dates[-1] < NOW
    by_day = sum(6 <= date.hour < 20 for date in dates)
    assert by_day > 160


def test_updates_come_after_publication_and_before_now(sample: list[SampleArticle]) -> None:
    updated = [article for article in fields(sample) if "updated_at" in article]
    assert len(updated) == 10
    assert all(article["published_at"] < article["updated_at"] for article in updated)
    assert all(datetime.fromisoformat(article["updated_at"]) < NOW for article in updated)
    assert any("correction" in article for article in updated)
    assert not any("correction" in article for article in fields(sample) if "updated_at" not in article)


def test_categories_tags_and_authors_are_varied(sample: list[SampleArticle]) -> None:
    categories = Counter(name for article in fields(sample) for name in article["categories"])
    assert len(categories) >= 8
    assert min(categories.values()) >= 10
    assert sum(len(article["categories"]) == 2 for article in fields(sample)) > 20
    assert all(2 <= len(set(article["tags"])) == len(article["tags"]) <= 4 for article in fields(sample))
    authors = {author["name"] for article in fields(sample) for author in article["authors"]}
    assert 10 <= len(authors) <= 14
    assert {len(article["authors"]) for article in fields(sample)} == {1, 2}


def test_pictures_are_described_as_they_are(sample: list[SampleArticle]) -> None:
    pictured = [article for article in fields(sample) if "image" in article]
    assert 150 <= len(pictured) <= 185
    for article in pictured[::20]:
        image = article["image"]
        assert image["url"] == f"{BASE}/photos/{article['id']}.png"
        assert (image["width"], image["height"]) == photos.SIZE
        assert image["length"] == len(photos.draw(article["id"]))
        assert image["caption"]
        assert image["credit"]


def test_nobody_reads_an_article_before_it_is_published(sample: list[SampleArticle]) -> None:
    for article in sample:
        published = datetime.fromisoformat(str(article.fields["published_at"]))
        assert all(published <= NOW - age < NOW and many > 0 for age, many in article.views)


def test_each_window_has_its_own_popular_list(sample: list[SampleArticle]) -> None:
    lists = []
    for hours in (1, 24, 7 * 24, 30 * 24):
        window = timedelta(hours=hours)
        ranked = sorted(sample, key=lambda article: views_within(article, window), reverse=True)
        assert views_within(ranked[9], window) > 0
        lists.append([article.fields["id"] for article in ranked[:10]])
    assert len({tuple(ids) for ids in lists}) == 4
    assert len({ids[0] for ids in lists}) >= 3


def test_views_have_a_few_hits_and_a_long_tail(sample: list[SampleArticle]) -> None:
    totals = sorted((views_within(article, newsroom.SPAN) for article in sample), reverse=True)
    assert 17_000 <= sum(totals) <= 22_000
    assert sum(totals[:20]) > sum(totals) / 3
    assert sum(1 for total in totals if total < 60) > 50
