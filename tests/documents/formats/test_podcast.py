"""A feed with audio or video files is a podcast, too: its elements, and the profile of Apple Podcasts and Spotify."""

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from service.articles.article import Article
from service.core.settings.model import Settings
from service.core.settings.podcast import Podcast, Show
from service.documents.formats import FORMATS, PROFILES
from tests.support.newsroom import BARE, EPISODE, NOW, RICH, SETTINGS, article, context, numbered, rendered
from tests.support.reading import NAMESPACES, every, one, xml

GUID = "917393e3-1b1e-5cef-ace4-edaa54e1f810"
NEWSROOM = SETTINGS.model_copy(
    update={
        "podcast": Podcast(
            author="Redaksi Suara",
            owner_email="siniar@news.example",
            image="https://news.example/siniar.jpg",
            categories=("News > Daily News", "News > Politics", "Society & Culture"),
            shows={
                "category/siniar": Show(image="https://news.example/s.png", explicit=True, type="serial", guid=GUID)
            },
        )
    }
)


def channel(entries: Sequence[Article], path: str = "latest", settings: Settings = NEWSROOM) -> Any:
    [element] = xml(rendered("rss", entries, path, settings)).findall("channel")
    return element


def named(element: Any, prefix: str) -> list[tuple[str, Any]]:
    """The names of the element's children in a namespace, with their text, else their attributes."""
    start = f"{{{NAMESPACES[prefix]}}}"
    children = [child for child in element if str(child.tag).startswith(start)]
    return [(child.tag.removeprefix(start), child.text or dict(child.attrib)) for child in children]


# --- the elements --------------------------------------------------------------------------------------------


def test_a_feed_without_audio_or_video_has_no_element_of_a_podcast() -> None:
    files = [{"url": "https://news.example/a.pdf"}]
    document = rendered("rss", [article({**RICH, "enclosures": files, "podcast": {"duration": 9}})], settings=NEWSROOM)
    assert b"itunes" not in document
    assert b"podcast" not in document


def test_the_channel_has_the_values_of_the_settings() -> None:
    assert named(channel([article(EPISODE), *numbered(2)]), "itunes") == [
        ("author", "Redaksi Suara"),
        ("summary", "Berita & kabar"),
        ("type", "episodic"),
        ("explicit", "false"),
        ("image", {"href": "https://news.example/siniar.jpg"}),
        ("owner", {}),
        ("category", {"text": "News"}),
        ("category", {"text": "Society & Culture"}),
    ]
    element = channel([article(EPISODE)])
    assert named(element.find("itunes:owner", NAMESPACES), "itunes") == [
        ("name", "Redaksi Suara"),
        ("email", "siniar@news.example"),
    ]
    assert every(element, "itunes:category[@text='News']/itunes:category/@text") == ("Daily News", "Politics")
    assert one(element, "podcast:guid") is None


def test_a_feed_may_have_values_of_its_own_also_on_its_archive_pages() -> None:
    own = channel([article(EPISODE)], "category/siniar")
    assert [one(own, path) for path in ("itunes:type", "itunes:explicit", "podcast:guid", "itunes:author")] == [
        *("serial", "true", GUID, "Redaksi Suara"),
    ]
    assert one(own, "itunes:image/@href") == "https://news.example/s.png"
    page = channel([article(EPISODE)], "category/siniar/archive/3")
    assert one(page, "podcast:guid") == GUID


def test_without_settings_the_newsroom_stands_for_the_podcast() -> None:
    element = channel([article(EPISODE)], settings=SETTINGS)
    assert named(element, "itunes") == [
        ("author", "Redaksi Warta"),
        ("summary", "Berita & kabar"),
        ("type", "episodic"),
        ("explicit", "false"),
        ("image", {"href": "https://news.example/logo.png"}),
        ("owner", {}),
        ("category", {"text": "News"}),
    ]


def test_an_item_has_the_values_of_its_episode() -> None:
    item = channel([article(EPISODE)]).find("item")
    assert named(item, "itunes") == [
        ("author", "Suara Kota"),
        ("summary", "Mengapa kota kita & kota lain banjir."),
        ("duration", "1771"),
        ("explicit", "false"),
        ("season", "2"),
        ("episode", "12"),
        ("episodeType", "full"),
        ("image", {"href": "https://news.example/12-persegi.png"}),
    ]
    assert named(item, "podcast") == [
        ("transcript", {"url": "https://news.example/12.vtt", "type": "text/vtt", "language": "id", "rel": "captions"}),
        ("transcript", {"url": "https://news.example/12.html", "type": "text/html"}),
        ("chapters", {"url": "https://news.example/12.json", "type": "application/json+chapters"}),
    ]


