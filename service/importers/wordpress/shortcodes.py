"""Shortcodes in the text of a WordPress post (https://developer.wordpress.org/apis/shortcode/).

Those of WordPress itself become the elements that they stand for. Others, of plugins, go, and leave their content.
Words in brackets are no shortcodes, so a name without attributes counts only if an end tag or an underscore shows it.
"""

import html
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from urllib.parse import quote


@dataclass(frozen=True)
class MediaFile:
    """A file of the site's media library."""

    url: str
    caption: str = ""
    alt: str = ""  # what the picture shows, for those who do not see it


@dataclass
class Removed:
    """Names of removed shortcodes and blocks."""

    shortcodes: dict[str, None] = field(default_factory=dict)
    blocks: dict[str, None] = field(default_factory=dict)


Media = Mapping[str, MediaFile]  # by the id of the attachment
Attributes = Mapping[str, str]
Renderer = Callable[[Attributes, str, Media], str]

MAX_INNER_TAGS = 50  # tags of other shortcodes within a caption or a player
_NAME = r"[A-Za-z][\w-]*+"
_TAG = re.compile(
    rf"""\[(?P<end>/?)(?P<name>{_NAME})(?P<attributes>(?:[^\[\]"'/]|"[^"]*+"|'[^']*+'|["'/](?!\]))*+)(?P<closed>/?)\]"""
)
_ATTRIBUTE = re.compile(
    rf"""(?P<key>{_NAME})\s*+=\s*+(?:"(?P<double>[^"]*+)"|'(?P<single>[^']*+)'|(?P<bare>[^\s'"]++))"""
)
_PICTURE = re.compile(r"\s*((?:<a\b[^>]*>\s*)?<img\b[^>]*>(?:\s*</a>)?)(.*)", re.DOTALL | re.IGNORECASE)
_URL = re.compile(r"https?://[^\s<>\"\[\]]+")
_URL_ALONE = re.compile(
    r"^(?P<before>[ \t]*(?:<(?:p|div)\b[^>]*>\s*)?)(?P<url>https?://[^\s<>\"\[\]]+)"
    r"(?P<after>\s*?(?:</(?:p|div)>)?[ \t]*)$",
    re.MULTILINE,
)
_FILE = re.compile(r"\.[A-Za-z0-9]{2,5}(?:[?#]|$)")
_AUDIO = ("src", "mp3", "m4a", "ogg", "wav", "flac", "wma")
_VIDEO = ("src", "mp4", "m4v", "webm", "ogv", "flv", "wmv", "mov")
# Shortcodes of plugins that often stand alone and without attributes.
_ALONE = frozenset(
    [
        "toc",
        "ez-toc",
        "lwptoc",
        "adsense",
        "ads",
        "adrotate",
        "products",
        "cart",
        "checkout",
        "sitemap",
        "related",
        "relatedposts",
    ]
)


def rendered(text: str, media: Media, removed: Removed) -> str:
    """`text` with its shortcodes rendered. The names of those that go without replacement are added to `removed`."""
    tags = [tag for tag in _TAG.finditer(text) if not _is_escaped(text, tag)]
    ended = {tag["name"].lower() for tag in tags if tag["end"]}
    opened: set[str] = set()
    parts: list[str] = []
    at = 0
    for place, tag in enumerate(tags):
        name = tag["name"].lower()
        if tag.start() < at:
            continue
        if tag["end"]:
            is_shortcode = name in opened or name in _RENDERED
        else:
            is_shortcode = name in _RENDERED or _is_of_plugin(text, tag, ended)
        if not is_shortcode:
            continue
        parts.append(text[at : tag.start()])
        at = tag.end()
        if tag["end"]:
            continue
        opened.add(name)
        if render := _RENDERED.get(name):
            content, at = _content(text, tag, islice(tags, place + 1, place + 1 + MAX_INNER_TAGS), ended)
            shown = render(_attributes(tag["attributes"]), content, media)
            parts.append(f"\n\n{shown}\n\n" if shown else "")
            if shown:
                continue
        removed.shortcodes[name] = None
    parts.append(text[at:])
    return _unescaped("".join(parts))


def with_links(text: str) -> str:
    """`text` with a link for each URL that stands alone in its line. WordPress shows a player or a preview there."""
    return _URL_ALONE.sub(lambda line: f"{line['before']}{link(line['url'])}{line['after']}", text)


def link(url: str) -> str:
    shown = html.escape(html.unescape(url))
    return f'<a href="{shown}">{shown}</a>'


def picture(file: MediaFile) -> str:
    """A figure with the picture and its caption."""
    caption = f"<figcaption>{file.caption}</figcaption>" if file.caption else ""
    return f'<figure><img src="{html.escape(file.url)}" alt="{html.escape(file.alt)}">{caption}</figure>'


