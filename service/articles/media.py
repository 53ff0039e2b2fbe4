"""Audio, video, frames and objects of a body: the links that stand for them in a feed, and the files that they play."""

import html
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from service.articles import embeds
from service.articles.pictures import address, is_hidden_pixel, tag

ATTRIBUTES = frozenset(
    [
        "src",
        "srcdoc",
        "srcset",
        "alt",
        "title",
        "type",
        "width",
        "height",
        "poster",
        "data",
        "aria-label",
        "value",
        "name",
        "videoid",
        "href",
        "cite",
    ]
)  # that the functions here read, with those that begin with `data-`
_SOURCES = ("src", "data-src", "data-lazy-src", "data-original", "data-url")
_POSTERS = ("poster", "data-poster", "data-thumbnail", "data-thumb", "data-image")
_WORDS = {"audio": "Audio", "video": "Video"}  # the same in the languages of Warta
_FILE_TYPES = {
    "mp4": "video/mp4",
    "m4v": "video/mp4",
    "webm": "video/webm",
    "ogv": "video/ogg",
    "mov": "video/quicktime",
    "mp3": "audio/mpeg",
    "m4a": "audio/mp4",
    "aac": "audio/aac",
    "ogg": "audio/ogg",
    "oga": "audio/ogg",
    "opus": "audio/ogg",
    "wav": "audio/wav",
    "flac": "audio/flac",
    "weba": "audio/webm",
}
_COMMON = ("video/mp4", "audio/mpeg", "audio/mp4")  # every player knows them
_PLAYLISTS = (".m3u8", ".m3u", ".mpd")
_FLASH = (".swf", "application/x-shockwave-flash")
_MEDIA_TYPE = re.compile(r"(?:audio|video)/[a-z0-9][a-z0-9.+-]{0,60}")
_FILE = re.compile(r'<a (?=[^>]*\btype="((?:audio|video)/[^"]+)")[^>]*?\bhref="([^"]+)"')

Attributes = Mapping[str, str]


class Link(NamedTuple):
    """A link in place of a medium, with a picture if the markup names one. `media_type` is that of a file to play."""

    url: str
    words: str
    poster: str = ""
    media_type: str = ""

    def written(self, within: str) -> str:
        """The link as HTML: a paragraph in a `flow`, a part of a `line`, without `a` in another `link`."""
        picture = f"{tag('img', {'src': self.poster, 'alt': ''})}<br>" if self.poster else ""
        inner = f"{picture}{html.escape(self.words, quote=False)}"
        if within == "link":
            return f" {inner} "
        link = f"{tag('a', {'href': self.url, **({'type': self.media_type} if self.media_type else {})})}{inner}</a>"
        return f"<p>{link}</p>" if within == "flow" else f" {link} "


def player(kind: str, attributes: Attributes, sources: Sequence[Attributes]) -> Link | None:
    """The link in place of an `audio` or `video` element (`kind`) with these `source` elements."""
    files = [(address(each, _SOURCES), each.get("type", "")) for each in (attributes, *sources)]
    found = [(url, _media_type(url, declared, kind)) for url, declared in files if url]
    if not found:
        return None
    url, media_type = next((file for file in found if file[1] in _COMMON), found[0])
    return Link(url, _title(attributes) or _WORDS[kind], address(attributes, _POSTERS), media_type)


def frame(attributes: Attributes) -> Link | None:
    """The link in place of a frame: to the page of a known site, or to any page if the frame has a title."""
    url = address(attributes, _SOURCES)
    if not url or is_hidden_pixel(attributes):
        return None
    embed = embeds.known(url)
    words = _title(attributes) or (embed.name if embed else "")
    return Link(embed.url if embed else url, words, address(attributes, _POSTERS)) if words else None


def plugin(attributes: Attributes, parameters: Iterable[Attributes] = ()) -> Link | None:
    """The link in place of an `object` or `embed` element, which needs no title: its file has a name."""
    named = {each.get("name", "").lower(): each.get("value", "") for each in parameters}
    url = address({**named, **attributes}, ("data", "src", "movie"))
    declared = attributes.get("type", "").strip().lower()
    embed = embeds.known(url)
    if not url or is_hidden_pixel(attributes) or (not embed and (declared in _FLASH or _path(url).endswith(_FLASH))):
        return None
    if embed:
        return Link(embed.url, _title(attributes) or embed.name)
    if (kind := declared.partition("/")[0]) in _WORDS:
        return player(kind, {"src": url, **attributes}, ())
    return Link(url, _title(attributes) or unquote(_path(url).rpartition("/")[2]) or url)


def of_site(name: str, attributes: Mapping[str, str]) -> Link | None:
    """The link in place of an element of AMP, or of one whose content a site's script fills. `name`: or its class."""
    embed = embeds.of_element(name, attributes)
    return Link(embed.url, _title(attributes) or embed.name) if embed else None


def files(body: str) -> list[tuple[str, str]]:
    """URL and media type of each audio or video file that a sanitized `body` links to."""
    return [(html.unescape(url), media_type) for media_type, url in _FILE.findall(body)] if ' type="' in body else []


def _title(attributes: Attributes) -> str:
    return " ".join((attributes.get("title") or attributes.get("aria-label") or "").split())


def _media_type(url: str, declared: str, kind: str) -> str:
    """The type as declared, else of the URL's extension, else the usual one; "" for a playlist, which is no file."""
    declared = declared.partition(";")[0].strip().lower()
    path = _path(url)
    if path.endswith(_PLAYLISTS) or "mpegurl" in declared or "dash" in declared:
        return ""
    if _MEDIA_TYPE.fullmatch(declared):
        return declared
    return _FILE_TYPES.get(path.rpartition(".")[2], {"audio": "audio/mpeg", "video": "video/mp4"}[kind])


def _path(url: str) -> str:
    try:
        return urlsplit(url).path.lower()
    except ValueError:
        return ""