def test_an_episode_of_which_only_the_file_is_known_has_the_article_s_values() -> None:
    """So has a video; the entries beside them have no element of a podcast."""
    film = [{"url": "https://news.example/12.mp4"}]
    entries = [article({**EPISODE, "id": "b", "podcast": None, "enclosures": film}), *numbered(1)]
    [item, other] = channel(entries).findall("item")
    assert named(item, "itunes") == [
        ("summary", "Mengapa kota kita & kota lain banjir."),
        ("image", {"href": "https://news.example/12.jpg"}),
    ]
    assert named(other, "itunes") == []
    assert len(named(channel(entries), "itunes")) == 8


def test_json_feed_tells_the_duration_and_everything_else_in_its_extension() -> None:
    [item] = json.loads(rendered("json", [article(EPISODE)]))["items"]
    assert item["attachments"][1] == {
        "url": "https://news.example/12.mp3",
        "mime_type": "audio/mpeg",
        "size_in_bytes": 28311552,
        "duration_in_seconds": 1771,
    }
    assert "duration_in_seconds" not in item["attachments"][0]
    assert item["_warta"]["podcast"]["episode"] == 12
    assert item["_warta"]["podcast"]["explicit"] is False
    assert "podcast" not in json.loads(rendered("json", [article(BARE)]))["items"][0]["_warta"]


def test_a_long_summary_is_as_short_as_players_want_it() -> None:
    item = channel([article({**EPISODE, "summary": "kata " * 1000})]).find("item")
    assert 3990 < len(dict(named(item, "itunes"))["summary"]) <= 4001


# --- the profile ---------------------------------------------------------------------------------------------

GOOD = {**EPISODE, "image": {"url": "https://news.example/12.jpg", "width": 1400, "height": 1400}}


def findings(entries: Sequence[Article], settings: Settings = NEWSROOM, path: str = "latest") -> list[str]:
    """The findings about the articles, then those about the feed."""
    partner = PROFILES["podcast"]
    accepted, refusals = partner.review(context(entries, path, settings=settings), NOW)
    reasons = [f"{refusal.article.id}: {reason}" for refusal in refusals for reason in refusal.reasons]
    return reasons + [str(finding) for finding in partner.check_feed(accepted)]


def test_a_podcast_that_keeps_the_rules_is_taken_whole_and_alone_in_its_feed() -> None:
    partner = PROFILES["podcast"]
    shown = context([article(GOOD), *numbered(2)], format_=partner, settings=NEWSROOM)
    accepted, refusals = partner.accept(shown)
    assert [str(reason) for refusal in refusals for reason in refusal.reasons] == [
        "enclosures: has no audio or video file"
    ] * 2
    assert findings([article(GOOD)]) == []
    element = xml(bytes(partner.document(accepted))).find("channel")
    assert every(element, "item/enclosure/@url") == ("https://news.example/12.mp3",)
    assert one(element, "itunes:image/@href") == "https://news.example/siniar.jpg"
    assert not partner.by_default
    assert partner.min_articles == 1


@pytest.mark.parametrize(
    ("fields", "finding"),
    [
        ({"title": "J" * 256}, "title: has 256 characters; the partner accepts at most 255"),
        ({"summary": "é" * 2001}, "summary: has 4,002 bytes; the partner accepts at most 4,000"),
        ({"enclosures": []}, "enclosures: has no audio or video file"),
        (
            {"enclosures": [{"url": "https://news.example/12.ogg", "type": "audio/ogg", "length": 1}]},
            "enclosures.type: is audio/ogg; the partner accepts only MP3, M4A, MP4, M4V and MOV",
        ),
        (
            {"enclosures": [{"url": "https://news.example/12.mp3?x", "type": "audio/mp4", "length": 1}]},
            "enclosures.url: must end with .m4a",
        ),
        (
            {"enclosures": [{"url": "https://news.example/12.mp3"}]},
            "enclosures.length: is missing; the partner wants the number of bytes",
        ),
        (
            {"podcast": {"image": "https://news.example/12.webp"}},
            "podcast.image: must end with .jpg or .jpeg or .png",
        ),
    ],
)
def test_an_episode_that_breaks_a_rule_is_left_out(fields: dict[str, Any], finding: str) -> None:
    assert findings([article({**GOOD, **fields})]) == [f"siniar-12: {finding}"]