def ids(attributes: Attributes) -> list[str]:
    """The ids of attachments in the attributes of a gallery or playlist; empty if it shows those of its post."""
    named = attributes.get("ids") or attributes.get("include") or ""
    return [id_.strip() for id_ in named.split(",") if id_.strip()]


def _is_escaped(text: str, tag: re.Match[str]) -> bool:
    """True if the tag stands in double brackets: WordPress then shows it in single ones."""
    return text[tag.start() - 1 : tag.start()] == "[" and text[tag.end() : tag.end() + 1] == "]"


def _unescaped(text: str) -> str:
    return re.sub(rf"\[(\[/?{_NAME}[^\[\]]*+\])\]", r"\1", text)


def _is_of_plugin(text: str, tag: re.Match[str], ended: set[str]) -> bool:
    name = tag["name"].lower()
    if name in ended or "_" in name or tag["closed"] or _ATTRIBUTE.search(tag["attributes"]):
        return True
    line = text[text.rfind("\n", 0, tag.start()) + 1 : tag.end()].strip()
    return name in _ALONE and line == tag[0] and text[tag.end() : tag.end() + 1] in ("", "\n", "\r")


def _content(text: str, tag: re.Match[str], following: Iterable[re.Match[str]], ended: set[str]) -> tuple[str, int]:
    """The text between the tag and its end tag, and the place behind it. Without an end tag there is no content."""
    name = tag["name"].lower()
    if tag["closed"] or name not in ended:
        return "", tag.end()
    for other in following:
        if other["name"].lower() == name:
            return (text[tag.end() : other.start()], other.end()) if other["end"] else ("", tag.end())
    return "", tag.end()


def _attributes(text: str) -> dict[str, str]:
    found = {
        part["key"].lower(): html.unescape(part["double"] or part["single"] or part["bare"] or "")
        for part in _ATTRIBUTE.finditer(text)
    }
    bare = _ATTRIBUTE.sub(" ", text).split()
    return {**{str(place): html.unescape(word).strip("=\"'") for place, word in enumerate(bare)}, **found}


def _caption(attributes: Attributes, content: str, _media: Media) -> str:
    match = _PICTURE.match(content)
    shown, words = (match[1], match[2]) if match else (content, "")
    caption = attributes.get("caption") or words
    caption = " ".join(caption.split("\n\n")).strip()
    return f"<figure>{shown.strip()}<figcaption>{caption}</figcaption></figure>" if caption else shown.strip()


def _gallery(attributes: Attributes, _content: str, media: Media) -> str:
    chosen = ids(attributes) or [id_ for id_ in media if id_.startswith(OWN)]
    return "\n".join(picture(media[id_]) for id_ in chosen if id_ in media)


OWN = "own:"  # begins the keys of the pictures that were uploaded to the post itself


def _player(element: str, names: Sequence[str]) -> Renderer:
    def render(attributes: Attributes, content: str, _media: Media) -> str:
        source = next((attributes[name] for name in names if attributes.get(name)), "")
        url = source or next(iter(_URL.findall(content)), "")
        if url and not _FILE.search(url):  # the page of a video site
            return f"<p>{link(url)}</p>"
        return f'<{element} src="{html.escape(url)}"></{element}>' if url else ""

    return render


def _playlist(attributes: Attributes, _content: str, media: Media) -> str:
    element = "video" if attributes.get("type") == "video" else "audio"
    files = [media[id_] for id_ in ids(attributes) if id_ in media]
    return "\n".join(f'<{element} src="{html.escape(file.url)}"></{element}>' for file in files)


def _embed(page: str = "") -> Renderer:
    """A link to an embedded page. `page` is its URL for an id in place of a URL."""

    def render(attributes: Attributes, content: str, _media: Media) -> str:
        told = [content.strip(), attributes.get("src", ""), attributes.get("url", ""), attributes.get("0", "")]
        told.append(attributes.get("id", ""))
        for value in filter(None, told):
            if found := _URL.search(value):
                return f"<p>{link(found[0])}</p>"
            if page and re.fullmatch(r"[\w.@-]+", value, re.ASCII):
                return f"<p>{link(page.format(quote(value)))}</p>"
        return ""

    return render


_RENDERED: dict[str, Renderer] = {
    "caption": _caption,
    "wp_caption": _caption,
    "gallery": _gallery,
    "audio": _player("audio", _AUDIO),
    "video": _player("video", _VIDEO),
    "playlist": _playlist,
    "embed": _embed(),
    "youtube": _embed("https://www.youtube.com/watch?v={}"),
    "vimeo": _embed("https://vimeo.com/{}"),
    "tweet": _embed("https://x.com/i/status/{}"),
    "instagram": _embed(),
    "facebook": _embed(),
    "soundcloud": _embed(),
    "tiktok": _embed(),
    "dailymotion": _embed("https://www.dailymotion.com/video/{}"),
    "spotify": _embed(),
}
