"""Posts get what stands elsewhere in the export: names of authors and categories, files, and shared blocks."""

import io
from typing import Any

import pytest

from service.importers.wordpress.wxr_reader import export as module
from service.importers.wordpress.wxr_reader import items

HEAD = """<rss xmlns:wp="http://wordpress.org/export/1.2/"><channel><link>https://hijau.example</link>
<wp:author><wp:author_login>siti</wp:author_login>
<wp:author_display_name>Siti Aminah</wp:author_display_name></wp:author>
<wp:category><wp:term_id>5</wp:term_id><wp:category_nicename>ekonomi</wp:category_nicename>
<wp:cat_name>Ekonomi</wp:cat_name></wp:category>
<wp:category><wp:term_id>6</wp:term_id><wp:category_nicename>pangan</wp:category_nicename>
<wp:category_parent>ekonomi</wp:category_parent><wp:cat_name>Pangan</wp:cat_name></wp:category>
<wp:term><wp:term_id>7</wp:term_id><wp:term_taxonomy>category</wp:term_taxonomy><wp:term_slug>beras</wp:term_slug>
<wp:term_parent>pangan</wp:term_parent><wp:term_name>Beras</wp:term_name></wp:term>
"""


def posts(*written: str, head: str = HEAD) -> list[dict[str, Any]]:
    """The posts of an export with these items."""
    document = head + "".join(f"<item>{item}</item>" for item in written) + "</channel></rss>"
    return [item for item in items(io.BytesIO(document.encode()), "") if item is not None]


def post(*elements: str, id_: int = 1, content: str = "") -> str:
    return (
        f"<title>Panen</title><wp:post_id>{id_}</wp:post_id><wp:post_type>post</wp:post_type>"
        f"<content:encoded><![CDATA[{content}]]></content:encoded>{''.join(elements)}"
    )


def attachment(id_: int, url: str, *elements: str) -> str:
    return (
        f"<wp:post_id>{id_}</wp:post_id><wp:post_type>attachment</wp:post_type>"
        f"<wp:attachment_url>{url}</wp:attachment_url>{''.join(elements)}"
    )


def meta(key: str, value: str) -> str:
    return f"<wp:postmeta><wp:meta_key>{key}</wp:meta_key><wp:meta_value>{value}</wp:meta_value></wp:postmeta>"


def test_the_primary_category_comes_first_and_the_parents_last() -> None:
    [found] = posts(
        post(
            '<category domain="category" nicename="ekonomi">Ekonomi</category>',
            '<category domain="category" nicename="beras">Beras</category>',
            '<category domain="post_tag" nicename="padi">padi</category>',
            meta("_yoast_wpseo_primary_category", "7"),
        )
    )
    assert found["categories"] == ["Beras", "Ekonomi", "Pangan"]
    assert found["tags"] == ["padi"]


def test_categories_that_are_each_others_parents_are_named_once() -> None:
    circle = HEAD.replace("<wp:cat_name>Ekonomi", "<wp:category_parent>pangan</wp:category_parent><wp:cat_name>Ekonomi")
    [found] = posts(post("<category nicename='pangan'>Pangan</category>"), head=circle)
    assert found["categories"] == ["Pangan", "Ekonomi"]


def test_authors_are_the_coauthors_or_else_the_creator() -> None:
    siti, unknown, both = posts(
        post("<dc:creator>siti</dc:creator>"),
        post("<dc:creator>tamu</dc:creator>"),
        post(
            "<dc:creator>siti</dc:creator>",
            '<category domain="author" nicename="cap-siti">siti</category>',
            '<category domain="author" nicename="cap-budi">Budi Santoso</category>',
        ),
    )
    assert siti["authors"] == ["Siti Aminah"]
    assert unknown["authors"] == ["tamu"]
    assert both["authors"] == ["Siti Aminah", "Budi Santoso"]


def test_a_post_waits_for_its_guest_author() -> None:
    guest = "<wp:post_type>guest-author</wp:post_type>" + meta("cap-user_login", "ani")
    later, waited = posts(
        post('<category domain="author" nicename="cap-ani">ani</category>'),
        guest + meta("cap-display_name", "Ani Lestari"),
        post(id_=2),
    )
    assert (later["post_id"], waited["post_id"]) == ("2", "1")
    assert waited["authors"] == ["Ani Lestari"]
    assert (later["number"], waited["number"]) == (3, 1)


def test_a_gallery_shows_the_named_pictures_or_those_that_were_uploaded_to_the_post() -> None:
    named, own = posts(
        attachment(8, "https://hijau.example/a.jpg", "<wp:post_parent>2</wp:post_parent>"),
        attachment(9, "https://hijau.example/b.pdf", "<wp:post_parent>2</wp:post_parent>"),
        post(content='[gallery ids="9, 8"]'),
        post(content="[gallery columns=3]", id_=2),
    )
    assert named["media"] == {
        "9": ("https://hijau.example/b.pdf", "", ""),
        "8": ("https://hijau.example/a.jpg", "", ""),
    }
    assert own["media"] == {"own:8": ("https://hijau.example/a.jpg", "", "")}


def test_blocks_that_posts_share_are_handed_over_up_to_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    def block(id_: int, content: str) -> str:
        text = f"<content:encoded><![CDATA[{content}]]></content:encoded>"
        return f"<wp:post_id>{id_}</wp:post_id><wp:post_type>wp_block</wp:post_type>{text}"

    inner, outer = "<p>Isi</p>", '<!-- wp:block {"ref":3} /-->'
    using = post(content='<!-- wp:block {"ref":4} /-->')
    [found] = posts(block(3, inner), block(4, outer), using)
    assert found["reusable"] == {"4": outer, "3": inner}
    monkeypatch.setattr(module, "MAX_REUSABLE_CHARACTERS", len(inner))
    [limited] = posts(block(3, inner), block(4, outer), using)
    assert limited["reusable"] == {"4": ""}


def test_items_that_no_reader_wants_are_no_posts_but_count() -> None:
    [found] = posts("<wp:post_type>revision</wp:post_type>", "", post())
    assert found["number"] == 3
