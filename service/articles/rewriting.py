"""Rewrites the body that the parser has read: blocks, media, pictures and formulas become what a feed may carry.

The result goes to the sanitizer, which decides alone what is safe.
"""

import html
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import chain

import nh3

from service.articles import embeds, formulas, media
from service.articles.characters import legible
from service.articles.elements import ATTRIBUTES, DROPPED, DROPPED_IN_FORMS, KEPT, MEDIA, RENAMED, SCHEMES, UNREAD, VOID
from service.articles.pictures import BodyPicture, is_hidden_pixel, tag
from service.articles.raw_text import FRAME, NO_SCRIPT

_PARSER = nh3.Cleaner(
    tags=set(
        (KEPT | set(RENAMED) | DROPPED | DROPPED_IN_FORMS | MEDIA | formulas.ELEMENTS | {FRAME, NO_SCRIPT, "param"})
        - UNREAD
    ),
    attributes={
        "*": {*media.ATTRIBUTES, *formulas.ATTRIBUTES, "hidden", "class", "style", *chain(*ATTRIBUTES.values())}
    },
    generic_attribute_prefixes={"data-"},
    url_schemes=set(SCHEMES),
    link_rel=None,
)
_CHANGING = (set(RENAMED) | DROPPED | MEDIA | {FRAME, NO_SCRIPT, "image", "ruby"}) - UNREAD
_CHANGED = re.compile(rf"<(?:{'|'.join(sorted(_CHANGING))})(?=[\s/>])", re.IGNORECASE)
_CHANGED_WORDS = ("hidden", "fb-", "instagram-media", "tiktok-embed")  # in attributes
_TOKEN = re.compile(r"<(/?)([^\s/>]+)((?: [^\s=>]+=\"[^\"]*\")*)>|[^<]+")
_ATTRIBUTE = re.compile(r" ([^\s=>]+)=\"([^\"]*)\"")
_LINK_TAG = re.compile(r"\s*(?:</?a\b[^<>]*>)?\s*")
_FLOW = {
    "",
    "div",
    "section",
    "figure",
    "blockquote",
    "li",
    "td",
    "th",
    "dd",
    "details",
}  # a paragraph may stand in them
_WITH_FILES = {"audio", "video", "amp-audio", "amp-video", "picture", "object"}
_REMEMBERED = ("a", "form", "picture", "ruby")
MAX_LABEL = 1_000  # characters of a label
_NEAR = 5  # parts of a body between two pictures that may be the same


@dataclass
class Element:
    """An open element. `begin` is the place of its first part in the rewritten body."""

    name: str
    attributes: dict[str, str]
    begin: int
    links: int  # that the body had before the element
    children: list[int] = field(default_factory=list)  # the places where its child elements begin
    files: list[dict[str, str]] = field(default_factory=list)  # the attributes of its `source` or `param` elements
    picture: BodyPicture | None = None  # of a `picture`
    labels: list[str] = field(default_factory=list)  # of a formula or drawing

    @property
    def is_hidden(self) -> bool:
        return "hidden" in self.attributes and self.attributes["hidden"].lower() != "until-found"


def is_needed(markup: str) -> bool:
    """False if `rewritten` would not change `markup`. True may be wrong: this is a quick search for the elements."""
    return bool(_CHANGED.search(markup)) or any(word in markup.lower() for word in _CHANGED_WORDS)


def rewritten(markup: str) -> str:
    """`markup` with the elements that a feed may carry in place of the others."""
    body = _BodyRewriter()
    for token in _TOKEN.finditer(legible(_PARSER.clean(markup))):
        end, name, attributes = token.groups()
        if not name:
            body.text(token[0])
        elif end:
            body.end(name)
        else:
            body.start(name, {key: html.unescape(value) for key, value in _ATTRIBUTE.findall(attributes)})
    return "".join(map(str, body.parts))


