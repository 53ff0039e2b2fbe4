"""Page views from access logs: each line once, people only, in the windows of their own time."""

import gzip
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from redis import Redis

from service.bootstrap import Services
from service.core.access_logs.reader import AccessLog, first_time
from service.core.errors import LogUnreadable
from service.core.settings.model import Settings
from service.core.settings.site import Site
from service.views.from_logs import ViewsFromLogs
from tests.support.articles import submission
from tests.support.people import reader


@pytest.fixture
def newsroom(services: Services) -> Services:
    services.publisher.put([submission("satu"), submission("dua"), submission("a/b %?")])
    return services


def log_reader(services: Services, **settings: object) -> ViewsFromLogs:
    ours = services.settings.model_copy(update=settings)
    return ViewsFromLogs(services.view_store, services.counter, services.redis_views, ours)


def line(
    target: str = "/articles/satu/views",
    n: int = 0,
    ago: float = 60,
    *,
    method: str = "POST",
    status: int = 204,
    agent: str = "",
    sender: str = "",
) -> bytes:
    """A request of the `n`th reader, so many seconds ago."""
    sender = sender or f"10.0.{n // 250}.{n % 250}"
    at = (datetime.now(UTC) - timedelta(seconds=ago)).strftime("%d/%b/%Y:%H:%M:%S +0000")
    agent = agent or reader(n)["User-Agent"]
    return f'{sender} - - [{at}] "{method} {target} HTTP/1.1" {status} 0 "-" "{agent}"\n'.encode()


def test_beacons_and_pixels_count_in_their_own_time(newsroom: Services, tmp_path: Path) -> None:
    log = tmp_path / "access.log"
    log.write_bytes(
        b"".join(
            [
                line(n=1, ago=7200),
                line("/articles/dua/views.gif", n=2, method="GET", status=200),
                line("/articles/dua/views.gif?x=1", n=3, method="GET", status=304),
                line("/articles/a%2Fb%20%25%3F/views", n=4),
                line("/latest.rss", method="GET", status=200),
                line("/articles/dua/views.gif", n=5, method="HEAD", status=200),
                line("/articles/dua/views", n=6, status=404),
                line("/articles/dua", n=7, method="GET", status=200),
            ]
        )
    )
    tally = log_reader(newsroom).count(AccessLog(log))
    assert (tally.lines, tally.outcomes) == (8, {"counted": 4})
    assert newsroom.counter.rankings.top("latest", "1h", 5) == [("dua", 2), ("a/b %?", 1)]
    assert newsroom.counter.rankings.top("latest", "24h", 5) == [("dua", 2), ("satu", 1), ("a/b %?", 1)]
    assert newsroom.view_store.totals(["satu", "dua", "a/b %?"]) == {"satu": 1, "dua": 2, "a/b %?": 1}


def test_an_id_in_the_other_form_of_unicode_is_the_same_article(newsroom: Services, tmp_path: Path) -> None:
    newsroom.publisher.put([submission("caf\u00e9")])
    log = tmp_path / "access.log"
    log.write_bytes(line("/articles/cafe%CC%81/views", n=1) + line("/articles/caf%C3%A9/views", n=2))
    assert log_reader(newsroom).count(AccessLog(log)).outcomes == {"counted": 2}
    assert newsroom.view_store.totals(["caf\u00e9"]) == {"caf\u00e9": 2}


def test_views_of_many_hours_are_all_in_each_window(newsroom: Services, tmp_path: Path) -> None:
    """A day has many steps of five minutes, and Redis counts it as one."""
    log = tmp_path / "access.log"
    log.write_bytes(b"".join(line(n=n, ago=60 + 1500 * n) for n in range(12)))
    assert log_reader(newsroom).count(AccessLog(log)).outcomes == {"counted": 12}
    for window, views in (("1h", 3), ("24h", 12), ("7d", 12), ("30d", 12)):
        assert newsroom.counter.rankings.top("latest", window, 5) == [("satu", views)]
    assert newsroom.view_store.totals(["satu"]) == {"satu": 12}


