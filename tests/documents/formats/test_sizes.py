"""No document is longer than a megabyte: bodies shorten from the last entry on, as few as it takes, and it says so."""

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from service.articles.article import Article
from service.core.settings.model import Settings
from service.documents.formats import FORMATS, RenderContext
from service.documents.formats.context import MAX_TEASER
from service.documents.formats.sizes import MAX_DOCUMENT_BYTES, fewer, fit, shortened
from service.documents.parts import DocumentParts
from tests.support.newsroom import NOW, RICH, SETTINGS, article, context, numbered
from tests.support.reading import READERS, Read, xml
from tests.support.validator import validate

EVERY = pytest.mark.parametrize("extension", FORMATS)


def long_articles(count: int, characters: int, **fields: Any) -> list[Article]:
    """Articles of a minute each, with bodies that many characters long."""
    body = f"<p>{'kata & kata ' * (characters // 12)}</p>"
    entries = [
        each.model_copy(update={"content_html": body, "summary": f"Ringkasan {each.id}"}) for each in numbered(count)
    ]
    return [each.model_copy(update=fields) for each in entries]


def document(extension: str, entries: Sequence[Article], settings: Settings = SETTINGS) -> bytes:
    return bytes(FORMATS[extension].document(context(entries, format_=FORMATS[extension], settings=settings)))


def told(extension: str, document: bytes) -> tuple[str, list[Read]]:
    """The feed's description and its entries."""
    if extension == "json":
        return json.loads(document)["description"], READERS["json"](document)
    root = xml(document)
    description = root.findtext("channel/description") or root.findtext("{http://www.w3.org/2005/Atom}subtitle")
    return description, READERS[extension](document)


def is_whole(entry: Read) -> bool:
    return entry.content is not None and "kata" in entry.content


@EVERY
def test_what_fits_is_as_it_is(extension: str) -> None:
    entries = long_articles(20, 10_000)
    rendered = FORMATS[extension].render(context(entries, format_=FORMATS[extension]))
    assert document(extension, entries) == bytes(rendered)


@EVERY
def test_bodies_shorten_from_the_last_entry_on_and_no_more_than_needed(extension: str) -> None:
    entries = long_articles(100, 15_000)
    description, read = told(extension, document(extension, entries))
    assert len(document(extension, entries)) <= MAX_DOCUMENT_BYTES
    assert len(read) == 100
    whole = [is_whole(entry) for entry in read]
    count = 100 - sum(whole)
    assert whole == [True] * (100 - count) + [False] * count
    assert 0 < count < 100
    assert description == f"Berita & kabar. Isi {count} berita terbawah diringkas."
    assert [entry.summary for entry in read] == [f"Ringkasan {n}" for n in range(100)]
    one_less = shortened(context(entries, format_=FORMATS[extension]), count - 1)
    assert len(FORMATS[extension].render(one_less)) > MAX_DOCUMENT_BYTES
    if extension == "json":
        assert json.loads(document(extension, entries))["_warta"]["shortened"] == count


@EVERY
def test_it_says_so_in_the_site_s_language(extension: str) -> None:
    english = SETTINGS.model_copy(update={"site": SETTINGS.site.model_copy(update={"language": "en-GB"})})
    description, _ = told(extension, document(extension, long_articles(2, 600_000), english))
    assert description == "Berita & kabar. The last 1 stories are shortened to summaries."


@EVERY
def test_the_same_articles_give_the_same_bytes(extension: str) -> None:
    assert document(extension, long_articles(100, 15_000)) == document(extension, long_articles(100, 15_000))


@EVERY
def test_a_shortened_feed_is_as_valid_as_any(extension: str) -> None:
    assert validate(extension, document(extension, long_articles(100, 15_000)), NOW) == []


