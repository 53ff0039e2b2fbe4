"""User agents of polls: the program, its number of subscribers, and its id for the feed.

Any program can send any User-Agent. `docs/readers.md` says which reports are believed, and how far.
"""

import re
import tomllib
from dataclasses import dataclass
from enum import Enum
from importlib.resources import files

from service.core.bots import MAX_AGENT_CHARACTERS, is_bot

MAX_CLIENT_CHARACTERS = 40  # of a program's name; the rest is cut
MAX_FEED_ID_CHARACTERS = 40  # of the id by which a hosted reader knows a feed; the rest is cut
MAX_SUBSCRIBERS = 10_000_000  # a report of more is not believed
NO_NAME = "(no name)"
OTHER = "(other)"  # the shared line for clients above the bounds of `aggregate`


class ProgramKind(Enum):
    """The kind of a program. The values are the names of the lists in `user_agents.toml`.

    HOSTED is a service that polls for its subscribers. READER is a program that polls for the person who runs it.
    PROGRAM is no reader: a crawler, a chat bot, or a library without a name of its own.
    """

    HOSTED = "hosted"
    READER = "reader"
    PROGRAM = "program"


@dataclass(frozen=True)
class UserAgent:
    """A user agent. `text` is the header, printable and cut; `client` is the name of the program.

    `is_known` says whether `client` is one of a fixed set of names, so that clients of that name need no bound.
    `subscribers` and `feed_id` are the reports of a hosted reader in the lists; None and empty without a report.
    """

    text: str
    client: str
    kind: ProgramKind
    is_known: bool
    subscribers: int | None = None
    feed_id: str = ""


def _read_lists() -> dict[str, dict[str, str]]:
    return tomllib.loads(files(__package__).joinpath("user_agents.toml").read_text(encoding="utf-8"))


_LISTS = _read_lists()


def _pattern(part: str) -> re.Pattern[str]:
    """The pattern of a product: no piece of a longer word or of a domain, and not after "like"."""
    end = r"(?![a-z0-9]|\.[a-z])" if part[-1].isalnum() else ""
    return re.compile(rf"(?<![a-z0-9.@/_-])(?<!like ){re.escape(part)}{end}", re.ASCII)


_KNOWN = [(part, _pattern(part), name, kind) for kind in ProgramKind for part, name in _LISTS[kind.value].items()]
# What is no product: URLs, e-mail addresses, and the telephone or tablet in the user agent of a browser.
_NO_PRODUCT = re.compile(
    r"(?:https?://|www\.)[^\s;,()]*|[^\s;,()@]{1,64}@[^\s;,()]*"
    r"|(?<=^mozilla/5\.0 )\((?:linux|android|iphone|ipad)[^()]*\)",
    re.ASCII,
)
_BROWSERS = _LISTS["browser"]
# Every repetition has a bound, so that each pattern takes linear time for any header.
_SUBSCRIBERS = re.compile(
    r"(?<![\d.,])(\d{1,3}(?:,\d{3}){1,3}|\d{1,9}) ?(?:subscriber|reader|user)s?\b", re.IGNORECASE | re.ASCII
)
_FEED_ID = re.compile(r"\bfeed(?:[-_ ]?id)?[:=] ?(?!https?:)([\w.-]{1,80})", re.IGNORECASE | re.ASCII)
_SITE_ID = re.compile(r"/site/(\d{1,20})\b", re.ASCII)  # NewsBlur's
# crawlerdetect takes many feed readers for crawlers. These words tell them apart.
_READER_WORDS = re.compile(r"reader|rss|feed|podcast", re.IGNORECASE | re.ASCII)
_CRAWLER_WORDS = re.compile(r"bot\b|crawl|spider|fetcher|monitor|valid|check", re.IGNORECASE | re.ASCII)
_FIRST_WORD = re.compile(r"[^\s/;,()]+")


def sanitized(header: str) -> str:
    """Return a User-Agent header in the form for output, storage and comparison.

    The form is printable and has at most MAX_AGENT_CHARACTERS.
    """
    cut = " ".join(header[:MAX_AGENT_CHARACTERS].split())
    return cut if cut.isprintable() else "".join(char if char.isprintable() else "�" for char in cut)


def find_known(text: str) -> UserAgent | None:
    """Return the user agent if its program is in the lists, otherwise None. `text` is the result of `sanitized`."""
    products = _NO_PRODUCT.sub(" ", text.lower())
    for part, pattern, name, kind in _KNOWN:
        if part in products and pattern.search(products):
            if kind is ProgramKind.HOSTED:
                return UserAgent(text, name, kind, True, _subscribers(text), _feed_id(text))
            return UserAgent(text, name, kind, True)
    return None


def classify_unknown(text: str) -> UserAgent:
    """Return the user agent of a program that is in no list, named after its first word or its browser.

    Its report of subscribers is not believed.
    """
    if not text:
        return UserAgent(text, NO_NAME, ProgramKind.PROGRAM, True)
    reader = bool(_READER_WORDS.search(text)) and not _CRAWLER_WORDS.search(text)
    kind = ProgramKind.READER if reader or not is_bot(text) else ProgramKind.PROGRAM
    if text.startswith("Mozilla/") and kind is ProgramKind.READER:
        lower = text.lower()
        return UserAgent(text, next((name for part, name in _BROWSERS.items() if part in lower), "Browser"), kind, True)
    return UserAgent(text, _product(text), kind, False)


def _product(text: str) -> str:
    """Return the first word of the user agent; the name for crawlers with `Mozilla/5.0 (compatible; Name/1.0)`."""
    _, _, own = text.partition("compatible; ") if text.startswith("Mozilla/") else ("", "", "")
    found = _FIRST_WORD.search(own or text)
    return found[0][:MAX_CLIENT_CHARACTERS] if found else NO_NAME


def _subscribers(text: str) -> int | None:
    found = _SUBSCRIBERS.search(text)
    number = int(found[1].replace(",", "")) if found else None
    return number if number is None or number <= MAX_SUBSCRIBERS else None


def _feed_id(text: str) -> str:
    found = _FEED_ID.search(text) or _SITE_ID.search(text)
    return found[1][:MAX_FEED_ID_CHARACTERS] if found else ""