@pytest.mark.parametrize(
    ("image", "stays"),
    [
        *(({"width": 1400, "height": 1400}, True), ({"width": 3000}, True), ({}, True), (None, False)),
        *(({"width": 1399, "height": 1399}, False), ({"width": 3001}, False), ({"width": 1500, "height": 1400}, False)),
        *(({"url": "https://news.example/12.webp"}, False), ({"url": None, "caption": "K"}, False)),
    ],
)
def test_a_photo_that_cannot_be_the_episode_s_picture_is_left_out(image: dict[str, Any] | None, stays: bool) -> None:
    photo = None if image is None else {"url": "https://news.example/12.jpg", **image}
    [entry] = PROFILES["podcast"].accept(context([article({**GOOD, "podcast": None, "image": photo})]))[0].entries
    assert (entry.image is not None) == stays
    [own] = PROFILES["podcast"].accept(context([article({**GOOD, "image": photo})]))[0].entries
    assert (own.image is None) == (image is None)


def with_podcast(**values: Any) -> Settings:
    return NEWSROOM.model_copy(update={"podcast": NEWSROOM.podcast.model_copy(update=values)})


@pytest.mark.parametrize(
    ("settings", "finding"),
    [
        (with_podcast(image=""), "podcast.image: is empty; the partner wants a square cover"),
        (with_podcast(image="https://x.example/a.gif"), "podcast.image: must end with .jpg or .jpeg or .png"),
        (with_podcast(owner_email=""), "podcast.owner_email: is empty; Spotify sends the owner of the podcast a code"),
        (with_podcast(categories=()), "podcast.categories: is empty; the partner wants one"),
        (with_podcast(categories=("Berita",)), "podcast.categories: Apple Podcasts has no category 'Berita'"),
        (with_podcast(categories=("News > Food",)), "podcast.categories: Apple Podcasts has no category 'News > Food'"),
        (
            NEWSROOM.model_copy(update={"site": NEWSROOM.site.model_copy(update={"language": "ban-ID"})}),
            "site.language: is ban-ID; the partner wants a language code of two letters",
        ),
        (
            NEWSROOM.model_copy(update={"site": NEWSROOM.site.model_copy(update={"description": "x" * 4001})}),
            "description: has 4,001 bytes; the partner accepts at most 4,000",
        ),
    ],
)
def test_a_feed_whose_settings_break_a_rule_says_so(settings: Settings, finding: str) -> None:
    assert findings([article(GOOD)], settings) == [finding]


def test_every_category_of_the_default_and_of_the_example_is_apple_s() -> None:
    assert findings([article(GOOD)], with_podcast(categories=Podcast().categories)) == []


def test_a_serial_podcast_numbers_its_episodes() -> None:
    def other(name: str, podcast: dict[str, Any] | None) -> dict[str, Any]:
        files = [{"url": f"https://news.example/{name}.mp3", "length": 1}]
        return {**GOOD, "id": name, "enclosures": files, "podcast": podcast}

    trailer, without = other("t", {"type": "trailer"}), other("x", None)
    entries = [article(fields) for fields in (GOOD, trailer, without)]
    assert findings(entries) == []
    assert findings(entries, path="category/siniar") == [
        "podcast.episode: is missing in x; a serial podcast numbers its episodes"
    ]


def test_a_file_belongs_to_one_episode() -> None:
    assert findings([article(GOOD), article({**GOOD, "id": "lagi"})]) == [
        "enclosures.url: https://news.example/12.mp3 is the file of siniar-12, lagi; Apple Podcasts accepts it once"
    ]


@pytest.mark.parametrize("extension", FORMATS)
def test_a_shortened_feed_keeps_its_episodes_files(extension: str) -> None:
    long = [article({**EPISODE, "id": str(n), "content_html": f"<p>{'kata ' * 20_000}</p>"}) for n in range(20)]
    document = bytes(FORMATS[extension].document(context(long, format_=FORMATS[extension])))
    assert len(document) < 1_000_000
    assert document.count(b"12.mp3") == 20
    assert replace(context(long)).has_episodes
