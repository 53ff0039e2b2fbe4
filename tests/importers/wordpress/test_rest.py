"""Posts from WordPress's REST interface, as a WordPress 6.1 answers with them."""

import json
from typing import Any
from zoneinfo import ZoneInfo

from service import importers
from service.importers import FoundArticle, OpenSource, ReadOptions

OPTIONS = ReadOptions(ZoneInfo("Asia/Jakarta"))
BODY = "<p>Warga membuka pasar baru.</p>\n\n\n\n<ul>\n<li>Beras</li>\n</ul>\n\n\n\n<p>Hujan turun sore harinya.</p>"


def fields(**more: Any) -> dict[str, Any]:
    post = {
        "id": 7,
        "guid": {"rendered": "https://kabar.example/?p=7"},
        "link": "https://kabar.example/pasar/",
        "date_gmt": "2026-03-06T03:00:00",
        "type": "post",
        "title": {"rendered": "Pasar"},
        "content": {"rendered": BODY},
        **more,
    }
    [found] = importers.read(OpenSource.of_bytes("posts", json.dumps([post]).encode()), None, OPTIONS)
    assert isinstance(found, FoundArticle)
    return found.fields


def test_an_excerpt_of_words_of_the_body_is_made_by_wordpress() -> None:
    """WordPress leaves lists and other blocks out, so that the excerpt is not the beginning of the body."""
    excerpt = {"rendered": "<p>Warga membuka pasar baru. Hujan turun [&hellip;]</p>"}
    assert not fields(excerpt=excerpt).get("summary")


def test_an_excerpt_with_other_words_is_the_editors() -> None:
    assert fields(excerpt={"rendered": "<p>Pasar baru dibuka.</p>"})["summary"] == "<p>Pasar baru dibuka.</p>"


def test_a_protected_post_is_a_draft_without_its_body() -> None:
    found = fields(content={"rendered": "", "protected": True})
    assert (found["status"], found.get("content_html")) == ("draft", None)


def test_blocks_follow_each_other_as_in_an_export() -> None:
    text = "<p></p>\n<p>Satu.</p>\n\n\n\n<pre>a\n\n\nb</pre>"
    assert fields(content={"rendered": text})["content_html"] == "<p>Satu.</p>\n<pre>a\n\n\nb</pre>"