def test_clients_behind_a_port_a_list_or_a_virtual_host_are_many(newsroom: Services, tmp_path: Path) -> None:
    log = tmp_path / "access.log"
    forms = ("203.0.113.{}:4711", "203.0.113.{}, 10.0.0.1", "feeds.example:443 203.0.113.{}", "203.0.113.{}")
    log.write_bytes(b"".join(line(n=n, sender=forms[n % 4].format(n)) for n in range(100)))
    tally = log_reader(newsroom).count(AccessLog(log))
    assert (tally.outcomes, tally.only_client) == ({"counted": 100}, "")


def test_a_log_of_a_proxy_s_ip_address_is_noticed(newsroom: Services, tmp_path: Path) -> None:
    log = tmp_path / "access.log"
    log.write_bytes(b"".join(line(n=n, sender="198.51.100.7") for n in range(100)))
    assert log_reader(newsroom).count(AccessLog(log)).only_client == "198.51.100.7"


def test_people_count_and_once(newsroom: Services, tmp_path: Path) -> None:
    log = tmp_path / "access.log"
    log.write_bytes(
        b"".join(
            [
                *(line(n=1, ago=100 - n) for n in range(5)),
                line(agent="Mozilla/5.0 (compatible; Googlebot/2.1)"),
                line(agent="-"),
                line("/articles/tiada/views"),
                b"rusak\n",
                *(line("/articles/dua/views", n=9, agent=f"Mozilla/5.0 Firefox/{n}") for n in range(50)),
            ]
        )
    )
    tally = log_reader(newsroom).count(AccessLog(log))
    assert tally.outcomes == {
        "counted": 21, "repeated": 4, "bot": 1, "no agent": 1, "unknown": 1, "unreadable": 1, "limited": 30
    }  # fmt: skip
    assert tally.unreadable == [(9, "is not a line of the combined format")]
    assert newsroom.counter.rankings.views_of(["satu", "dua"]) == {"satu": 1, "dua": 20}


@pytest.mark.parametrize(("network", "counted"), [("2001:db8:1:{:02x}00::1", 80), ("2001:db8:1:7{:02x}::1", 40)])
def test_an_ipv6_network_is_one_customer(newsroom: Services, tmp_path: Path, network: str, counted: int) -> None:
    log = tmp_path / "access.log"
    log.write_bytes(b"".join(line(agent=f"Mozilla/5.0 Firefox/{n}", sender=network.format(n)) for n in range(250)))
    assert log_reader(newsroom).count(AccessLog(log)).outcomes == {"counted": counted, "limited": 250 - counted}


def test_a_carrier_whose_phones_read_what_others_read_counts(newsroom: Services, tmp_path: Path) -> None:
    """250 phones, each with a /64 of one /48, among 2,000 others."""
    log = tmp_path / "access.log"
    all_three = ("/articles/satu/views", "/articles/dua/views", "/articles/a%2Fb%20%25%3F/views")
    lines = [line(target, n=n) for n in range(2_000) for target in all_three]
    lines += [line(target, n=n, sender=f"2001:db8:1:{n:02x}00::1") for n in range(250) for target in all_three]
    random.Random(7).shuffle(lines)  # noqa: S311 - a sample
    log.write_bytes(b"".join(lines))
    assert log_reader(newsroom).count(AccessLog(log)).outcomes == {"counted": 3 * 2_250}


def test_who_reads_over_midnight_counts_once(newsroom: Services, tmp_path: Path) -> None:
    log = tmp_path / "access.log"
    now = datetime.now(UTC)
    midnight = (now - now.replace(hour=0, minute=0, second=0)).total_seconds() + 86_400
    log.write_bytes(line(n=1, ago=midnight + 600) + line(n=1, ago=midnight - 600) + line(n=1, ago=midnight - 1201))
    assert log_reader(newsroom).count(AccessLog(log)).outcomes == {"counted": 2, "repeated": 1}


