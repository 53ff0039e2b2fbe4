"""Cards of Ghost's editors, such as pictures and embeds, as HTML. Both editors name their values alike."""

import html
from collections.abc import Mapping
from typing import Any

from markdown_it import MarkdownIt

Card = Mapping[str, Any]

_MARKDOWN = MarkdownIt()


def rendered(kind: str, card: Card) -> str:
    """The HTML of a card, "" for one without content for readers, such as the beginning of a paywall."""
    if kind in ("html", "embed"):
        return _text(card, "html") or _link(_text(card, "url"))
    if kind in ("markdown", "card-markdown"):
        return str(_MARKDOWN.render(_text(card, "markdown")))
    if kind in ("code", "codeblock"):
        return f"<pre><code>{html.escape(_text(card, 'code'), quote=False)}</code></pre>"
    if kind in ("hr", "horizontalrule"):
        return "<hr>"
    if kind == "image":
        return _figure(_picture(card), card)
    if kind == "gallery":
        images = card.get("images")
        pictures = (
            [_picture(image) for image in images if isinstance(image, Mapping)] if isinstance(images, list) else []
        )
        return _figure("".join(pictures), card)
    if kind in ("video", "audio"):
        return _figure(f'<{kind} src="{_attribute(card, "src")}"></{kind}>', card) if _text(card, "src") else ""
    return _worded(kind, card)


def _worded(kind: str, card: Card) -> str:
    """The HTML of a card of words and links."""
    metadata = card.get("metadata")
    title = _text(metadata, "title") if isinstance(metadata, Mapping) else ""
    parts = {
        "bookmark": _link(_text(card, "url"), title),
        "button": _link(_text(card, "buttonUrl"), _text(card, "buttonText")),
        "file": _link(_text(card, "src"), _text(card, "fileTitle", "fileName")),
        "callout": f"<blockquote>{_text(card, 'calloutText')}</blockquote>",
        "toggle": f"<h4>{_text(card, 'heading')}</h4>{_text(card, 'content')}",
        "header": f"<h2>{_text(card, 'header')}</h2><p>{_text(card, 'subheader')}</p>",
        "product": f"<h4>{_text(card, 'productTitle')}</h4>{_text(card, 'productDescription')}",
    }
    return parts.get(kind, "")


def _picture(card: Card) -> str:
    return f'<img src="{_attribute(card, "src")}" alt="{_attribute(card, "alt")}">' if _text(card, "src") else ""


def _figure(content: str, card: Card) -> str:
    caption = _text(card, "caption")
    shown = f"<figcaption>{caption}</figcaption>" if caption else ""
    return f"<figure>{content}{shown}</figure>" if content else ""


def _link(url: str, text: str = "") -> str:
    return f'<p><a href="{html.escape(url)}">{html.escape(text or url, quote=False)}</a></p>' if url else ""


def _attribute(card: Card, name: str) -> str:
    return html.escape(_text(card, name))


def _text(card: Card, *names: str) -> str:
    return next((value for name in names if isinstance(value := card.get(name), str) and value), "")
