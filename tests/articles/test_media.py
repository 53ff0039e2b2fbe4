"""Media of a body become links, files and text that a feed may carry."""

import pytest

from service.articles import media
from service.articles.sanitizer import sanitize

BASE = "https://news.example/dinamika/1"


def link(url: str, words: str, media_type: str = "") -> str:
    return f'<a href="{url}"{f" type={chr(34)}{media_type}{chr(34)}" if media_type else ""}>{words}</a>'


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        ("<video src='/a.webm'>Tak didukung</video>", link("https://news.example/a.webm", "Video", "video/webm")),
        (
            "<video title='Pawai' poster='/p.jpg'><source src='/a.ogv'><source src='/a.mp4'></video>",
            '<a href="https://news.example/a.mp4" type="video/mp4">'
            '<img src="https://news.example/p.jpg" alt=""><br>Pawai</a>',
        ),
        ("<audio aria-label='Siaran' data-src='/a'>x</audio>", link("https://news.example/a", "Siaran", "audio/mpeg")),
        (
            "<audio src='/a.m4a' type='audio/x-m4a; codecs=a'>",
            link("https://news.example/a.m4a", "Audio", "audio/x-m4a"),
        ),
        ("<video src='/a.m3u8'></video>", link("https://news.example/a.m3u8", "Video")),
        ("<amp-video src='/a.mp4'><p>x</p></amp-video>", link("https://news.example/a.mp4", "Video", "video/mp4")),
    ],
)
def test_players_become_links_to_their_best_file(markup: str, expected: str) -> None:
    assert sanitize(markup, BASE) == f"<p>{expected}</p>"


@pytest.mark.parametrize(
    ("src", "url", "name"),
    [
        ("//www.youtube.com/embed/ab-_9?start=30", "https://www.youtube.com/watch?v=ab-_9&amp;t=30s", "YouTube"),
        ("https://www.youtube.com/embed/videoseries?list=PL9", "https://www.youtube.com/playlist?list=PL9", "YouTube"),
        ("http://player.vimeo.com/video/9?h=a1", "https://vimeo.com/9/a1", "Vimeo"),
        ("https://platform.twitter.com/embed/Tweet.html?id=9", "https://x.com/i/status/9", "X"),
        ("https://www.instagram.com/reel/aB9/embed/", "https://www.instagram.com/reel/aB9/", "Instagram"),
        ("https://www.tiktok.com/embed/v2/9", "https://www.tiktok.com/embed/v2/9", "TikTok"),
        (
            "https://www.facebook.com/plugins/post.php?href=https%3A%2F%2Fwww.facebook.com%2Fa%2Fposts%2F9&width=500",
            "https://www.facebook.com/a/posts/9",
            "Facebook",
        ),
        ("https://open.spotify.com/embed/show/9", "https://open.spotify.com/show/9", "Spotify"),
        (
            "https://w.soundcloud.com/player/?url=https%3A//soundcloud.com/a/b&auto_play=false",
            "https://soundcloud.com/a/b",
            "SoundCloud",
        ),
        ("https://www.google.com/maps/embed?pb=!1m18", "https://www.google.com/maps/embed?pb=!1m18", "Google Maps"),
        ("https://maps.google.com/maps?q=Bogor&output=embed", "https://maps.google.com/maps?q=Bogor", "Google Maps"),
    ],
)
def test_frames_of_known_sites_become_links_to_the_page(src: str, url: str, name: str) -> None:
    assert sanitize(f"<iframe src='{src}'>Tak didukung</iframe>", BASE) == f"<p>{link(url, name)}</p>"


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        ("<iframe src='/grafik' title='Grafik &lt;5'></iframe>", link("https://news.example/grafik", "Grafik &lt;5")),
        ("<iframe data-src='https://a.example/' title='A'>", link("https://a.example/", "A")),
        ("<amp-iframe src='https://a.example/' title='A'></amp-iframe>", link("https://a.example/", "A")),
        (
            "<object data='/a%20b.pdf' type='application/pdf'>Tak didukung</object>",
            link("https://news.example/a%20b.pdf", "a b.pdf"),
        ),
        ("<embed src='/a.mp3' type='audio/mpeg'>", link("https://news.example/a.mp3", "Audio", "audio/mpeg")),
        (
            "<object><param name='movie' value='//youtube.com/v/a'></object>",
            link("https://www.youtube.com/watch?v=a", "YouTube"),
        ),
        ("<amp-youtube data-videoid='a b'></amp-youtube>", link("https://www.youtube.com/watch?v=a%20b", "YouTube")),
    ],
)
def test_other_frames_and_objects_become_links(markup: str, expected: str) -> None:
    assert sanitize(markup, BASE) == f"<p>{expected}</p>"


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        ("<iframe srcdoc='<p>Isi &amp;amp; grafik</p>'></iframe>", "<div><p>Isi &amp; grafik</p></div>"),
        (
            'a<iframe width=300 SRCDOC="&lt;b onclick=&quot;x()&quot;&gt;b&lt;/b&gt;">lama</iframe>c',
            "a<div><b>b</b></div>c",
        ),
        ("<iframe srcdoc='<script>x()</script><style>p{}</style>&lt;p>a&lt;/p>'></iframe>", "<div><p>a</p></div>"),
        ("<iframe srcdoc=Teks></iframe>", "<div>Teks</div>"),
        (
            "<iframe srcdoc='<iframe srcdoc=&quot;<p>dalam</p>&quot;></iframe>'></iframe>",
            "<div><div><p>dalam</p></div></div>",
        ),
        (
            "<iframe src='https://www.youtube.com/embed/a' srcdoc='<style>a{}</style><a href=x>Putar</a>'></iframe>",
            f"<p>{link('https://www.youtube.com/watch?v=a', 'YouTube')}</p>",
        ),
        ("<iframe width=1 height=1 srcdoc='hitung'></iframe>", ""),
    ],
)
def test_the_document_within_a_frame_is_a_part_of_the_body(markup: str, expected: str) -> None:
    assert sanitize(markup, BASE) == expected


