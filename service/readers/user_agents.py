"""User agents of polls: the program, its number of subscribers, and its id for the feed.

Any program can send any User-Agent. `docs/readers.md` says which reports are believed, and how far.
"""

import re
from dataclasses import dataclass
from enum import Enum

from service.core.visitors import MAX_AGENT_CHARACTERS, is_bot

NAME = 40  # characters of a program's name; the rest is cut
FEED_ID = 40  # characters of the id under which a hosted reader keeps a feed; the rest is cut
MOST = 10_000_000  # subscribers: a report of more is not believed
NAMELESS = "(no name)"
OTHER = "(other)"  # the shared line for clients above the bounds of `aggregate`


class Kind(Enum):
    """The kind of a program.

    HOSTED is a service that polls for its subscribers. READER is a program that polls for the person who runs it.
    PROGRAM is no reader: a crawler, a chat bot, or a library without a name of its own.
    """

    HOSTED = "hosted"
    READER = "reader"
    PROGRAM = "program"


@dataclass(frozen=True)
class Agent:
    """A user agent. `text` is the header, printable and cut; `client` is the name of the program.

    `is_known` says whether `client` is one of a fixed set of names, so that clients of that name need no bound.
    `subscribers` and `feed_id` are the reports of a hosted reader in the list below; None and empty without a report.
    """

    text: str
    client: str
    kind: Kind
    is_known: bool
    subscribers: int | None = None
    feed_id: str = ""


# A part of the user agent, in lower case, and the name in reports. Earlier lines win: Feedly calls itself "like
# FeedFetcher-Google", and the user agent of FreshRSS contains SimplePie.
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
# Every repetition has a bound, so that each pattern takes linear time for any header.
_SUBSCRIBERS = re.compile(r"(?<![\d.,])(\d{1,9}) ?(?:subscriber|reader|user)s?\b", re.IGNORECASE | re.ASCII)
_FEED_ID = re.compile(r"feed[-_ ]?id[:=] ?([\w.-]{1,80})", re.IGNORECASE | re.ASCII)
_SITE = re.compile(r"/site/(\d{1,20})\b", re.ASCII)  # NewsBlur's
# crawlerdetect takes many feed readers for crawlers.
_READER = re.compile(r"reader|rss|feed|podcast", re.IGNORECASE | re.ASCII)
_ROBOT = re.compile(r"bot\b|crawl|spider|fetcher|monitor|valid|check", re.IGNORECASE | re.ASCII)
_PRODUCT = re.compile(r"[^\s/;,()]+")


def shown(sent: str) -> str:
    """Return a User-Agent header in the form for output, storage and comparison: at most AGENT printable characters."""
    cut = " ".join(sent[:MAX_AGENT_CHARACTERS].split())
    return cut if cut.isprintable() else "".join(char if char.isprintable() else "�" for char in cut)


def known(text: str) -> Agent | None:
    """Return the agent if its program is in the lists above, otherwise None. `text` is the result of `shown`."""
    lower = text.lower()
    for word, name, kind in _KNOWN:
        if word in lower:
            if kind is Kind.HOSTED:
                return Agent(text, name, kind, True, _subscribers(text), _feed_id(text))
            return Agent(text, name, kind, True)
    return None


def unknown(text: str) -> Agent:
    """Return the agent of any other program, named after its first word or its browser.

    Its report of subscribers is not believed.
    """
    if not text:
        return Agent(text, NAMELESS, Kind.PROGRAM, True)
    reader = bool(_READER.search(text)) and not _ROBOT.search(text)
    kind = Kind.READER if reader or not is_bot(text) else Kind.PROGRAM
    if text.startswith("Mozilla/") and kind is Kind.READER:
        lower = text.lower()
        return Agent(text, next((name for word, name in _BROWSERS.items() if word in lower), "Browser"), kind, True)
    return Agent(text, _product(text), kind, False)


def _product(text: str) -> str:
    """Return the first word of the user agent; the name for crawlers with `Mozilla/5.0 (compatible; Name/1.0)`."""
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
