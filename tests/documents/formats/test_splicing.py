"""Documents are spliced from entries that were rendered before; nobody can tell: feedgen, asked for the whole document
at once, writes the same bytes."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from service.articles.article import Article
from service.core.settings.catalogue import Catalogue
from service.core.settings.model import Settings
from service.core.settings.podcast import Podcast
from service.documents.formats import ALL_FORMATS, FORMATS, PARTNERS, RenderContext
from service.documents.formats.rss import Rss
from service.documents.formats.sizes import shortened
from service.documents.formats.xml import Xml
from service.feeds.names import Ranking, Tombstone
from tests.articles.test_sanitizer import nasty
from tests.support.newsroom import BARE, NOW, RICH, SETTINGS, article, context, numbered

EVERY = pytest.mark.parametrize("extension", FORMATS)
SPLICED = {extension: format_.render for extension, format_ in ALL_FORMATS.items() if isinstance(format_.render, Xml)}


def newsroom(**site: str) -> Settings:
    """Other settings, which entries show."""
    return SETTINGS.model_copy(update={"site": SETTINGS.site.model_copy(update=site)})


NEWSROOMS = [
    SETTINGS,
    SETTINGS.model_copy(update={"hubs": (), "catalogue": Catalogue(tombstones=True)}),
    newsroom(rights="", logo="", language="en", timezone="Asia/Kathmandu"),
    newsroom(tag_authority="other.example,2026", publisher=""),
    SETTINGS.model_copy(
        update={"podcast": Podcast(guid="917393e3-1b1e-5cef-ace4-edaa54e1f810", owner_email="a@b.example")}
    ),
]
# Long enough, with a photo large enough, for every partner.
LONG: dict[str, Any] = {**RICH, "language": "id", "content_html": f"<p>{'Kata demi kata. ' * 40}</p>"}
parts: dict[str, st.SearchStrategy[Any]] = {
    "title": nasty.map("Judul {} </item><entry <dc:x>".format),
    "summary": nasty,
    "content_html": st.sampled_from(
        [
            *("", "<p>Isi</p>", "<p>]]&gt; &lt;/item&gt;&lt;item&gt;&lt;media:content&gt;</p>"),
            "<p title='<item><entry x><x:y>]]><item><fh:z>'>Isi</p>",
            "<p title='<![CDATA[<item><x:y>]]>'>Isi</p>",
        ]
    ),
    "url": st.sampled_from([None, "https://news.example/<item>?a=1&b=2"]),
    "categories": st.sampled_from([[], ["Dinamika"], ["Hukum & HAM", "日本"]]),
    "authors": st.sampled_from([[], ["Budi"], [{"name": "Sarah", "url": "https://news.example/s"}, "Budi"]]),
    "published_at": st.sampled_from(["2026-02-12T02:33:00+07:00", "1931-06-01T12:00:01+07:00"]),
    "updated_at": st.sampled_from([None, "2026-02-13T00:00:00Z"]),
    "expires_at": st.sampled_from([None, "2027-01-01T00:00:00Z"]),
    "language": st.sampled_from([None, "en", "su", "ar"]),
    "podcast": st.sampled_from([None, {"duration": 9, "transcripts": [{"url": "https://news.example/a.vtt"}]}]),
    "image": st.sampled_from([None, {"caption": "tanpa berkas"}, RICH["image"], {"url": "https://news.example/b.gif"}]),
    "enclosures": st.sampled_from([[], RICH["enclosures"]]),
    "correction": st.sampled_from(["", "Nama & jabatan"]),
    "license": st.sampled_from(["", "CC BY"]),
}
versions = st.builds(
    lambda id_, base, changes: article({**base, **changes, "id": id_}),
    st.sampled_from(["1", "2", "é/3", "4"]),
    st.sampled_from([BARE, LONG]),
    st.fixed_dictionaries({}, optional=parts),
)
tombstones = st.sampled_from([(), (Tombstone("9", NOW), Tombstone("8", NOW - timedelta(1), "https://news.example/8"))])
addresses = st.none() | st.sampled_from(["https://feeds.example/latest/archive/6.rss", "https://x.example/?a&b"])


@st.composite
def contexts(draw: st.DrawFn) -> RenderContext:
    """Any feed: of any length, with any of what a head may hold, with any of its entries shortened."""
    entries = draw(st.lists(versions, max_size=5, unique_by=lambda each: each.id))
    made = context(entries, draw(st.sampled_from(["latest", "popular/7d", "tag/日本"])))
    views = {each.id: 10 - place for place, each in enumerate(entries)}
    ranking = draw(st.none() | st.just(Ranking(views, NOW - timedelta(hours=3))))
    made = replace(
        made,
        settings=draw(st.sampled_from(NEWSROOMS)),
        ranking=ranking,
        tombstones=draw(tombstones),
        older=draw(addresses),
        newer=draw(addresses),
        current=draw(addresses),
        is_complete=draw(st.booleans()),
    )
    return shortened(made, draw(st.integers(0, 3 * len(entries))))


def cold(shown: RenderContext) -> RenderContext:
    """The same context in a process that has kept nothing: for it, these are other settings."""
    return replace(shown, settings=shown.settings.model_copy())


@hypothesis_settings(max_examples=150)
@given(st.lists(contexts(), min_size=1, max_size=4))
def test_a_spliced_document_is_what_feedgen_writes_at_once(history: Sequence[RenderContext]) -> None:
    """What was kept in all the contexts before, of these articles or of other versions of them, makes no difference."""
    for shown in history:
        for extension, writer in SPLICED.items():
            admitted, _ = ALL_FORMATS[extension].accept(shown)
            assert bytes(writer(admitted)) == writer.build(admitted, admitted.entries)


@hypothesis_settings(max_examples=100)
@given(st.lists(contexts(), min_size=1, max_size=4))
def test_no_document_depends_on_what_was_kept(history: Sequence[RenderContext]) -> None:
    for shown in history:
        for format_ in ALL_FORMATS.values():
            assert format_.document(format_.accept(shown)[0]) == format_.document(format_.accept(cold(shown))[0])


@given(contexts())
def test_a_json_feed_is_as_one_would_write_it_at_once(shown: RenderContext) -> None:
    written = bytes(FORMATS["json"].render(shown))
    assert json.dumps(json.loads(written), ensure_ascii=False, separators=(",", ":")).encode() == written


@given(contexts())
def test_the_parts_are_the_entries_and_their_length_is_known(shown: RenderContext) -> None:
    for extension, format_ in FORMATS.items():
        spliced = format_.render(shown)
        assert [fragment.key for fragment in spliced.fragments] == [entry.id for entry in shown.entries]
        assert len(spliced) == len(bytes(spliced))
        begin, end = {"rss": (b"<item>", b"</item>"), "atom": (b"<entry ", b"</entry>"), "json": (b"{", b"}")}[
            extension
        ]
        for fragment in spliced.fragments:
            assert fragment.body.startswith(begin)
            assert fragment.body.endswith(end)


def test_only_new_versions_are_built() -> None:
    built: list[list[str]] = []

    class Counted(Rss):
        def build(self, context: RenderContext, entries: Sequence[Article], *more: Any) -> bytes:
            built.append([entry.id for entry in entries])
            return super().build(context, entries, *more)

    writer = Counted()
    entries = numbered(50)
    writer(context(entries))
    writer(context(numbered(50), "category/dinamika"))  # the same articles, read anew, in another feed
    new, edited = article({**RICH, "id": "baru"}), entries[7].model_copy(update={"title": "Judul yang diperbaiki"})
    writer(context([new, *entries[:7], edited, *entries[8:49]]))
    assert built == [[str(n) for n in range(50)], [], ["baru", "7"]]


@EVERY
def test_feeds_share_their_entries_but_for_ranks(extension: str) -> None:
    render = FORMATS[extension].render
    entries = numbered(3)
    first, second = render(context(entries)), render(context(entries[1:], "tag/x"))
    assert [one is other for one, other in zip(first.fragments[1:], second.fragments, strict=True)] == [True, True]
    ranked = render(replace(context(entries), ranking=Ranking({"0": 3, "1": 2, "2": 1}, NOW)))
    assert (ranked.fragments == first.fragments) == (extension != "json")


@pytest.mark.parametrize(
    ("extension", "told"), [("rss", False), ("atom", True), ("json", True), ("smartnews.rss", True), ("msn.rss", False)]
)
def test_a_document_knows_the_withdrawn_articles_that_it_shows(extension: str, told: bool) -> None:
    format_ = ALL_FORMATS[extension]
    settings = SETTINGS.model_copy(update={"catalogue": Catalogue(tombstones=True)})
    shown = replace(context(numbered(1), settings=settings), tombstones=(Tombstone("ditarik", NOW),))
    spliced = format_.document(format_.accept(shown)[0])
    assert list(spliced.withdrawn) == (["ditarik"] if told else [])
    assert (b"ditarik" in spliced.head) == told


def test_atom_names_withdrawals_only_where_it_is_asked_for() -> None:
    shown = replace(context(numbered(1)), tombstones=(Tombstone("ditarik", NOW),))
    assert list(FORMATS["atom"].render(shown).withdrawn) == []


def test_every_partner_that_takes_rss_is_spliced() -> None:
    assert {extension for extension in PARTNERS if extension.endswith(".rss")} <= set(SPLICED)
