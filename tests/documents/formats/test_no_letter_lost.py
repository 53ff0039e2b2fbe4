"""No letter is lost: each word that a browser shows is in the plain text, in the teaser's source and in the feed."""

import json
from collections.abc import Iterator

import lxml.html
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.articles import elements
from service.articles.plain_text import beginning, plain
from tests.support.newsroom import article, rendered

# The elements that HTML's rendering rules (HTML standard, §15.3) show as blocks and table cells. A `table` is none of
# them here: text directly in it comes before it.
BLOCKS = """
    address article aside blockquote caption center dd details dialog dir div dl dt fieldset figcaption figure footer
    form h1 h2 h3 h4 h5 h6 header hgroup legend li listing main menu nav noframes ol optgroup option p plaintext pre
    search section summary tbody td tfoot th thead tr ul xmp
"""
INLINE = "abbr b bdi code em font i mark nobr s small span strong sub sup tt u"
# Their content is code, for programs without a function, or the value of a control.
UNSEEN = {
    *("script", "style", "template", "title", "audio", "video", "iframe", "amp-audio", "amp-video", "amp-iframe"),
    *("canvas", "select", "textarea", "datalist", "amp-img", "amp-anim", "amp-youtube", "amp-vimeo", "amp-twitter"),
    *("amp-instagram", "amp-facebook"),
}
Tree = str | tuple[str, list["Tree"]]  # a word, or an element with its children

names = st.sampled_from(sorted(elements.NAMES - {"plaintext", "frameset"}))
words = st.integers(0, 10**6).map("kata{}".format)
trees: st.SearchStrategy[Tree] = st.recursive(
    words, lambda inner: st.tuples(names, st.lists(inner, max_size=3)), max_leaves=12
)


def written(tree: Tree) -> str:
    if isinstance(tree, str):
        return f" {tree} "
    name, children = tree
    return f"<{name}>" if name in elements.VOID else f"<{name}>{''.join(map(written, children))}</{name}>"


def seen(tree: Tree, form: bool = False) -> Iterator[str]:
    if isinstance(tree, str):
        yield tree
        return
    name, children = tree
    unseen = name in UNSEEN or name in elements.VOID or (form and name in elements.DROPPED_IN_FORMS)
    for child in () if unseen else children:
        yield from seen(child, form or name == "form")


@settings(deadline=None, max_examples=300)
@given(st.lists(trees, min_size=1, max_size=4))
def test_every_word_that_a_browser_shows_is_shown(body: list[Tree]) -> None:
    markup = "".join(map(written, body))
    expected = {word for tree in body for word in seen(tree)}
    entry = article({"id": "1", "title": "Judul", "summary": markup, "content_html": markup})
    assert expected <= set(plain(markup).split())
    assert expected <= set(beginning(entry.content_html, 10**6).split())
    [item] = json.loads(rendered("json", [entry]))["items"]
    shown = (
        lxml.html.document_fromstring(f"<body>{item['content_html'] or '-'}</body>").text_content() if expected else ""
    )
    assert expected <= set(shown.split())
    assert expected <= set(item["summary"].split())


@pytest.mark.parametrize("name", BLOCKS.split())
def test_blocks_part_words(name: str) -> None:
    for markup in (f"satu<{name}>dua</{name}>tiga", f"<{name}>satu</{name}><{name}>dua</{name}>tiga"):
        entry = article({"id": "1", "title": "Judul", "content_html": markup})
        for text in (plain(markup), beginning(entry.content_html, 100)):
            if name == "plaintext":  # it has no end
                text = text.replace("</plaintext>", " ").replace("<plaintext>", " ")
            assert text.split() == ["satu", "dua", "tiga"]


@pytest.mark.parametrize("name", INLINE.split())
def test_inline_elements_part_nothing(name: str) -> None:
    entry = article(
        {"id": "1", "title": f"Ke<{name}>ma</{name}>rau", "content_html": f"<p>Ke<{name}>ma</{name}>rau</p>"}
    )
    assert entry.title == beginning(entry.content_html, 100) == "Kemarau"