@pytest.mark.parametrize(
    "markup",
    [
        "<iframe src='https://ads.example/'></iframe>",
        "<iframe src='https://a.example/' title='A' width='0'></iframe>",
        "<iframe src='javascript:alert(1)' title='A'></iframe>",
        "<iframe src='https://www.facebook.com/plugins/like.php?href=x'></iframe>",
        "<iframe src='https://[::1' title=''></iframe>",
        "<video src='blob:https://a.example/9'>Tak didukung</video>",
        "<embed src='/a.swf'>",
        "<canvas>Tak didukung</canvas>",
    ],
)
def test_elements_that_show_nothing_are_removed(markup: str) -> None:
    assert sanitize(markup, BASE) == ""


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        (
            "<p>a<audio src='/b.mp3'></audio>c</p>",
            f"<p>a {link('https://news.example/b.mp3', 'Audio', 'audio/mpeg')} c</p>",
        ),
        ("<a href='https://a.example/'><video src='/b.mp4'></video></a>", link("https://a.example/", " Video ")),
        ("<object><p>Tanpa berkas</p></object>", "<p>Tanpa berkas</p>"),
        ("<object data='/a'><img src='/b.png' alt='B'></object>", '<img src="https://news.example/b.png" alt="B">'),
        (
            "<div class='fb-post' data-href='https://www.facebook.com/9'></div>",
            f"<div> {link('https://www.facebook.com/9', 'Facebook')} </div>".replace("<div> ", "<div><p>").replace(
                " </div>", "</p></div>"
            ),
        ),
        (
            "<blockquote class='instagram-media' data-instgrm-permalink='https://www.instagram.com/p/a/'>Foto</blockquote>",
            f"<blockquote>Foto<p>{link('https://www.instagram.com/p/a/', 'Instagram')}</p></blockquote>",
        ),
        (
            "<blockquote class='instagram-media' data-instgrm-permalink='https://a/'><a href='https://b/'>c</a></blockquote>",
            '<blockquote><a href="https://b/">c</a></blockquote>',
        ),
        ("<canvas aria-label='Suara per kota'>x</canvas>", "Suara per kota"),
    ],
)
def test_a_link_stands_where_the_medium_stood(markup: str, expected: str) -> None:
    assert sanitize(markup, BASE) == expected


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        (
            "<math><msup><mi>x</mi><mn>2</mn></msup><mo>+</mo><msub><mi>y</mi><mi>i</mi></msub></math>",
            "x<sup>2</sup>+y<sub>i</sub>",
        ),
        ("<math><mfrac><mrow><mi>a</mi><mo>+</mo><mi>b</mi></mrow><mn>2</mn></mfrac></math>", "(a+b)/2"),
        ("<math><msqrt><mi>x</mi></msqrt><mroot><mi>y</mi><mn>3</mn></mroot></math>", "√x<sup>3</sup>√y"),
        ("<math><msubsup><mi>x</mi><mn>1</mn><mn>2</mn></msubsup></math>", "x<sub>1</sub><sup>2</sup>"),
        ("<math><mtable><mtr><mtd>a</mtd><mtd>b</mtd></mtr></mtable></math>", "a b"),
        (
            "<math><semantics><mi>E</mi><annotation encoding='TeX'>\\mathrm{E}</annotation></semantics></math>",
            '<span title="\\mathrm{E}">E</span>',
        ),
        ("a<math alttext='x&lt;y'></math>", "a x&lt;y"),
        (
            "a<svg><title>Kurva</title><desc>naik</desc><text>2019</text><text>2020</text></svg>b",
            "a Kurva – naik 2019 2020  b",
        ),
        ("<svg><foreignObject><p>isi</p></foreignObject></svg>", "isi"),
        ("<math><mark>a</mark><mi>b</mi></math>", "a b"),  # the sanitizer alone would drop the text of a stranger
    ],
)
def test_formulas_and_drawings_become_text(markup: str, expected: str) -> None:
    assert sanitize(markup, BASE) == expected


def test_the_files_of_a_body_are_known_by_their_links() -> None:
    body = sanitize("<video src='/a.mp4?b=1&amp;c=2'></video><audio src='/d.m3u8'></audio><a href='/e.mp3'>e</a>", BASE)
    assert media.files(body) == [("https://news.example/a.mp4?b=1&c=2", "video/mp4")]
