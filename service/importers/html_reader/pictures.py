"""The picture at the head of an article, as people see it."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from .blocks import letters, text_of
from .boilerplate import is_lead
from .headings import is_beside

Element = Any

MAX_PICTURES = 5  # pictures at the head of a page that are tried
_MAX_TRIED = 100  # pictures of which those at the head are chosen
_MIN_WIDTH = 200  # pixels; a smaller picture is an icon or a portrait
_MIN_LONG_LETTERS = 80  # of a paragraph of the text
_NO_HEAD = re.compile(
    r"author|autor|avatar|byline|profile|logo|icon|share|social|advert|(?:^|[\s_-])ads?(?=[\s_-]|$)|sponsor|promo"
    r"|related|teaser|recommend|newsletter|comment|breadcrumb|menu|gravatar|emoji|badge|(?:^|[\s_-])flag",
    re.IGNORECASE,
)
# Words in the URL of a picture that stands for another one, or for a person.
_NO_FILE = re.compile(
    r"placeholder|transparent|spacer|(?:^|[/._-])(?:blank|pixel|loader|loading|logo|avatar|authors?)(?=[/._-])|\.svg",
    re.IGNORECASE,
)
_PICTURE_URL = re.compile(r"^#|^javascript:|\.(?:jpe?g|png|webp|gif|avif)\b", re.IGNORECASE)
_MIN_TEASER_LETTERS = 15  # of a link around a picture that leads to another article
_KEPT = re.compile(r"src|width|height|style")  # attributes that lead to the file
_MAX_ATTRIBUTE = 4_000  # characters


def at_head(tree: Element, titles: Sequence[str]) -> list[dict[str, Any]]:
    """The pictures between the headline and the text, or above the headline in its article: attributes and caption.

    `titles` are the titles in meta elements, by which a headline is recognised that is no `h1`.
    """
    heading = _heading(tree, {letters(title) for title in titles})
    if heading is None:
        return []
    home = next((above for above in heading.iterancestors() if above.tag in ("article", "main")), None)
    found, has_lead, is_below = [], False, home is not None
    for element in (home if home is not None else tree).iter(heading.tag, "p", "img", "amp-img"):
        if element is heading:
            is_below = True
        elif element.tag == "p":
            if is_below and len(letters(text_of(element))) >= _MIN_LONG_LETTERS:
                if has_lead or not _is_lead(element, heading):
                    break
                has_lead = True
        elif is_below and element.tag in ("img", "amp-img") and not _is_small(element) and not is_beside(element):
            found.append(element)
            if len(found) == _MAX_TRIED:
                break
    return [_described(picture) for picture in found if not (_is_decoration(picture) or _is_teaser(picture))][
        :MAX_PICTURES
    ]


def _heading(tree: Element, titles: set[str]) -> Element:
    for heading in tree.iter("h1"):
        if text_of(heading) and not is_beside(heading):
            return heading
    for heading in tree.iter("h2", "h3"):
        if letters(text_of(heading)) in titles and not is_beside(heading):
            return heading
    return None


def with_captions(tree: Element) -> list[dict[str, Any]]:
    """The pictures in figures with a caption."""
    return [
        _described(picture)
        for caption in tree.iter("figcaption")
        for picture in (caption.getparent().iter("img", "amp-img") if caption.getparent() is not None else ())
    ]


def _is_lead(paragraph: Element, heading: Element) -> bool:
    """True if a paragraph is beside the headline or introduces the text, so that the picture may be below it."""
    return paragraph.getparent() is heading.getparent() or is_lead(paragraph)


def _is_small(picture: Element) -> bool:
    width = re.match(r"\s*(\d+)", picture.get("width") or "")
    return width is not None and int(width[1][:6]) < _MIN_WIDTH


def _is_decoration(picture: Element) -> bool:
    return any(
        _NO_FILE.search(value[:_MAX_ATTRIBUTE]) for name, value in _files(picture).items() if "src" in name
    ) or any(_NO_HEAD.search(f"{each.get('class') or ''} {each.get('id') or ''}"[:500]) for each in _around(picture))


def _is_teaser(picture: Element) -> bool:
    """True if the picture is a link to another page, such as that of an article or an author."""
    link = next((above for above in picture.iterancestors() if above.tag == "a"), None)
    if link is None or _PICTURE_URL.search(link.get("href") or "#"):
        return False
    return len(letters(text_of(link))) >= _MIN_TEASER_LETTERS or not any(
        True for above in link.iterancestors("figure") for _ in above.iter("figcaption")
    )


def _around(picture: Element) -> Iterator[Element]:
    yield picture
    for distance, above in enumerate(picture.iterancestors()):
        if distance == 4 or above.tag in ("article", "main", "body"):
            return
        yield above


def _described(picture: Element) -> dict[str, Any]:
    parent = picture.getparent()
    sources = parent.iter("source") if parent is not None and parent.tag == "picture" else ()
    figure = next((above for above in picture.iterancestors() if above.tag == "figure"), None)
    caption = next(figure.iter("figcaption"), None) if figure is not None else None
    return {
        "attributes": _files(picture),
        "sources": [_files(source) for source in sources],
        "caption": "" if caption is None else text_of(caption),
    }


def _files(element: Element) -> dict[str, str]:
    return {name: value[:_MAX_ATTRIBUTE] for name, value in element.attrib.items() if _KEPT.search(name)}
