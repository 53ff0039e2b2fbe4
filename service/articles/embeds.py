"""Embedded players, posts and maps: the page that a link in a feed leads to, and the name of its site."""

import re
from collections.abc import Callable, Mapping
from typing import NamedTuple
from urllib.parse import SplitResult, parse_qsl, quote, urlencode, urlsplit


class KnownEmbed(NamedTuple):
    """The URL of a page, and the name of its site."""

    url: str
    name: str


Page = Callable[[SplitResult, dict[str, str]], str]  # of an embedded URL and its parameters; "" if they show none


def known(url: str) -> KnownEmbed | None:
    """The page and the site of an embedded `url`; None if the site is not known."""
    try:
        parts = urlsplit(url.strip())
        host = parts.hostname or ""
    except ValueError:
        return None
    for domain, (name, page) in _SITES.items():
        if host == domain or host.endswith(f".{domain}"):
            shown = page(parts._replace(scheme="https"), dict(parse_qsl(parts.query)))
            return KnownEmbed(shown, name) if shown else None
    return None


def of_element(element: str, attributes: Mapping[str, str]) -> KnownEmbed | None:
    """The page that an element of AMP, or an element that a site's script fills, stands for; None if there is none.

    `element` is the name of the element, or a class such as `fb-post`.
    """
    attribute, pattern, name = ELEMENTS.get(element, ("", "", ""))
    value = attributes.get(attribute, "").strip()
    return KnownEmbed(pattern.format(value if pattern == "{}" else quote(value, safe="")), name) if value else None


def _youtube(parts: SplitResult, query: dict[str, str]) -> str:
    if "list" in query and "videoseries" in parts.path:
        return f"https://www.youtube.com/playlist?{urlencode({'list': query['list']})}"
    video = re.match(r"/(?:embed|v|shorts|live)/([\w-]+)", parts.path, re.ASCII)
    if not video or video[1] == "live_stream":
        return parts.geturl()
    start = {"t": f"{query['start']}s"} if query.get("start", "").isdecimal() else {}
    return f"https://www.youtube.com/watch?{urlencode({'v': video[1], **start})}"


def _vimeo(parts: SplitResult, query: dict[str, str]) -> str:
    video = re.match(r"/video/(\d+)", parts.path, re.ASCII)
    unlisted = f"/{query['h']}" if re.fullmatch(r"\w+", query.get("h", ""), re.ASCII) else ""
    return f"https://vimeo.com/{video[1]}{unlisted}" if video else parts.geturl()


def _x(_parts: SplitResult, query: dict[str, str]) -> str:
    return f"https://x.com/i/status/{query['id']}" if query.get("id", "").isdecimal() else ""


def _instagram(parts: SplitResult, _query: dict[str, str]) -> str:
    post = re.match(r"/(?:[\w.]+/)?(p|reel|tv)/([\w-]+)", parts.path, re.ASCII)
    return f"https://www.instagram.com/{post[1]}/{post[2]}/" if post else parts.geturl()


def _facebook(parts: SplitResult, query: dict[str, str]) -> str:
    is_post = re.match(r"/(?:v[\d.]+/)?plugins/(?:post|video|comment_embed)\.php", parts.path, re.ASCII)
    is_page = re.match(r"https://(?:\w+\.)?(?:facebook\.com|fb\.watch)/", query.get("href", ""), re.ASCII)
    return query["href"] if is_post and is_page else ""


def _spotify(parts: SplitResult, _query: dict[str, str]) -> str:
    return f"https://open.spotify.com{parts.path.removeprefix('/embed')}"


def _soundcloud(parts: SplitResult, query: dict[str, str]) -> str:
    is_page = re.match(r"https://(?:www\.|m\.)?soundcloud\.com/", query.get("url", ""))
    return query["url"] if is_page else parts.geturl()


def _map(parts: SplitResult, query: dict[str, str]) -> str:
    if not parts.path.startswith("/maps"):
        return ""
    if query.get("output") == "embed":
        return parts._replace(query=urlencode({k: v for k, v in query.items() if k != "output"})).geturl()
    place = query.get("q", "") if parts.path.startswith("/maps/embed/v1/") else ""
    return f"https://www.google.com/maps/search/?{urlencode({'api': 1, 'query': place})}" if place else parts.geturl()


def _itself(parts: SplitResult, _query: dict[str, str]) -> str:
    return parts.geturl()


_SITES: dict[str, tuple[str, Page]] = {
    "youtube.com": ("YouTube", _youtube),
    "youtube-nocookie.com": ("YouTube", _youtube),
    "youtu.be": ("YouTube", _itself),
    "vimeo.com": ("Vimeo", _vimeo),
    "dailymotion.com": ("Dailymotion", _itself),
    "twitter.com": ("X", _x),
    "x.com": ("X", _x),
    "instagram.com": ("Instagram", _instagram),
    "tiktok.com": ("TikTok", _itself),
    "facebook.com": ("Facebook", _facebook),
    "spotify.com": ("Spotify", _spotify),
    "soundcloud.com": ("SoundCloud", _soundcloud),
    "google.com": ("Google Maps", _map),
    "google.co.id": ("Google Maps", _map),
}
# An element or a class; its attribute; the page, with the attribute's value; the site.
ELEMENTS = {
    "amp-youtube": ("data-videoid", "https://www.youtube.com/watch?v={}", "YouTube"),
    "amp-vimeo": ("data-videoid", "https://vimeo.com/{}", "Vimeo"),
    "amp-twitter": ("data-tweetid", "https://x.com/i/status/{}", "X"),
    "amp-instagram": ("data-shortcode", "https://www.instagram.com/p/{}/", "Instagram"),
    "amp-facebook": ("data-href", "{}", "Facebook"),
    "fb-post": ("data-href", "{}", "Facebook"),
    "fb-video": ("data-href", "{}", "Facebook"),
    "instagram-media": ("data-instgrm-permalink", "{}", "Instagram"),
    "tiktok-embed": ("cite", "{}", "TikTok"),
}
