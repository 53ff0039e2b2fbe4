"""User agents of bots: the lists of crawlerdetect, with our additions and exceptions in `bots.toml`."""

import re
import tomllib
from collections.abc import Iterable
from functools import lru_cache
from importlib.resources import files

from crawlerdetect.providers.crawlers import data as crawlers
from crawlerdetect.providers.exclusions import data as exclusions

MAX_AGENT_CHARACTERS = 256  # characters of a user agent that are read: some patterns take seconds for long ones
MAX_REMEMBERED_AGENTS = 4_000  # user agents that a process remembers; 2 MB at most


def _pattern(alternatives: Iterable[str]) -> re.Pattern[str]:
    """The patterns of crawlerdetect as one pattern, for text in lower case. It takes a fifth of their time.

    One of them begins with "any number of letters". That part changes no result and takes quadratic time, so it is
    removed.
    """
    lowered = (re.sub(r"\\.|[A-Z]", lambda found: found[0] if found[0][0] == "\\" else found[0].lower(), each)
               for each in alternatives)  # fmt: skip
    return re.compile("|".join(each.removeprefix(r"[a-z0-9\-_]*") for each in lowered))


def _parts(names: Iterable[str]) -> re.Pattern[str]:
    return re.compile(rf"(?<![a-z0-9])(?:{'|'.join(map(re.escape, names))})")


def read_lists() -> dict[str, dict[str, str]]:
    """The lists of `bots.toml`: by section, the part of a user agent, and a user agent whose result it changes."""
    return tomllib.loads(files(__package__).joinpath("bots.toml").read_text(encoding="utf-8"))


PEOPLE = "people"  # the section of the exceptions; every other section has additions
_LISTS = read_lists()
_CRAWLERS, _EXCLUSIONS = _pattern(crawlers), _pattern(exclusions)
_ADDITIONS = _parts(part for section, parts in _LISTS.items() if section != PEOPLE for part in parts)
_PEOPLE = _parts(_LISTS[PEOPLE])


@lru_cache(MAX_REMEMBERED_AGENTS)
def is_bot(agent: str) -> bool:
    """True if the user agent is that of a crawler, a monitor or a program."""
    lower = agent.strip().lower()
    if _ADDITIONS.search(lower):
        return True
    return is_known_crawler(_PEOPLE.sub("", lower) if _is_browser(lower) else lower)


def is_known_crawler(agent: str) -> bool:
    """True if crawlerdetect, without our own list, takes the user agent for a bot. `agent` is in lower case."""
    rest = _EXCLUSIONS.sub("", agent)
    return bool(rest and _CRAWLERS.search(rest))


def _is_browser(agent: str) -> bool:
    return agent.startswith("mozilla/") and "applewebkit/" in agent and "compatible;" not in agent
