"""Pictures of a body: the best real file of each, whatever way the page loads it."""

import html
import re
from collections.abc import Mapping, Sequence

MAX_WIDTH = 1600  # pixels of a picture's width, if the markup offers a choice
_MAX_DENSITY = 2.0  # device pixels per CSS pixel, if the markup does not say how wide the picture is
_LAZY_SOURCES = ("data-src", "data-lazy-src", "data-original", "data-lazy", "data-orig-file", "data-url")
_LAZY_SETS = ("data-srcset", "data-lazy-srcset", "data-original-set")
_WITHOUT_LINE_ENDS = str.maketrans("", "", "\t\n\r")
_CANDIDATE = re.compile(r"[\s,]*+([^\s,](?:\S*[^\s,])?)(?:\s++([^\s,][^,]*+))?")
_WIDTH_ALONE = re.compile(r"\d+[wx]")  # of a file whose URL the page left out
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)
_NEW_TYPES = {"image/avif", "image/jxl", "image/webp"}  # not every reader shows them
_PIXELS = re.compile(r"\s*(\d+)(?:\.\d+)?\s*(?:px)?\s*", re.ASCII)
_STYLED_SIDE = re.compile(r"(?<![\w-])(?:width|height)\s*:([^;]*)")
_MAX_DIGITS = 9  # of a number in markup

Attributes = Mapping[str, str]


def address(attributes: Attributes, names: Sequence[str]) -> str:
    """The first http(s) or relative URL in the attributes with these `names`; "" without one."""
    return next((url for name in names if name in attributes and (url := _real(attributes[name]))), "")


def _real(url: str) -> str:
    """`url` if it may lead to a file: `#`, `?` and the like lead to the page itself, `data:` and `blob:` to no file."""
    url = url.strip().translate(_WITHOUT_LINE_ENDS)
    scheme = _SCHEME.match(url)
    if not url.strip("?#./") or url.startswith("#") or (scheme and scheme[0].lower() not in ("http:", "https:")):
        return ""
    return url


def pixels(text: str) -> int | None:
    """The number of pixels in an attribute; None if it has none."""
    number = _PIXELS.fullmatch(text)
    return int(number[1][:_MAX_DIGITS]) if number else None


def is_hidden_pixel(attributes: Attributes) -> bool:
    """True for a picture or a frame that is at most one pixel wide or high. It counts visitors, or it is a spacer."""
    sides = [pixels(attributes[name]) for name in ("width", "height") if name in attributes]
    if "style" in attributes:
        sides += map(pixels, _STYLED_SIDE.findall(attributes["style"]))
    return any(side is not None and side <= 1 for side in sides)


def best(attributes: Attributes) -> str:
    """The URL of the best file that an `img` or `source` names; "" if it names none."""
    lazy_sets, lazy = _candidates(attributes, _LAZY_SETS), address(attributes, _LAZY_SOURCES)
    sets = _candidates(attributes, ("srcset",))
    width = pixels(attributes.get("width", ""))
    if lazy_sets or lazy:
        return _largest(lazy_sets or (sets if _has_widths(sets) else []), lazy, width)
    return _largest(sets, address(attributes, ("src",)), width)


def _candidates(attributes: Attributes, names: Sequence[str]) -> list[tuple[str, str]]:
    """URL and descriptor of each file in the first of the attributes that has one (HTML standard, §4.8.4.2.1)."""
    for name in names:
        if name not in attributes:
            continue
        found = [(_real(file[1]), file[2] or "") for file in _CANDIDATE.finditer(attributes[name])]
        if real := [(url, descriptor) for url, descriptor in found if url and not _WIDTH_ALONE.fullmatch(url)]:
            return real
    return []


def _has_widths(candidates: list[tuple[str, str]]) -> bool:
    return any(_descriptor(descriptor, "w") for _, descriptor in candidates)


def _descriptor(text: str, unit: str) -> float:
    number = re.search(rf"(?<!\S)(\d{{1,{_MAX_DIGITS}}}(?:\.\d{{0,{_MAX_DIGITS}}})?){unit}(?!\S)", text, re.ASCII)
    return float(number[1]) if number else 0.0


def _largest(candidates: list[tuple[str, str]], source: str, width: int | None) -> str:
    """The file of at most MAX_WIDTH that is nearest to it; `source` if there is no such file."""
    if _has_widths(candidates):
        sizes = sorted((_descriptor(text, "w"), url) for url, text in candidates if _descriptor(text, "w"))
        fitting = [url for size, url in sizes if size <= MAX_WIDTH]
        return fitting[-1] if fitting else source or sizes[0][1]
    most = max(1.0, MAX_WIDTH / width) if width else _MAX_DENSITY
    densities = [(_descriptor(text, "x") or 1.0, -place, url) for place, (url, text) in enumerate(candidates)]
    densities += [(1.0, 1, source)] if source else []
    if sharp := [each for each in densities if each[0] <= most]:
        return max(sharp)[2]
    return min(densities, default=(0.0, 0, ""))[2]


class BodyPicture:
    """A picture in the rewritten body. It is settled when the elements around it have ended."""

    def __init__(self, attributes: Attributes, sources: Sequence[Attributes] = ()) -> None:
        """`sources` are the attributes of the `source` elements of its `picture`."""
        self.attributes = attributes
        self.sources = sources
        self.is_fallback = False  # it is in a `noscript`
        self._best = best(attributes)

    @property
    def is_lazy(self) -> bool:
        """True for a lazy picture: its file is not in `src`, and a script of the page loads it."""
        lazy = (name for name in (*_LAZY_SOURCES, *_LAZY_SETS) if name in self.attributes)
        return not self._best or any(_real(self.attributes[name]) for name in lazy)

    @property
    def url(self) -> str:
        """The URL of the best file; "" if there is none."""
        if self._best:
            return self._best
        found = [(source.get("type", "").strip().lower() in _NEW_TYPES, best(source)) for source in self.sources]
        return next((url for _, url in sorted(found, key=lambda each: each[0]) if url), "")

    def replaced_by(self, other: "BodyPicture") -> "BodyPicture":
        """`other`, which shows the same picture without a script, with the words of this one where it has none."""
        words = {name: self.attributes[name] for name in ("alt", "title") if self.attributes.get(name)}
        shown = {name: value for name, value in other.attributes.items() if value}
        return BodyPicture({**words, **shown}, other.sources)

    def __str__(self) -> str:
        """The picture as an `img`; "" if it shows nothing."""
        url = "" if is_hidden_pixel(self.attributes) else self.url
        if not url:
            return ""
        kept = {name: self.attributes[name] for name in ("alt", "title", "width", "height") if name in self.attributes}
        return tag("img", {"src": url, **kept})


def tag(name: str, attributes: Attributes) -> str:
    """A start tag."""
    written = [f'{key}="{html.escape(value)}"' for key, value in attributes.items()]
    return f"<{' '.join([name, *written])}>"