class _BodyRewriter:
    """The rewritten body. The parser's tags come in their order, and each start tag has its end tag."""

    def __init__(self) -> None:
        self.parts: list[str | BodyPicture] = []
        self._open = [Element("", {}, 0, 0)]
        self._within: dict[str, list[Element]] = {name: [] for name in _REMEMBERED}  # the open elements by name
        self._with_files: list[Element] = []  # open ones
        self._drawings: list[Element] = []  # open ones, formulas included
        self._links = 0  # links and pictures so far

    def text(self, text: str) -> None:
        if text.startswith("\n") and self.parts and str(self.parts[-1]).startswith("<pre"):
            text = f"\n{text}"  # an HTML parser drops the first line break of `pre`, and has dropped one already
        self.parts.append(text)

    def start(self, name: str, attributes: dict[str, str]) -> None:
        element = Element(name, attributes, len(self.parts), self._links)
        self._open[-1].children.append(element.begin)
        if name == "img":
            self._image(BodyPicture(attributes))
        elif name == "embed":
            self._put_link(media.plugin(attributes))
        elif name in ("source", "param"):
            if self._with_files:
                self._with_files[-1].files.append(attributes)
        elif shown := RENAMED.get(name, name if name in KEPT else ""):
            self.parts.append(_start_tag(shown, attributes))
        if name not in VOID:
            self._opened(element)

    def _opened(self, element: Element) -> None:
        self._open.append(element)
        if element.name in self._within:
            self._within[element.name].append(element)
        if element.name in _WITH_FILES:
            self._with_files.append(element)
        if element.name in ("math", "svg"):
            self._drawings.append(element)
        if element.name == "a":
            self._links += 1
        if element.name == "rp" and self._within["ruby"]:
            self._within["ruby"][-1].labels.append("rp")

    def end(self, name: str) -> None:
        element = self._open.pop()
        if name in self._within:
            self._within[name].pop()
        if name in _WITH_FILES:
            self._with_files.pop()
        if name in ("math", "svg"):
            self._drawings.pop()
        if element.is_hidden or (name in DROPPED_IN_FORMS and self._within["form"]):
            del self.parts[element.begin :]
        elif name in formulas.ELEMENTS and (name in ("math", "svg") or self._drawings):
            self._formula(element)
        else:
            _ENDS.get(name, _BodyRewriter._ordinary)(self, element)

    def _ordinary(self, element: Element) -> None:
        if element.links == self._links and (element.name in KEPT or element.name in RENAMED):
            classes = element.attributes.get("class", "").split()
            self._put_link(next(filter(None, (media.of_site(name, element.attributes) for name in classes)), None))
        if shown := RENAMED.get(element.name, element.name if element.name in KEPT else ""):
            self.parts.append(f"</{shown}>")

    def _dropped(self, element: Element) -> None:
        label = element.attributes.get("aria-label", "") if element.name == "canvas" else ""
        self.parts[element.begin :] = [f" {html.escape(label, quote=False)} "] if label else []

    def _put_link(self, link: media.Link | None) -> None:
        if link:
            parent = RENAMED.get(self._open[-1].name, self._open[-1].name)
            within = "link" if self._within["a"] else "flow" if parent in _FLOW else "line"
            self.parts.append(link.written(within))
            self._links += 1

    def _replace_by(self, element: Element, link: media.Link | None) -> None:
        del self.parts[element.begin :]
        self._put_link(link)

    # --- pictures ------------------------------------------------------------------------------------------------

    def _image(self, picture: BodyPicture) -> None:
        """A picture that only a script loads gives way to the one before it that is for clients without scripts."""
        place = self._last_picture(len(self.parts))
        if place is not None and picture.is_lazy and (before := self.parts[place]).is_fallback:  # type: ignore[union-attr]
            self.parts[place] = picture.replaced_by(before)  # type: ignore[arg-type]
        else:
            self.parts.append(picture)
            self._links += 1
        if self._within["picture"]:
            parent = self._within["picture"][-1]
            parent.picture = parent.picture or picture

    def _last_picture(self, end: int) -> int | None:
        """The place of the picture that stands before the place `end` with nothing but white space between them."""
        for place in range(end - 1, max(-1, end - _NEAR), -1):
            part = self.parts[place]
            if isinstance(part, BodyPicture):
                return place
            if part.strip() not in ("", "</a>"):
                return None
        return None

    def _fallback(self, element: Element) -> None:
        """The content of a `noscript`. Its picture takes the place of one before it that only a script loads."""
        content = self.parts[element.begin : element.begin + _NEAR + 1]
        if len(content) > _NEAR:
            return
        pictures = [part for part in content if isinstance(part, BodyPicture)]
        if len(pictures) != 1 or any(isinstance(part, str) and not _LINK_TAG.fullmatch(part) for part in content):
            return
        place = self._last_picture(element.begin)
        lazy = self.parts[place] if place is not None else None
        if place is not None and isinstance(lazy, BodyPicture) and lazy.is_lazy:
            self.parts[place] = lazy.replaced_by(pictures[0])
            del self.parts[element.begin :]
        else:
            pictures[0].is_fallback = True

    def _picture(self, element: Element) -> None:
        if element.picture:
            element.picture.sources = element.files
        elif element.files:
            self._image(BodyPicture({}, sources=element.files))

    def _amp_image(self, element: Element) -> None:
        del self.parts[element.begin :]
        self._image(BodyPicture(element.attributes))

    # --- media ---------------------------------------------------------------------------------------------------

    def _player(self, element: Element) -> None:
        kind = "audio" if element.name.endswith("audio") else "video"
        link = media.player(kind, element.attributes, element.files)
        if link or element.links == self._links:  # without a file a link in the fallback content is better than nothing
            self._replace_by(element, link)

    def _frame(self, element: Element) -> None:
        """A frame: a link to its page, or else the document that the frame itself contains."""
        link = media.frame(element.attributes)
        if link or "srcdoc" not in element.attributes or is_hidden_pixel(element.attributes):
            self._replace_by(element, link)

    def _of_site(self, element: Element) -> None:
        self._replace_by(element, media.of_site(element.name, element.attributes))

    def _object(self, element: Element) -> None:
        """An object. Its content stays if it has a link or a picture, or if the object has no file."""
        if element.links == self._links and (link := media.plugin(element.attributes, element.files)):
            self._replace_by(element, link)

    # --- formulas, drawings, ruby --------------------------------------------------------------------------------

    def _formula(self, element: Element) -> None:
        """A part of a formula or of a drawing, or the whole."""
        if element.name in formulas.LABELS:
            self._label(element)
        elif element.name in formulas.UNSEEN:
            del self.parts[element.begin :]
        elif element.name in ("math", "svg"):
            own = element.attributes.get("alttext") or element.attributes.get("aria-label")
            write = formulas.labelled if element.name == "math" else formulas.drawing
            write(self.parts, element.begin, own or " – ".join(filter(None, element.labels)))
        elif element.name in formulas.PARTED:
            self.parts.append(" ")
        else:
            formulas.arrange(element.name, self.parts, element.begin, element.children)

    def _label(self, element: Element) -> None:
        """The label of a formula or drawing. A long one is text, since drawings may be within labels of drawings."""
        parts = self.parts[element.begin : element.begin + MAX_LABEL]
        if len(parts) == MAX_LABEL or sum(map(len, map(str, parts))) > MAX_LABEL:
            self.parts.append(" ")
            return
        self._drawings[-1].labels.append(" ".join(html.unescape("".join(map(str, parts))).split()))
        del self.parts[element.begin :]

    def _reading(self, element: Element) -> None:
        """A reading in ruby, in parentheses for programs that know no ruby."""
        self.parts.append("</rt>")
        if self._within["ruby"] and not self._within["ruby"][-1].labels:
            self.parts[element.begin] = f"<rp>(</rp>{self.parts[element.begin]}"
            self.parts.append("<rp>)</rp>")


def _start_tag(name: str, attributes: dict[str, str]) -> str:
    allowed = ATTRIBUTES.get(name, frozenset()) | ATTRIBUTES["*"]
    return tag(name, {key: value for key, value in attributes.items() if key in allowed})


_ENDS: dict[str, Callable[[_BodyRewriter, Element], None]] = {
    **dict.fromkeys(DROPPED, _BodyRewriter._dropped),
    **dict.fromkeys(("audio", "video", "amp-audio", "amp-video"), _BodyRewriter._player),
    **dict.fromkeys((FRAME, "amp-iframe"), _BodyRewriter._frame),
    **dict.fromkeys(("amp-img", "amp-anim"), _BodyRewriter._amp_image),
    **dict.fromkeys((name for name in MEDIA if name in embeds.ELEMENTS), _BodyRewriter._of_site),
    NO_SCRIPT: _BodyRewriter._fallback,
    "picture": _BodyRewriter._picture,
    "object": _BodyRewriter._object,
    "rt": _BodyRewriter._reading,
}
