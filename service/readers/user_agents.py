"""Who polls, as far as the name says that a program gives itself: which program, for how many, and of which feed.

Anybody can send any name. What is believed, and how far, stands in docs/readers.md.
"""

import re
from dataclasses import dataclass
from enum import Enum

from service.core.visitors import AGENT, is_bot

NAME = 40  # characters of a program's name
FEED_ID = 40  # characters of the id under which a hosted reader keeps a feed
MOST = 10_000_000  # subscribers; who reports more is not believed
NAMELESS = "(no name)"
OTHER = "(other)"  # names that are too many to be told apart


class Kind(Enum):
    """HOSTED fetches for its subscribers, a READER for whoever runs it; a PROGRAM is nobody's reader: a crawler, a chat
    bot, a library without a name of its own."""

    HOSTED = "hosted"
    READER = "reader"
    PROGRAM = "program"


@dataclass(frozen=True)
class Agent:
    """`text` is what was sent, printable and cut; `client` is the program. `subscribers` and `feed_id` are what a
    hosted reader that we know reports, None and empty where it does not."""

    text: str
    client: str
    kind: Kind
    is_known: bool
    subscribers: int | None = None
    feed_id: str = ""


# What stands in the agent, in lower case, and the name that is shown. Earlier lines win: Feedly calls itself "like
# FeedFetcher-Google", and FreshRSS names SimplePie.
_HOSTED = {
    "feedly": "Feedly",
    "inoreader": "Inoreader",
    "newsblur": "NewsBlur",
    "feedbin": "Feedbin",
    "theoldreader": "The Old Reader",
    "bazqux": "BazQux",
    "feedspot": "Feedspot",
    "netvibes": "Netvibes",
    "superfeedr": "Superfeedr",
    "flipboard": "Flipboard",
    "feedwrangler": "Feed Wrangler",
    "feed wrangler": "Feed Wrangler",
    "feedhq": "FeedHQ",
    "feeder.co": "Feeder",
    "bloglovin": "Bloglovin",
    "g2reader": "G2Reader",
    "livedoor feedfetcher": "Livedoor",
    "daum rss": "Daum",
    "yahoo pipes": "Yahoo Pipes",
    "blogtrottr": "Blogtrottr",
    "feedrabbit": "Feedrabbit",
    "kill the newsletter": "Kill the Newsletter",
    "smartnews": "SmartNews",
    "newsbreak": "NewsBreak",
    "feedfetcher-google": "Google FeedFetcher",
    "apple news": "Apple News",
    "applenewsbot": "Apple News",
}
_READERS = {
    "freshrss": "FreshRSS",
    "netnewswire": "NetNewsWire",
    "miniflux": "Miniflux",
    "tiny tiny rss": "Tiny Tiny RSS",
    "newsboat": "Newsboat",
    "newsbeuter": "Newsbeuter",
    "nextcloud-news": "Nextcloud News",
    "selfoss": "selfoss",
    "commafeed": "CommaFeed",
    "yarr": "Yarr",
    "liferea": "Liferea",
    "akregator": "Akregator",
    "rssowl": "RSSOwl",
    "quiterss": "QuiteRSS",
    "rssguard": "RSS Guard",
    "rss guard": "RSS Guard",
    "newsflash": "NewsFlash",
    "feedbro": "Feedbro",
    "readkit": "ReadKit",
    "reeder": "Reeder",
    "vienna": "Vienna",
    "unread": "Unread",
    "feeddemon": "FeedDemon",
    "feedreader": "FeedReader",
    "fever": "Fever",
    "readyou": "Read You",
    "antennapod": "AntennaPod",
    "python-reader": "reader",
    "thunderbird": "Thunderbird",
    "windows-rss-platform": "Windows RSS Platform",
    "microsoft outlook": "Outlook",
    "wordpress": "WordPress",
    "simplepie": "SimplePie",
}
_PROGRAMS = {
    "slackbot": "Slackbot",
    "discordbot": "Discordbot",
    "telegrambot": "TelegramBot",
    "feedparser": "feedparser",
    "python-requests": "python-requests",
    "python-urllib": "Python-urllib",
    "python-httpx": "python-httpx",
    "aiohttp": "aiohttp",
    "scrapy": "Scrapy",
    "go-http-client": "Go-http-client",
    "gofeed": "gofeed",
    "apache-httpclient": "Apache-HttpClient",
    "okhttp": "okhttp",
    "libwww-perl": "libwww-perl",
    "node-fetch": "node-fetch",
    "rss-parser": "rss-parser",
    "axios": "axios",
    "curl/": "curl",
    "wget/": "Wget",
    "nginx": "nginx",
}
_KNOWN = [
    (word, name, kind)
    for kind, names in ((Kind.HOSTED, _HOSTED), (Kind.READER, _READERS), (Kind.PROGRAM, _PROGRAMS))
    for word, name in names.items()
]
_BROWSERS = {
    "edg/": "Edge",
    "edga/": "Edge",
    "edgios/": "Edge",
    "opr/": "Opera",
    "samsungbrowser": "Samsung Internet",
    "firefox/": "Firefox",
    "fxios/": "Firefox",
    "chrome/": "Chrome",
    "crios/": "Chrome",
    "safari/": "Safari",
}
# Bounded everywhere: each takes time in proportion to what it reads, whatever a stranger sends.
_SUBSCRIBERS = re.compile(r"(?<![\d.,])(\d{1,9}) ?(?:subscriber|reader|user)s?\b", re.IGNORECASE | re.ASCII)
_FEED_ID = re.compile(r"feed[-_ ]?id[:=] ?([\w.-]{1,80})", re.IGNORECASE | re.ASCII)
_SITE = re.compile(r"/site/(\d{1,20})\b", re.ASCII)  # NewsBlur's
# crawlerdetect takes much that reads feeds for a crawler.
_READER = re.compile(r"reader|rss|feed|podcast", re.IGNORECASE | re.ASCII)
_ROBOT = re.compile(r"bot\b|crawl|spider|fetcher|monitor|valid|check", re.IGNORECASE | re.ASCII)
_PRODUCT = re.compile(r"[^\s/;,()]+")