@EVERY
def test_enormous_bodies_are_never_rendered_whole(extension: str) -> None:
    lengths = []

    def render(shown: RenderContext) -> DocumentParts:
        rendered = FORMATS[extension].render(shown)
        lengths.append(len(rendered))
        return rendered

    assert len(fit(context(long_articles(100, 900_000)), render, shortened)) <= MAX_DOCUMENT_BYTES
    assert max(lengths) < 2 * MAX_DOCUMENT_BYTES
    assert len(lengths) <= 11


@EVERY
def test_summaries_become_teasers_when_they_alone_are_too_much(extension: str) -> None:
    """A hundred summaries of the greatest length, in a script of four bytes a character."""
    entries = long_articles(100, 6_000, summary="𐎠" * 5_000)
    read = told(extension, document(extension, entries))[1]
    assert len(document(extension, entries)) <= MAX_DOCUMENT_BYTES
    assert [entry.title for entry in read] == [f"Judul {n}" for n in range(100)]
    assert not any(is_whole(entry) for entry in read)
    lengths = [len(entry.summary) for entry in read]
    assert lengths == sorted(lengths, reverse=True)
    assert set(lengths) == {5_000, MAX_TEASER}


@EVERY
def test_hostile_articles_keep_what_identifies_them(extension: str) -> None:
    """Everything at its longest, in every field."""
    names = [f"{n}{'𐎠' * 190}" for n in range(50)]
    hostile = article(
        {
            **RICH,
            "title": "𐎠" * 500,
            "summary": "𐎠" * 5_000,
            "categories": names,
            "tags": [f"t{name}" for name in names],
            "authors": [{"name": name, "url": f"https://x.example/{'a' * 1_900}"} for name in names],
            "enclosures": [{"url": f"https://x.example/{n}{'a' * 1_900}"} for n in range(20)],
            "correction": "𐎠" * 2_000,
            "license": "𐎠" * 2_000,
        }
    )
    entries = [hostile.model_copy(update={"id": str(n), "url": f"https://x.example/{n}"}) for n in range(100)]
    fitted = document(extension, entries)
    read = told(extension, fitted)[1]
    assert len(fitted) <= MAX_DOCUMENT_BYTES
    assert [entry.link for entry in read] == [f"https://x.example/{n}" for n in range(100)]
    assert {entry.title for entry in read} == {"𐎠" * 500}
    assert all(entry.summary for entry in read)


def test_a_body_shorter_than_its_summary_stays() -> None:
    entries = [*long_articles(1, 12_000), *numbered(1)]
    last = entries[1].model_copy(update={"summary": "Ringkasan yang lebih panjang daripada isi"})
    cut = shortened(context([entries[0], last]), 2)
    assert cut.entries == [entries[0].model_copy(update={"content_html": ""}), last]
    assert cut.shortened == 1


def test_a_correction_stays_with_the_summary() -> None:
    [entry] = shortened(context([article({**RICH, "content_html": f"<p>{'x' * 500}</p>"})]), 1).entries
    [read] = READERS["json"](bytes(FORMATS["json"].render(context([entry]))))
    assert read.content == (
        "<p><strong>Correction:</strong> Nama &amp; jabatan diperbaiki.</p><p>Ringkasan dengan &amp; dan 3 &lt; 4.</p>"
    )


def test_partners_get_fewer_entries_instead() -> None:
    shown = context(long_articles(100, 15_000))
    kept = bytes(fit(shown, FORMATS["rss"].render, fewer))
    read = READERS["rss"](kept)
    assert len(kept) <= MAX_DOCUMENT_BYTES
    assert all(is_whole(entry) for entry in read)
    assert [entry.title for entry in read] == [f"Judul {n}" for n in range(len(read))]
    assert len(FORMATS["rss"].render(replace(shown, entries=shown.entries[: len(read) + 1]))) > MAX_DOCUMENT_BYTES


def test_an_empty_feed_fits() -> None:
    assert shortened(context([]), 3) == context([])
    assert document("rss", [])
