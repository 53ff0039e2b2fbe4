"""The reader for a story of Medium's export, by lxml. `sandbox_worker` runs it."""

from collections.abc import Iterator
from typing import Any

from lxml import etree, html


def items(document: Any, _url: str) -> Iterator[dict[str, Any] | str]:
    """Yield one mapping with the values of the story, as texts; `tags` is a list."""
    root = html.document_fromstring(document.read(), parser=html.HTMLParser(encoding="utf-8"))
    body = _first(root, "//*[@data-field='body']")
    if body is None:
        yield "the story has no body"
        return
    title = _first(root, "//*[contains(@class, 'p-name')]")
    picture = _first(body, ".//figure[.//img]")
    image = _first(picture, ".//img") if picture is not None else None
    caption = _first(picture, ".//figcaption") if picture is not None else None
    author = _first(root, "//footer//*[contains(@class, 'p-author')]")
    time = _first(root, "//footer//time[@datetime]")
    canonical = _first(root, "//footer//*[contains(@class, 'p-canonical')]")
    _drop_title(body, _text(title))
    yield {
        "title": _text(title),
        "summary": _text(_first(root, "//*[@data-field='subtitle' or contains(@class, 'p-summary')]")),
        "body": "".join(etree.tostring(child, encoding="unicode", method="html") for child in body),
        "author": _text(author),
        "author_url": (author.get("href") or "") if author is not None else "",
        "published": (time.get("datetime") or "") if time is not None else "",
        "short": (time.getparent().get("href") or "") if time is not None else "",
        "canonical": (canonical.get("href") or "") if canonical is not None else "",
        "picture": (image.get("src") or "") if image is not None else "",
        "caption": _text(caption),
        "tags": [
            _text(tag) for tag in root.xpath("//footer//*[contains(@class, 'p-tag') or contains(@class, 'p-category')]")
        ],
    }


def _drop_title(body: Any, title: str) -> None:
    """Drop the headline and the line between the parts, which Medium repeats at the beginning of the body."""
    for heading in body.xpath(".//h1|.//h2|.//h3")[:1]:
        if _text(heading) == title:
            heading.drop_tree()
    for line in body.xpath(".//*[contains(@class, 'section-divider')]")[:1]:
        line.drop_tree()


def _first(element: Any, path: str) -> Any:
    return next(iter(element.xpath(path)), None)


def _text(element: Any) -> str:
    return " ".join(element.text_content().split()) if element is not None else ""