def test_the_day_of_an_address_is_the_sites(newsroom: Services, tmp_path: Path) -> None:
    """Midnight in Jakarta is 17:00 UTC."""
    log = tmp_path / "access.log"
    five = datetime.now(UTC).replace(hour=17, minute=0, second=0) - timedelta(days=2)
    before, after = ((datetime.now(UTC) - five).total_seconds() + seconds for seconds in (1800, -600))
    visits = [
        line(n=9, ago=ago, agent=f"Mozilla/5.0 Firefox/{n}{ago:.0f}") for ago in (before, after) for n in range(20)
    ]
    log.write_bytes(b"".join(visits))
    assert log_reader(newsroom, site=Site(timezone="Asia/Jakarta")).count(AccessLog(log)).outcomes == {"counted": 40}
    log.write_bytes(b"".join([line(n=8), *visits]))
    assert log_reader(newsroom, site=Site(timezone="UTC")).count(AccessLog(log)).outcomes == {
        "counted": 21,
        "limited": 20,
    }


def test_agents_are_recognized_as_in_live_counting(newsroom: Services, tmp_path: Path) -> None:
    log = tmp_path / "access.log"
    agent = f"Mozilla/5.0 ({'x' * 300}"
    log.write_bytes(line(agent=f"{agent}1)") + line(agent=f"{agent}2)"))
    assert log_reader(newsroom).count(AccessLog(log)).outcomes == {"counted": 1, "repeated": 1}


def test_logs_in_any_order(newsroom: Services, tmp_path: Path) -> None:
    """A shell gives access.log before access.log.1, which is older."""
    newer, older = tmp_path / "access.log", tmp_path / "access.log.1"
    newer.write_bytes(line(n=1, ago=60) + line(n=2, ago=60))
    older.write_bytes(b"rusak\n" + line(n=1, ago=86_460))
    assert first_time(AccessLog(newer)) > first_time(AccessLog(older)) > first_time(AccessLog(tmp_path / "tiada")) == 0
    reading = log_reader(newsroom)
    assert reading.count(AccessLog(newer)).outcomes == {"counted": 2}
    assert reading.count(AccessLog(older)).outcomes == {"unreadable": 1, "counted": 1}


def test_two_servers_logs_may_begin_with_the_same_line(newsroom: Services, tmp_path: Path) -> None:
    first = line("/healthz", method="GET", status=200, agent="kube-probe/1.30")
    logs = [tmp_path / "a.log", tmp_path / "b.log", tmp_path / "c.log"]
    for server, log in enumerate(logs):
        log.write_bytes(first + b"".join(line(n=10 * server + n) for n in range(10)))
    assert [log_reader(newsroom).count(AccessLog(log)).outcomes for log in logs] == [{"counted": 10}] * 3
    for log in reversed(logs):
        log.write_bytes(log.read_bytes() + line("/articles/dua/views", n=len(log.name)))
    assert [log_reader(newsroom).count(AccessLog(log)).outcomes for log in logs] == [{"counted": 1}] * 3
    rotated = tmp_path / "b.log.1.gz"
    rotated.write_bytes(gzip.compress(logs[1].read_bytes() + line("/articles/dua/views", n=7)))
    assert log_reader(newsroom).count(AccessLog(rotated)).outcomes == {"counted": 1}


def test_what_is_to_come_is_not_believed(newsroom: Services, tmp_path: Path) -> None:
    log = tmp_path / "access.log"
    log.write_bytes(line(n=1, ago=-86_400 * 400) + line(n=2, ago=-60))
    tally = log_reader(newsroom).count(AccessLog(log))
    assert (tally.outcomes, tally.unreadable) == ({"counted": 1, "unreadable": 1}, [(1, "has a time in the future")])


