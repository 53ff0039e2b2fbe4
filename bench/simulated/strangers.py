"""Visitors that must not count: 40 bots with the user agents of bots, and five cheats with those of browsers."""

from collections.abc import Callable
from random import Random

from bench.simulated.people import How, Look
from bench.simulated.stories import DAY, HOUR, Interest, Story

BROWSER = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{0}.0.{1}.0 Safari/537.36"
)
AGENTS = 1_000  # different user agents of the cheats
MORNING = 10 * HOUR  # the time of day at which the cheats choose new stories
PACE = 10  # seconds between two requests of a cheat

_COMPATIBLE = (
    *("Googlebot/2.1", "bingbot/2.0", "YandexBot/3.0", "AhrefsBot/7.0", "SemrushBot/7~bl", "MJ12bot/v1.4.8"),
    *("DotBot/1.2", "PetalBot", "Bytespider", "GPTBot/1.2", "ClaudeBot/1.0", "Baiduspider/2.0", "SeznamBot/4.0"),
    *("Discordbot/2.0", "archive.org_bot", "DataForSeoBot/1.0", "BLEXBot/1.0", "coccocbot-web/1.0"),
)
_PROGRAMS = (
    *("facebookexternalhit/1.1", "Twitterbot/1.0", "TelegramBot (like TwitterBot)", "WhatsApp/2.23.20.0"),
    *("Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)", "LinkedInBot/1.0", "CCBot/2.0"),
    *("curl/8.5.0", "Wget/1.21.4", "python-requests/2.32.3", "Go-http-client/2.0", "Scrapy/2.11", "axios/1.7.2"),
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/131.0.0.0 Safari/537.36",
)
_MONITORS = (
    "Mozilla/5.0+(compatible; UptimeRobot/2.0; http://www.uptimerobot.com/)",
    "Pingdom.com_bot_version_1.4_(http://www.pingdom.com/)",
    "StatusCake",
    "Site24x7",
)
_GUESSING = BROWSER.format(131, 0)  # a prefetching proxy: people may never see the pages
BOTS = (
    *((f"Mozilla/5.0 (compatible; {name}; +https://bots.example/{name})", How.BEACON) for name in _COMPATIBLE),
    *((name, How.BEACON if number % 3 else How.PIXEL) for number, name in enumerate(_PROGRAMS)),
    *((name, How.HEAD) for name in _MONITORS),
    *(("", How.BEACON), ("", How.PIXEL), (_GUESSING, How.GUESS), (_GUESSING, How.GUESS)),
)


class Bots:
    """Bots. Each requests a story every two minutes, day and night."""

    def __init__(self, dice: Random, tick: int) -> None:
        self._dice = dice
        self._tick = tick

    def looks(self, begin: int, interest: Interest) -> list[Look]:
        due = [number for number in range(len(BOTS)) if (number * 7 + begin) % 120 < self._tick]
        chosen = interest.choose(self._dice, len(due))
        return [Look(begin, who, story, BOTS[who][1]) for who, story in zip(due, chosen, strict=True)]

    def sender(self, look: Look) -> tuple[str, str]:
        """The X-Forwarded-For value from the proxy, and the user agent."""
        return f"192.0.2.{look.who}", BOTS[look.who][0]


class Cheats:
    """Cheats. Each tries to make one story a day popular: a story of the morning with a medium number of readers.

    One cheat reloads the page; one sends another user agent each time; one forges IP addresses in X-Forwarded-For; one
    has eight IP addresses; one has 2^64 of them, as everybody with IPv6.
    """

    def __init__(self, dice: Random, told: list[Story], days: int, tick: int) -> None:
        self._dice = dice
        self._tick = tick
        self._agents = [BROWSER.format(dice.randint(100, 131), n) for n in range(AGENTS)]
        self._addresses: dict[str, Callable[[], str]] = {
            "one that reloads": lambda: "198.51.100.1",
            "many agents": lambda: "198.51.100.2",
            "invented addresses": lambda: f"8.8.{dice.getrandbits(8)}.{dice.getrandbits(8)}, 198.51.100.3",
            "eight addresses": lambda: f"203.0.113.{dice.randrange(8)}",
            "2^64 addresses": lambda: f"2001:db8:ffff:1:{dice.getrandbits(16):x}::{dice.getrandbits(16):x}",
        }
        self.names = list(self._addresses)
        self.targets = [self._morning(told, day) for day in range(days)]

    def _morning(self, told: list[Story], day: int) -> list[int]:
        """The numbers of the stories that the cheats target on this day, one for each."""
        fresh = [n for n, story in enumerate(told) if 5 * HOUR <= story.at - day * DAY < MORNING]
        fresh.sort(key=lambda n: told[n].appeal)
        middle = len(fresh) // 2
        return fresh[middle : middle + len(self.names)]

    def looks(self, begin: int) -> list[Look]:
        """The requests of a tick. A cheat targets its story from ten in the morning to ten of the next morning."""
        if begin < MORNING:
            return []
        targets = self.targets[(begin - MORNING) // DAY]
        return [
            Look(begin + second, who, story, How.BEACON)
            for second in range(0, self._tick, PACE)
            for who, story in enumerate(targets)
        ]

    def sender(self, look: Look) -> tuple[str, str]:
        """The X-Forwarded-For value from the proxy, with forged IP addresses in front if any, and the user agent."""
        agent = self._agents[0] if look.who == 0 else self._dice.choice(self._agents)
        return self._addresses[self.names[look.who]](), agent
