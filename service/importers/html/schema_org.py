"""Articles of schema.org in JSON-LD (https://schema.org/NewsArticle). A value may be a string, an object or a list."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from service.importers.feed_entry import EntryFile, FeedEntry
from service.importers.feeds_json import paragraphs
from service.importers.urls import joined

_ARTICLE = re.compile(r"(?:https?://schema\.org/)?(?:\w{0,40}Article|\w{0,40}BlogPosting|Report|Review\w{0,20})")
_LISTING = re.compile(r"(?:https?://schema\.org/)?(?:CollectionPage|SearchResultsPage)")
_PAGE = re.compile(r"(?:https?://schema\.org/)?(?:Web|Item|About|FAQ|QA)Page")
_ORGANIZATION = re.compile(r"(?:https?://schema\.org/)?(?:\w{0,40}Organization|Corporation|WebSite)")

Node = Mapping[str, Any]


def article(nodes: Sequence[Node], addresses: Sequence[str]) -> FeedEntry | None:
    """The article among the objects of a page: the one with one of the page's URLs (`addresses`), otherwise the first.

    Returns None if there is no article.
    """
    articles = [node for node in nodes if _is_article(node)]
    of_page = [node for node in articles if _is_at(node, addresses)]
    node = next(iter(of_page + articles), None)
    if node is None:
        return None
    named = {node["@id"]: node for node in nodes if isinstance(node.get("@id"), str) and len(node) > 1}
    image = next((found for found in _objects(node.get("image"), named) if _url(found)), {})
    return FeedEntry(
        url=next(_addresses(node), ""),
        title=_text(node.get("headline")) or _text(node.get("name")),
        summary=_text(node.get("description")),
        content_html=paragraphs(_text(node.get("articleBody"))),
        authors=[
            (name, _text(author.get("url")))
            for author in _objects(node.get("author") or node.get("creator"), named)
            for name in _texts(author.get("name")) or _person(author)
        ],
        categories=_texts(node.get("articleSection")),
        tags=[tag.strip() for text in _texts(node.get("keywords")) for tag in text.split(",")],
        published=_text(node.get("datePublished")) or _text(node.get("dateCreated")),
        updated=_text(node.get("dateModified")),
        language=_text(node.get("inLanguage")),
        files=[EntryFile(url=_url(image), is_image=True, width=_size(image, "width"), height=_size(image, "height"))]
        if _url(image)
        else [],
        caption=_text(image.get("caption")),
        credit=_text(image.get("creditText")),
    )


def _person(node: Node) -> list[str]:
    """The name of a person whose parts are stated one by one."""
    parts = (_text(node.get(part)) for part in ("givenName", "additionalName", "familyName"))
    name = " ".join(part for part in parts if part)
    return [name] if name else []


def page_dates(nodes: Sequence[Node]) -> list[str]:
    """The dates of publication of the page itself, if it states one as a page and not as an article."""
    pages = [node for node in nodes if any(map(_PAGE.fullmatch, _texts(node.get("@type"))))]
    return [date for node in pages if (date := _text(node.get("datePublished")))]


def publishers(nodes: Sequence[Node]) -> list[str]:
    """The names of the site and its publishers among the objects of a page."""
    sites = [node for node in nodes if any(map(_ORGANIZATION.fullmatch, _texts(node.get("@type"))))]
    owners = [owner for node in nodes for owner in _objects(node.get("publisher"), {})]
    return [
        name
        for node in [*sites, *owners]
        for name in (_text(node.get("name")), _text(node.get("alternateName")))
        if name
    ]


def trail(nodes: Sequence[Node]) -> list[str]:
    """The names of a BreadcrumbList (https://schema.org/BreadcrumbList), from the front page on."""
    for node in nodes:
        if _text(node.get("@type")).endswith("BreadcrumbList") and isinstance(node.get("itemListElement"), list):
            steps = [step for step in node["itemListElement"] if isinstance(step, Mapping)]
            return [name for step in steps if (name := _text(step.get("name")) or _text(step.get("item")))]
    return []


def is_listing(nodes: Sequence[Node]) -> bool:
    """True if the page states that it lists other pages."""
    return any(_LISTING.fullmatch(kind) for node in nodes for kind in _texts(node.get("@type")))


def _is_article(node: Node) -> bool:
    return any(_ARTICLE.fullmatch(kind) for kind in _texts(node.get("@type")))


def _is_at(node: Node, addresses: Sequence[str]) -> bool:
    """True if the article has one of these URLs. They are resolved against the article's own URLs."""
    return any(joined(own, address) == own for own in _addresses(node) for address in addresses if address)


def _addresses(node: Node) -> Iterator[str]:
    page = node.get("mainEntityOfPage")
    page = (page.get("@id") or page.get("url")) if isinstance(page, Mapping) else page
    yield from (address for address in (_text(node.get("url")), _text(page)) if address)


def _objects(value: Any, named: Mapping[str, Node]) -> Iterator[Node]:
    """Yield the objects of a value. An object that only has an `@id` is replaced by the object with this `@id`.

    A string becomes an object with the string as name, and as URL if it looks like one.
    """
    for each in value if isinstance(value, list) else [value]:
        if isinstance(each, str):
            yield named.get(each, {"name": each, "url": each if "://" in each else ""})
        elif isinstance(each, Mapping):
            yield named.get(_text(each.get("@id")), each) if len(each) <= 2 else each


def _url(image: Node) -> str:
    return _text(image.get("url")) or _text(image.get("contentUrl")) or _text(image.get("name"))


def _size(image: Node, name: str) -> str:
    return _text(image.get(name)).removesuffix("px").strip()


def _texts(value: Any) -> list[str]:
    return [text for text in map(_text, value if isinstance(value, list) else [value]) if text]


def _text(value: Any) -> str:
    """The text of a value: the first of a list, the value or name of an object, "" for other types."""
    if isinstance(value, list):
        value = next(iter(value), "")
    if isinstance(value, Mapping):
        value = next((value[name] for name in ("@value", "value", "name", "@id") if name in value), "")
    return str(value).strip() if isinstance(value, str | int | float) and not isinstance(value, bool) else ""
