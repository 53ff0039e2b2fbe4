"""Visitors: people rather than programs, told apart today and by nobody tomorrow."""

from collections.abc import Iterator
from contextlib import closing
from zoneinfo import ZoneInfo

import pytest
from redis import Redis

from service.core.bots import MAX_AGENT_CHARACTERS
from service.core.metrics import Metrics
from service.core.redis import RedisLink, connect
from service.core.settings.model import Settings
from service.core.visitors import (
    SALT_CHECK_SECONDS,
    IgnoredView,
    Visitors,
    ignored_reason,
)
from service.views import ViewCounter
from tests.support.articles import countable
from tests.support.clock import Clock

PHONE = (
    "Mozilla/5.0 (Linux; Android 13; SM-A536E) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0 Mobile Safari/537.36"
)
DESKTOP = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:128.0) Gecko/20100101 Firefox/128.0"
APP = f"{PHONE} [FB_IAB/FB4A;FBAV/450.0.0.0]"


@pytest.mark.parametrize(
    "agent", [PHONE, DESKTOP, APP, "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) Safari/604.1"]
)
def test_people_count(agent: str) -> None:
    assert ignored_reason({"HTTP_USER_AGENT": agent}) is None
    assert ignored_reason({"HTTP_USER_AGENT": agent, "HTTP_PURPOSE": "", "HTTP_SEC_PURPOSE": "other"}) is None


@pytest.mark.parametrize(
    "agent",
    [
        "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
        "Mozilla/5.0 (Linux; Android 6.0.1; Nexus 5X) AppleWebKit/537.36 Chrome/W.X.Y.Z Mobile Safari/537.36 "
        "(compatible; GoogleOther)",
        "facebookexternalhit/1.1",
        "WhatsApp/2.23.20.0",
        "Mozilla/5.0+(compatible; UptimeRobot/2.0; http://www.uptimerobot.com/)",
        "Pingdom.com_bot_version_1.4_(http://www.pingdom.com/)",
        "curl/8.5.0",
        "python-requests/2.32",
        "Mozilla/5.0 (X11; Linux x64) HeadlessChrome/126.0.0.0",
    ],
)
def test_programs_do_not(agent: str) -> None:
    assert ignored_reason({"HTTP_USER_AGENT": agent}) is IgnoredView.BOT


@pytest.mark.parametrize("environ", [{}, {"HTTP_USER_AGENT": ""}, {"HTTP_USER_AGENT": "  "}])
def test_who_says_nothing_does_not(environ: dict[str, str]) -> None:
    assert ignored_reason(environ) is IgnoredView.NO_AGENT


@pytest.mark.parametrize(
    "header",
    [
        {"HTTP_SEC_PURPOSE": "prefetch"},
        {"HTTP_SEC_PURPOSE": "prefetch;prerender"},
        {"HTTP_PURPOSE": "prefetch"},
        {"HTTP_X_MOZ": "prefetch"},
        {"HTTP_X_PURPOSE": "preview"},
    ],
)
def test_what_a_browser_fetches_ahead_does_not(header: dict[str, str]) -> None:
    assert ignored_reason({"HTTP_USER_AGENT": PHONE, **header}) is IgnoredView.PREFETCH


@pytest.fixture
def visitors(link: RedisLink, clock: Clock) -> Visitors:
    return Visitors(link, clock=clock.seconds)


@pytest.fixture
def elsewhere(redis_url: str, clock: Clock) -> Iterator[Visitors]:
    with closing(RedisLink(connect(redis_url), Metrics())) as link:
        yield Visitors(link, clock=clock.seconds)


def test_a_visitor_is_the_same_everywhere_today_and_somebody_else_tomorrow(
    visitors: Visitors, elsewhere: Visitors, clock: Clock
) -> None:
    today = visitors.visitor("198.51.100.1", PHONE)
    assert elsewhere.visitor("198.51.100.1", PHONE) == visitors.visitor("198.51.100.1", PHONE) == today
    assert visitors.visitor("198.51.100.1", DESKTOP).visitor != today.visitor
    assert visitors.visitor("198.51.100.1", DESKTOP).source == today.source
    assert visitors.visitor("198.51.100.2", PHONE).source != today.source
    assert today.networks == ()
    household = visitors.visitor("2001:db8:1:2::", PHONE)
    assert elsewhere.visitor("2001:db8:1:3::", DESKTOP).networks == household.networks
    assert len({household.source, *household.networks}) == 3
    clock.forward(days=1)
    tomorrow = visitors.visitor("198.51.100.1", PHONE)
    assert tomorrow.visitor != today.visitor
    assert tomorrow.source != today.source
    assert visitors.visitor("2001:db8:1:2::", PHONE).networks != household.networks
    assert elsewhere.visitor("198.51.100.1", PHONE) == tomorrow


def test_a_day_ends_at_midnight_where_the_site_is(link: RedisLink, clock: Clock) -> None:
    """In UTC that would be in the morning of Jakarta, while everybody reads."""
    there = Visitors(link, ZoneInfo("Asia/Jakarta"), clock.seconds)
    seen = there.visitor("198.51.100.1", PHONE)
    clock.forward(hours=14)  # from 09:40 to 23:40
    assert there.visitor("198.51.100.1", PHONE) == seen
    clock.forward(minutes=30)
    new = there.visitor("198.51.100.1", PHONE)
    assert new != seen
    clock.forward(hours=7)  # midnight of UTC is past
    assert there.visitor("198.51.100.1", PHONE) == new


