"""People: their IP addresses, their browsers, the stories that they read, and the people that a server cannot
distinguish.

Four of five people have an IP address of their own. Half of these have IPv6 and change its last half at any time: a
phone has a /64 of the 64 /48 networks of a carrier, a household has a /56. A tenth of the people is in offices of 10 to
300 people. A tenth is behind 20 gateways of mobile networks: 1,000 people each, if there are 200,000 people. Browsers
send hardly more than their version, so many people behind one gateway have the same user agent.
"""

from collections import defaultdict
from collections.abc import Iterator
from enum import IntEnum
from itertools import accumulate
from math import sqrt
from random import Random
from typing import NamedTuple

from bench.simulated.stories import DAY, HOUR, Interest

READS = 2.6  # stories that a person reads in a day, on average
# Relative number of reads in each hour of the day.
RHYTHM = (2, 1, 1, 1, 2, 4, 6, 8, 8, 7, 6, 6, 7, 7, 6, 6, 6, 6, 7, 8, 9, 8, 6, 4)
AGAIN = 0.3  # share of reads after which the person opens the page again, once or more, within seconds or hours
GUESSED = 0.04  # share of reads with a prefetch of another page that the person does not open
NO_SCRIPT = 0.003  # share of views that come as the pixel
GATEWAYS = 20
POOLS = 64  # /48 networks from which a carrier assigns a /64 to each phone

_ANDROID = (
    "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{}.0.0.0 Mobile Safari/537.36"
)
_DESKTOP = "Mozilla/5.0 ({}) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{}.0.0.0 Safari/537.36{}"
_IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS {0}_{1} like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/{0}.{1} Mobile/15E148 Safari/604.1"
)
_IN_APP = (
    "Mozilla/5.0 (Linux; Android {}; SM-A{}F; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 "
    "Chrome/{}.0.0.0 Mobile Safari/537.36 [FB_IAB/FB4A;FBAV/470.0.0.51.79;]"
)
_FIREFOX = "Mozilla/5.0 ({}; rv:{}.0) Gecko/20100101 Firefox/{}.0"
_SYSTEMS = (
    "Windows NT 10.0; Win64; x64",
    "Windows NT 10.0; Win64; x64",
    "Macintosh; Intel Mac OS X 10_15_7",
    "X11; Linux x86_64",
)


class How(IntEnum):
    """The kind of a request."""

    BEACON, PIXEL, GUESS, HEAD = range(4)


class Look(NamedTuple):
    """A request for a story. `who` and `story` are numbers; `at` is in seconds since the beginning of the week."""

    at: float
    who: int
    story: int
    how: How


class People:
    """`count` people, each with a number. `agents` and `visitors` are by that number.

    Two people with the same IP address and user agent are one visitor for a server.
    """

    def __init__(self, dice: Random, count: int) -> None:
        self._dice = dice
        self.agents: list[str] = []
        self._addresses: list[str] = []
        for number in range(count):
            mobile = dice.random() < 0.8
            self.agents.append(_mobile(dice) if mobile else _desktop(dice))
            dotted = f"{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
            own = _phones(number) if mobile else _households(number)
            self._addresses.append(f"10.{dotted}" if dice.random() < 0.5 else own)
        self._settle(0, count // 10)
        for number in range(count // 10, count // 5):
            self._addresses[number] = f"100.64.0.{number % GATEWAYS}"
        # A server sees only IP address and user agent: two people with the same pair are one visitor.
        visitors: defaultdict[tuple[str, str], int] = defaultdict(lambda: len(visitors))
        self.visitors = [visitors[pair] for pair in zip(self._addresses, self.agents, strict=True)]

    def _settle(self, first: int, last: int) -> None:
        """Put the people from `first` to `last` into offices: one IP address for each, and desktop browsers."""
        office = 0
        while first < last:
            size = min(int(10 * self._dice.paretovariate(1)), 300, last - first)
            for number in range(first, first + size):
                self._addresses[number] = f"172.16.{office >> 8}.{office & 255}"
                self.agents[number] = _desktop(self._dice)
            first, office = first + size, office + 1

    def __len__(self) -> int:
        return len(self.agents)

    def address(self, number: int) -> str:
        """The IP address of a request. With IPv6, each request has a new last half."""
        found = self._addresses[number]
        if not found.endswith(":"):
            return found
        return f"{found}{self._dice.getrandbits(16):x}:{self._dice.getrandbits(16):x}:0:1"


class Crowd:
    """The requests of people, in ticks of `tick` seconds."""

    def __init__(self, dice: Random, people: People, tick: int) -> None:
        self._dice = dice
        self._people = people
        self._tick = tick
        self._eager = list(accumulate(dice.expovariate(1) for _ in range(len(people))))  # some read much, most little
        self._later: defaultdict[int, list[Look]] = defaultdict(list)

    def looks(self, begin: int, interest: Interest) -> list[Look]:
        """The requests of the tick that begins at `begin`, in their order. Call it for one tick after the other."""
        looks = self._later.pop(begin // self._tick, [])
        looks += self._first(begin, interest)
        looks.sort()
        return looks

    def _first(self, begin: int, interest: Interest) -> Iterator[Look]:
        dice = self._dice
        hour = begin % DAY // HOUR
        mean = len(self._people) * READS * RHYTHM[hour] / sum(RHYTHM) * self._tick / HOUR
        times = max(round(dice.gauss(mean, sqrt(mean))), 0)
        readers = dice.choices(range(len(self._people)), cum_weights=self._eager, k=times)
        for who, story in zip(readers, interest.choose(dice, times), strict=True):
            at = begin + dice.random() * self._tick
            how = How.BEACON if dice.random() >= NO_SCRIPT else How.PIXEL
            yield Look(at, who, story, how)
            if dice.random() < AGAIN:
                self._again(begin, Look(at, who, story, how))
            if dice.random() < GUESSED:
                yield Look(at, who, interest.choose(dice, 1)[0], How.GUESS)

    def _again(self, begin: int, look: Look) -> None:
        """Plan one or more repetitions of a request: most within minutes, some after hours."""
        at = look.at
        for _ in range(self._dice.choice((1, 1, 1, 2, 4))):
            at = max(at + 2 ** self._dice.uniform(0, 14), begin + self._tick)
            self._later[int(at) // self._tick].append(look._replace(at=at))


def _phones(number: int) -> str:
    """The prefix /64 of a phone."""
    return f"2001:db8:{number % POOLS:x}:{number // POOLS:x}:"


def _households(number: int) -> str:
    """A prefix /64 from the household's own /56."""
    return f"2001:db8:{0x1000 + (number >> 8):x}:{(number & 255) << 8:x}:"


def _mobile(dice: Random) -> str:
    kind = dice.random()
    if kind < 0.6:
        return _ANDROID.format(_version(dice))
    if kind < 0.8:
        return _IPHONE.format(dice.choice((15, 16, 17, 17, 18, 18)), dice.randrange(7))
    return _IN_APP.format(dice.randint(10, 14), dice.randrange(100), _version(dice))


def _desktop(dice: Random) -> str:
    version, system = _version(dice), dice.choice(_SYSTEMS)
    if dice.random() < 0.15:
        return _FIREFOX.format(system, version, version)
    return _DESKTOP.format(system, version, f" Edg/{version}.0.0.0" if dice.random() < 0.2 else "")


def _version(dice: Random) -> int:
    """A browser version. Most people have the newest or the one before."""
    return 131 - min(int(dice.expovariate(0.7)), 20)
