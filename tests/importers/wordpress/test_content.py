"""The body of a WordPress post: blocks, shortcodes and links."""

import pytest

from service.importers.wordpress.content import rendered_body
from service.importers.wordpress.shortcodes import MediaFile

MEDIA = {
    "1": MediaFile("https://k.example/1.jpg", "Pasar", "Padi & ikan"),
    "2": MediaFile("https://k.example/2.mp3"),
}


@pytest.mark.parametrize(
    ("content", "html", "notes"),
    [
        ("Kata [wali kota] [sic], [orang-orang].", "<p>Kata [wali kota] [sic], [orang-orang].</p>", []),
        ("[[gallery]] dan [1]", "<p>[gallery] dan [1]</p>", []),
        ("[vc_row css='.a{b:[c]}']Isi[/vc_row]", "<p>Isi</p>", ["shortcode [vc_row]"]),
        ("A\n\n[formulir id=3]", "<p>A</p>", ["shortcode [formulir]"]),
        ("[tebal]A[/tebal]", "<p>A</p>", ["shortcode [tebal]"]),
        (
            '[gallery ids="1,9"]',
            '<figure><img src="https://k.example/1.jpg" alt="Padi &amp; ikan"><figcaption>Pasar</figcaption></figure>',
            [],
        ),
        ('[playlist ids="2"]', '<p><audio src="https://k.example/2.mp3"></audio></p>', []),
        (
            "[video src='https://video.example/watch?v=1']",
            '<p><a href="https://video.example/watch?v=1">https://video.example/watch?v=1</a></p>',
            [],
        ),
        ("https://v.example/1", '<p><a href="https://v.example/1">https://v.example/1</a></p>', []),
        ("[audio]", "", ["shortcode [audio]"]),
        ("Klasik\n\n<!-- wp:paragraph -->\n<p>A\nB</p>\n<!-- /wp:paragraph -->", "<p>Klasik</p><p>A\nB</p>", []),
        ('<!-- wp:latest-posts {"a":1} /-->A', "<p>A</p>", ["block latest-posts"]),
        ('<!-- wp:block {"ref":5} /-->', "<p>Bersama</p>", []),
    ],
    ids=range(13),
)
def test_bodies(content: str, html: str, notes: list[str]) -> None:
    body = rendered_body(content, MEDIA, {"5": "<!-- wp:paragraph --><p>Bersama</p><!-- /wp:paragraph -->"})
    shown = body.html.replace(">\n", ">").strip()
    assert (shown, list(body.notes)) == (html, notes)