def test_a_log_that_is_read_again_counts_only_its_new_lines(newsroom: Services, tmp_path: Path) -> None:
    """Also under the name that the log has after its rotation, and compressed."""
    log = tmp_path / "access.log"
    log.write_bytes(line(n=1) + line(n=2) + line(n=3)[:40])
    assert log_reader(newsroom).count(AccessLog(log)).outcomes == {"counted": 2}
    assert log_reader(newsroom).count(AccessLog(log)).outcomes == {}
    whole = log.read_bytes()[:-40] + line(n=3) + line(n=4)
    log.write_bytes(whole)
    assert log_reader(newsroom).count(AccessLog(log)).outcomes == {"counted": 2}
    rotated = tmp_path / "access.log.1.gz"
    rotated.write_bytes(gzip.compress(whole + line(n=5)))
    assert log_reader(newsroom).count(AccessLog(rotated)).outcomes == {"counted": 1}
    assert newsroom.counter.rankings.views_of(["satu"]) == newsroom.view_store.totals(["satu"]) == {"satu": 5}


def test_a_long_log_is_read_in_portions_and_one_that_breaks_off_goes_on(
    newsroom: Services, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("service.core.access_logs.reader.LINES_PER_PORTION", 7)
    log = tmp_path / "access.log"
    log.write_bytes(b"".join(line(n=n) for n in range(20)))
    reading = log_reader(newsroom)
    add_once = newsroom.view_store.add_once
    calls = iter((add_once, None))

    def breaks(*arguments: object, **options: object) -> bool:
        if (call := next(calls)) is None:
            raise KeyboardInterrupt
        return call(*arguments, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(newsroom.view_store, "add_once", breaks)
    with pytest.raises(KeyboardInterrupt):
        reading.count(AccessLog(log))
    monkeypatch.setattr(newsroom.view_store, "add_once", add_once)
    assert log_reader(newsroom).count(AccessLog(log)).outcomes == {"counted": 13}
    assert newsroom.counter.rankings.views_of(["satu"]) == newsroom.view_store.totals(["satu"]) == {"satu": 20}


def test_what_came_from_logs_comes_back_after_a_loss(newsroom: Services, tmp_path: Path, redis_url: str) -> None:
    log = tmp_path / "access.log"
    log.write_bytes(line(n=1) + line(n=2, ago=7200))
    log_reader(newsroom).count(AccessLog(log))
    newsroom.view_persistence.flush()
    with Redis.from_url(redis_url) as client:
        client.flushall()
    newsroom.view_persistence.refill()
    assert newsroom.counter.rankings.top("latest", "1h", 5) == [("satu", 1)]
    assert newsroom.counter.rankings.top("latest", "24h", 5) == [("satu", 2)]


def test_an_address_under_a_path_is_understood(settings: Settings, newsroom: Services, tmp_path: Path) -> None:
    log = tmp_path / "access.log"
    log.write_bytes(line("/feeds/articles/satu/views"))
    assert log_reader(newsroom, base_url="https://news.example/feeds").count(AccessLog(log)).outcomes == {"counted": 1}


def test_what_cannot_be_read_is_named(newsroom: Services, tmp_path: Path) -> None:
    (tmp_path / "broken.gz").write_bytes(gzip.compress(line() * 1000)[:100])
    garbled = bytearray(gzip.compress(line() * 1000))
    garbled[20:40] = bytes(20)
    (tmp_path / "garbled.gz").write_bytes(garbled)
    (tmp_path / "empty").touch()
    for name in ("tiada.log", "broken.gz", "garbled.gz"):
        assert first_time(AccessLog(tmp_path / name)) >= 0
        with pytest.raises(LogUnreadable, match=f"{name}: "):
            log_reader(newsroom).count(AccessLog(tmp_path / name))
    assert log_reader(newsroom).count(AccessLog(tmp_path / "empty")).lines == 0