def shown(sent: str) -> str:
    """An agent as it may be printed, stored and compared: at most AGENT characters, all printable."""
    cut = " ".join(sent[:AGENT].split())
    return cut if cut.isprintable() else "".join(char if char.isprintable() else "�" for char in cut)


def known(text: str) -> Agent | None:
    """The agent, if it is one of those that we know by name. `text` is as `shown` gives it."""
    lower = text.lower()
    for word, name, kind in _KNOWN:
        if word in lower:
            if kind is Kind.HOSTED:
                return Agent(text, name, kind, True, _subscribers(text), _feed_id(text))
            return Agent(text, name, kind, True)
    return None


def unknown(text: str) -> Agent:
    """Any other agent, by what it says first, or by the browser that it is. What it reports is not believed."""
    if not text:
        return Agent(text, NAMELESS, Kind.PROGRAM, True)
    reader = bool(_READER.search(text)) and not _ROBOT.search(text)
    kind = Kind.READER if reader or not is_bot(text) else Kind.PROGRAM
    if text.startswith("Mozilla/") and kind is Kind.READER:
        lower = text.lower()
        return Agent(text, next((name for word, name in _BROWSERS.items() if word in lower), "Browser"), kind, True)
    return Agent(text, _product(text), kind, False)


def _product(text: str) -> str:
    """The first word; of crawlers that come as `Mozilla/5.0 (compatible; Name/1.0)` the name."""
    _, _, own = text.partition("compatible; ") if text.startswith("Mozilla/") else ("", "", "")
    found = _PRODUCT.search(own or text)
    return found[0][:NAME] if found else NAMELESS


def _subscribers(text: str) -> int | None:
    found = _SUBSCRIBERS.search(text)
    number = int(found[1]) if found else None
    return number if number is None or number <= MOST else None


def _feed_id(text: str) -> str:
    found = _FEED_ID.search(text) or _SITE.search(text)
    return found[1][:FEED_ID] if found else ""