@pytest.fixture
def counter(link: RedisLink, metrics: Metrics, clock: Clock) -> ViewCounter:
    made = ViewCounter(link, metrics, Settings(), clock=clock.seconds)
    made.registered.register(countable({"a": []}))
    made.registered.mark_complete()
    return made


def test_who_reads_over_midnight_is_recognized(counter: ViewCounter, link: RedisLink, clock: Clock) -> None:
    """Also by a process that starts after midnight, and for half an hour since the view that counted."""

    def views(visitors: Visitors) -> int:
        counter.take("a", visitors.visitor("198.51.100.1", PHONE))
        counter.flush()
        return counter.rankings.views_of(["a"])["a"]

    def process() -> Visitors:
        return Visitors(link, clock=clock.seconds, once=30 * 60)

    visitors = process()
    clock.forward(hours=21, minutes=10)  # 23:50
    assert views(visitors) == 1
    clock.forward(minutes=15)
    started = process()
    for each in (visitors, started):
        assert views(each) == 1
        assert each.visitor("198.51.100.1", DESKTOP).yesterday not in (
            b"",
            each.visitor("198.51.100.1", PHONE).yesterday,
        )
    clock.forward(minutes=15)
    assert views(started) == 2
    assert views(visitors) == 2
    clock.forward(minutes=11)
    assert started.visitor("198.51.100.1", PHONE).yesterday == b""
    counter.rankings.retire()
    assert process().visitor("198.51.100.1", PHONE).yesterday == b""


def test_who_reads_over_midnight_is_recognized_after_a_loss(
    counter: ViewCounter, link: RedisLink, redis_url: str, clock: Clock
) -> None:
    visitors = Visitors(link, clock=clock.seconds, once=30 * 60)
    clock.forward(hours=21, minutes=10)
    counter.take("a", visitors.visitor("198.51.100.1", PHONE))
    counter.flush()
    clock.forward(minutes=11)
    visitors.visitor("198.51.100.1", PHONE)
    lost(redis_url)
    clock.forward(seconds=SALT_CHECK_SECONDS)
    counter.registered.register(countable({"a": []}))
    counter.registered.mark_complete()
    for each in (visitors, Visitors(link, clock=clock.seconds, once=30 * 60)):
        counter.take("a", each.visitor("198.51.100.1", PHONE))
    counter.flush()
    assert counter.rankings.views_of(["a"]) == {"a": 0}


def test_redis_holds_a_salt_that_it_forgets_and_no_address(
    visitors: Visitors, redis_url: str, link: RedisLink, clock: Clock
) -> None:
    visitors.visitor("198.51.100.1", PHONE)
    salt = "warta:{views}:salt:UTC:20506"  # days after 1970
    with Redis.from_url(redis_url) as client:
        assert set(client.keys("*")) == {salt.encode(), b"warta:{views}:agenda"}
        assert len(bytes(client.get(salt) or b"")) == 32
        clock.forward(days=1)
        ViewCounter(link, Metrics(), Settings(), clock=clock.seconds).rankings.retire()
        assert not client.keys("*")


def test_a_redis_that_has_lost_the_salt_gets_it_back_from_a_process_that_has_it(
    visitors: Visitors, elsewhere: Visitors, redis_url: str, clock: Clock
) -> None:
    """Or who had looked before would be somebody else for a process that starts now."""
    before = visitors.visitor("198.51.100.1", PHONE)
    lost(redis_url)
    clock.forward(seconds=SALT_CHECK_SECONDS)
    assert visitors.visitor("198.51.100.1", PHONE) == before
    assert elsewhere.visitor("198.51.100.1", PHONE) == before


def test_where_a_process_that_has_just_started_was_the_first_the_others_follow(
    visitors: Visitors, elsewhere: Visitors, redis_url: str, clock: Clock
) -> None:
    before = visitors.visitor("198.51.100.1", PHONE)
    lost(redis_url)
    new = elsewhere.visitor("198.51.100.1", PHONE)
    assert new != before
    clock.forward(seconds=SALT_CHECK_SECONDS)
    assert visitors.visitor("198.51.100.1", PHONE) == elsewhere.visitor("198.51.100.1", PHONE) == new


def test_while_redis_is_away_a_visitor_is_recognized(
    visitors: Visitors, link: RedisLink, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = visitors.visitor("198.51.100.1", PHONE)
    monkeypatch.setattr(link, "_client", connect("unix:///nonexistent/redis.sock"))
    clock.forward(seconds=SALT_CHECK_SECONDS)
    assert visitors.visitor("198.51.100.1", PHONE) == before


def lost(redis_url: str) -> None:
    with Redis.from_url(redis_url) as client:
        client.flushall()


def test_without_redis_visitors_are_told_apart_all_the_same(metrics: Metrics) -> None:
    with closing(RedisLink(connect("unix:///nonexistent/redis.sock"), metrics)) as link:
        alone = Visitors(link)
        assert alone.visitor("198.51.100.1", PHONE) == alone.visitor("198.51.100.1", PHONE)
        assert alone.visitor("198.51.100.1", PHONE) != alone.visitor("198.51.100.1", "x" * MAX_AGENT_CHARACTERS)
