"""Pictures: the best real file of each is shown, with its words, once."""

import pytest

from service.articles.sanitizer import sanitize

BASE = "https://news.example/dinamika/1"


def shown(url: str, **attributes: str) -> str:
    written = "".join(f' {name}="{value}"' for name, value in attributes.items())
    return f'<img src="https://news.example{url}"{written}>'


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        (
            "<img src='/a.jpg' alt='A' title='B' width='9' height='9' class='c'>",
            shown("/a.jpg", alt="A", title="B", width="9", height="9"),
        ),
        ("<img src='/s.jpg' srcset='/a.jpg 300w, /b.jpg 1600w, /c.jpg 1601w'>", shown("/b.jpg")),
        ("<img src='/s.jpg' srcset='/a.jpg 2000w, /b.jpg 3000w'>", shown("/s.jpg")),
        ("<img srcset='/a.jpg 2000w, /b.jpg 3000w'>", shown("/a.jpg")),
        ("<img src='/a.jpg' srcset='/b.jpg 2x, /c.jpg 3x'>", shown("/b.jpg")),
        ("<img src='/a.jpg' srcset='/b.jpg 2x' width='1200'>", shown("/a.jpg", width="1200")),
        ("<img srcset='/w_400,h_300/a.jpg, /b.jpg 1.5x'>", shown("/b.jpg")),
        ("<img src='/a.jpg' srcset='150w, 300w'>", shown("/a.jpg")),
        ("<img src='data:image/gif;base64,x' data-src='/a.jpg'>", shown("/a.jpg")),
        ("<img src='/kecil.jpg' data-original='/a.jpg'>", shown("/a.jpg")),
        ("<img src='/p.gif' data-srcset='/a.jpg 400w, /b.jpg 900w' data-src='/c.jpg'>", shown("/b.jpg")),
        ("<img src='/p.gif' data-lazy-src=' /a.jpg ' data-lazy-srcset=''>", shown("/a.jpg")),
        (
            "<picture><source srcset='/a.avif' type='image/avif'><source srcset='/b.png 1x'><img alt='A'></picture>",
            shown("/b.png", alt="A"),
        ),
        ("<picture><source srcset='/a.webp'><img src='/b.jpg'></picture>", shown("/b.jpg")),
        ("<picture><source data-srcset='/a.jpg'></picture>", shown("/a.jpg")),
        ("<amp-img src='/a.jpg' alt='A'><noscript><img src='/b.jpg'></noscript></amp-img>", shown("/a.jpg", alt="A")),
        ("<img data-src='/a.jpg' alt='A'><noscript><img src='/b.jpg' alt=''></noscript>", shown("/b.jpg", alt="A")),
        ("<noscript><img src='/b.jpg'></noscript> <img data-src='/a.jpg' alt='A'>", shown("/b.jpg", alt="A")),
        ("<noscript><img src='/b.jpg'></noscript><img src='/a.jpg'>", shown("/b.jpg") + shown("/a.jpg")),
        (
            "<img data-src='/a.jpg'><noscript>teks <img src='/b.jpg'></noscript>",
            f"{shown('/a.jpg')}teks {shown('/b.jpg')}",
        ),
    ],
)
def test_the_best_file_is_shown(markup: str, expected: str) -> None:
    assert sanitize(markup, BASE) == expected


@pytest.mark.parametrize(
    "attributes",
    [
        *(
            "src=''",
            "src='#'",
            "src='?'",
            "src='#a'",
            "src='/'",
            "src='blob:x'",
            "src='javascript:x'",
            "src='data:image/png,x'",
        ),
        *("src='/a' width='1' height='1'", "src='/a' width='1px'", "src='/a' style='width: 1px; height: 1px'"),
        *("srcset='data:image/gif;base64,x 1x'", "alt='A'"),
    ],
)
def test_without_a_file_there_is_no_picture(attributes: str) -> None:
    assert sanitize(f"<p>a</p><img {attributes}>", BASE) == "<p>a</p>"
