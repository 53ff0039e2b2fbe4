"""A /48 of IPv6 is one customer, with 65,536 times a /64: the networks around an address have ceilings of their own."""

import random
import re
import struct
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
from redis import Redis

from service.core.ip_addresses import client_of
from service.core.metrics import Metrics
from service.core.redis import RedisLink
from service.core.settings.counting import Popular, Views
from service.core.settings.model import Settings
from service.core.visitors import Visitor, Visitors
from service.views import ViewCounter
from service.views.counter import article_hash
from tests.cli.test_serve import line, objects, token_for
from tests.support.articles import countable
from tests.support.clock import Clock
from tests.support.people import reader
from tests.support.server import Server, eventually

STORIES = "abcdefgh"
PER_ADDRESS, PER_56, PER_48 = 20, 40, 80  # the defaults


class Newsroom:
    """A view counter, and people who look at its articles from real IP addresses."""

    def __init__(self, link: RedisLink, metrics: Metrics, clock: Clock, settings: Settings) -> None:
        self.counter = ViewCounter(link, metrics, settings, clock=clock.seconds)
        self.counter.registered.register(countable(dict.fromkeys(STORIES, ())))
        self.counter.registered.mark_complete()
        self.visitors = Visitors(link, clock=clock.seconds)
        self._agents = 0

    def visitor(self, sender: str) -> Visitor:
        """Somebody with a browser that nobody else has."""
        self._agents += 1
        return self.visitors.visitor(client_of(sender, None, ()).ip_address, f"Mozilla/5.0 Firefox/{self._agents}")

    def look(self, looks: Iterable[tuple[str, str]]) -> None:
        """Looks by IP address and article, in their order; what waits is counted again and again."""
        for number, (sender, article) in enumerate(looks):
            self.counter.take(article, self.visitor(sender))
            if number % 100 == 0:
                self.counter.flush()
        self.counter.flush()

    def views(self, article: str = "a") -> int:
        return self.counter.rankings.views_of([article])[article]


@pytest.fixture
def make(link: RedisLink, metrics: Metrics, clock: Clock) -> Callable[..., Newsroom]:
    return lambda popular=Popular(), **views: Newsroom(  # noqa: B008 - frozen
        link, metrics, clock, Settings(views=Views.model_validate(views), popular=popular)
    )


def in_48(n: int, network: int = 1) -> str:
    """The `n`th address of a /48, in a /56 of its own as long as there are any."""
    return f"2001:db8:{network:x}:{(n % 256) << 8 | n // 256:x}::{n + 1:x}"


def in_56(n: int) -> str:
    return f"2001:db8:1:7{n % 256:02x}:{n:x}::1"


def in_64(n: int) -> str:
    return f"2001:db8:1:700:{n:x}::1"


def over_ipv4(n: int) -> str:
    return f"198.18.{n >> 8}.{n & 255}"


@pytest.mark.parametrize(
    ("sender", "counted"), [(in_48, PER_48), (in_56, PER_56), (in_64, PER_ADDRESS), (over_ipv4, 300)]
)
def test_of_three_hundred_addresses_as_many_count_as_their_network_may(
    make: Callable[..., Newsroom], metrics: Metrics, sender: Callable[[int], str], counted: int
) -> None:
    """Each with an agent of its own, all looking at one article. Neighbours over IPv4 are different customers."""
    newsroom = make()
    newsroom.look((sender(n), "a") for n in range(300))
    assert newsroom.views() == counted
    assert metrics.views.labels("limited")._value.get() == 300 - counted


def test_what_networks_count_as_is_a_setting(make: Callable[..., Newsroom]) -> None:
    newsroom = make(per_address=5, addresses_per_56=1, addresses_per_48=10)
    newsroom.look((in_56(n), "a") for n in range(100))
    assert newsroom.views() == 5
    newsroom.look((in_48(n, network=2), "a") for n in range(100))
    assert newsroom.views() == 5 + 50


def test_no_ceiling_is_beyond_what_the_table_can_count(make: Callable[..., Newsroom]) -> None:
    newsroom = make(per_address=4000, addresses_per_56=1000, addresses_per_48=1000, address_share=1)
    newsroom.look((in_48(n), "a") for n in range(4_200))
    assert newsroom.views() == 4095


def test_a_day_later_a_network_has_its_views_again(make: Callable[..., Newsroom], clock: Clock) -> None:
    newsroom = make(address_share=0)
    newsroom.look((in_48(n), "a") for n in range(100))
    clock.forward(days=1)
    newsroom.look((in_48(n), "a") for n in range(100))
    assert newsroom.views() == 2 * PER_48


def test_a_carrier_whose_phones_read_what_others_read_counts(make: Callable[..., Newsroom]) -> None:
    """A phone has a /64, and 300 of them a /48: far more than its ceiling, but a tenth of those who read."""
    newsroom = make()
    phones = [(in_48(n), article) for n in range(300) for article in "abcd"]
    others = [(over_ipv4(n), article) for n in range(3_000) for article in "abcd"]
    looks = phones + others
    random.Random(7).shuffle(looks)  # noqa: S311 - a sample
    newsroom.look(looks)
    assert {article: newsroom.views(article) for article in "abcd"} == dict.fromkeys("abcd", 3_300)


def test_a_carrier_counts_in_proportion_to_the_others(make: Callable[..., Newsroom]) -> None:
    """Its /48 counts as four addresses: it has four times their five of a hundred."""
    newsroom = make()
    newsroom.look((over_ipv4(n), "a") for n in range(1_000))
    newsroom.look((in_48(n), article) for n in range(80) for article in STORIES)
    newsroom.look((in_48(n), "a") for n in range(80, 600))
    assert newsroom.views() == pytest.approx(1_000 + 0.2 * 1_080, abs=2)


def test_a_network_with_one_story_in_mind_is_no_carrier(make: Callable[..., Newsroom]) -> None:
    newsroom = make(address_share=1)
    newsroom.look((over_ipv4(n), "a") for n in range(2_000))
    newsroom.look((in_48(n), "a") for n in range(1_000))
    assert newsroom.views() == 2_000 + PER_48


def test_networks_do_not_let_each_other_in(make: Callable[..., Newsroom]) -> None:
    """Ten that read everything and never stop: each has 20 of a hundred of what is within the ceilings, not of all."""
    newsroom = make()
    newsroom.look((over_ipv4(n), "a") for n in range(500))
    newsroom.look((in_48(n, network), article) for n in range(80) for network in range(10) for article in STORIES)
    newsroom.look((in_48(n, n % 10), "a") for n in range(1_000, 6_000))
    assert newsroom.views() == pytest.approx(500 + 10 * 0.2 * (500 + 10 * PER_48), abs=20)


def test_a_network_is_one_of_the_addresses_that_make_an_article_popular(make: Callable[..., Newsroom]) -> None:
    newsroom = make(popular=Popular(least_addresses=3))
    newsroom.look((in_48(n), "a") for n in range(50))
    newsroom.look([(over_ipv4(1), "a")])
    assert newsroom.counter.rankings.top("latest", "24h", 5) == []
    newsroom.look([(in_48(1, network=2), "a")])
    assert newsroom.counter.rankings.top("latest", "24h", 5) == [("a", 52)]


def test_what_the_release_before_has_counted_counts_on(make: Callable[..., Newsroom], redis_url: str) -> None:
    """It knew addresses only. The table has the same form, and an address the same place in it."""
    newsroom = make(memory=1, address_share=0)
    for n in range(15):
        visitor = newsroom.visitor(in_64(n))
        newsroom.counter.take("a", Visitor(visitor.visitor, visitor.source))
    newsroom.counter.flush()
    article_source = article_hash(b"a", newsroom.visitors.source("2001:db8:1:700::"))
    buckets, name = 2**20 // 2 // 32, int.from_bytes(article_source[3:]) >> 4
    with Redis.from_url(redis_url) as client:
        start = int.from_bytes(article_source[:3]) % buckets * 32
        table = bytes(client.getrange("warta:{views}:met", start, start + 31))
        assert (name, 15) in [(slot >> 20, slot >> 8 & 4095) for slot in struct.unpack(">8I", table.ljust(32, b"\0"))]
    newsroom.look((in_64(n), "a") for n in range(15, 100))
    assert newsroom.views() == PER_ADDRESS


def test_a_stranger_with_a_48_is_limited_by_a_running_service(tmp_path: Path) -> None:
    data_dir = tmp_path / "data"
    token = token_for(data_dir)
    with Server(data_dir, WARTA_TRUSTED_PROXIES="127.0.0.1/32") as server:
        server.request("POST", "/api/articles", line("satu"), token)

        def fates() -> dict[str, int]:
            metrics = server.get("/metrics").body.decode()
            found = re.findall(r'^warta_views_total\{fate="(\w+)"\} (\d+)', metrics, re.MULTILINE)
            return {name: int(times) for name, times in found}

        for n in range(200):
            sent = {"X-Forwarded-For": in_48(n), **reader(n % 10)}
            assert server.request("POST", "/articles/satu/views", headers=sent).headers["Warta-View"] == "taken"
        eventually(lambda: sum(fates().values()) == 200)
        with objects(data_dir) as services:
            assert services.counter.rankings.views_of(["satu"]) == {"satu": PER_48}
        # Not to one: what a busy Redis answers too late is sent again, and is repeated then.
        assert fates()["limited"] > 0
        assert fates().get("counted", 0) <= PER_48
