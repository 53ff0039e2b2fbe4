"""Agents: which program, for how many, of which feed; and nothing that a stranger sends does harm."""

import time
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.core.bots import MAX_AGENT_CHARACTERS
from service.readers import user_agents
from service.readers.user_agents import (
    MAX_CLIENT_CHARACTERS,
    MAX_FEED_ID_CHARACTERS,
    MAX_SUBSCRIBERS,
    ProgramKind,
    UserAgent,
    classify_unknown,
    find_known,
    sanitized,
)


def read(sent: str) -> UserAgent:
    text = sanitized(sent)
    return find_known(text) or classify_unknown(text)


@pytest.mark.parametrize(
    ("sent", "client", "subscribers", "feed_id"),
    [
        ("Feedly/1.0 (+http://www.feedly.com/fetcher.html; 12 subscribers; like FeedFetcher-Google)", "Feedly", 12, ""),
        ("Feedly/1.0 (+http://www.feedly.com/fetcher.html; like FeedFetcher-Google)", "Feedly", None, ""),
        ("Inoreader/1.0 (+http://www.inoreader.com/feed-fetcher; 34 subscribers; )", "Inoreader", 34, ""),
        ("Feedbin feed-id:1234 - 18 subscribers", "Feedbin", 18, "1234"),
        ("NewsBlur Feed Fetcher - 54 subscribers - http://www.newsblur.com/site/123/x", "NewsBlur", 54, "123"),
        ("Mozilla/5.0 (compatible; theoldreader.com; 1 subscriber; feed-id=ab12)", "The Old Reader", 1, "ab12"),
        ("Mozilla/5.0 (compatible; BazQux/2.4; +https://bazqux.com/fetcher; 5 subscribers)", "BazQux", 5, ""),
        ("Netvibes (http://www.netvibes.com/; 9 users; feedID: 12345)", "Netvibes", 9, "12345"),
        ("Superfeedr bot/2.0 http://superfeedr.com - 2 readers; feed-id:7", "Superfeedr", 2, "7"),
        ("Feedly/1.0 (+http://www.feedly.com/fetcher.html; 1,219 subscribers)", "Feedly", 1219, ""),
        ("Mozilla/5.0 (compatible; inoreader.com; 1,234,567 subscribers)", "Inoreader", 1_234_567, ""),
        ("Newsify Feed Fetcher - 12 subscribers - https://newsify.co", "Newsify", 12, ""),
        ("Readwise/1.0 (+https://readwise.io; 7 subscribers)", "Readwise", 7, ""),
        ("LionReader/1.0-ab12 feed:018f-77 (+https://lionreader.com; x@y.example)", "Lion Reader", None, "018f-77"),
        ("FeedFetcher-Google; (+http://www.google.com/feedfetcher.html)", "Google FeedFetcher", None, ""),
    ],
)
def test_hosted_readers_report_their_subscribers(sent: str, client: str, subscribers: int | None, feed_id: str) -> None:
    assert read(sent) == UserAgent(sent, client, ProgramKind.HOSTED, True, subscribers, feed_id)


@pytest.mark.parametrize(
    ("sent", "client", "kind"),
    [
        ("NetNewsWire (RSS Reader; https://netnewswire.com/)", "NetNewsWire", ProgramKind.READER),
        ("Mozilla/5.0 (compatible; Miniflux/2.2.3; +https://miniflux.app)", "Miniflux", ProgramKind.READER),
        ("FreshRSS/1.24.3 (Linux; https://freshrss.org) SimplePie/1.8", "FreshRSS", ProgramKind.READER),
        ("Tiny Tiny RSS/24.06 (https://tt-rss.org/)", "Tiny Tiny RSS", ProgramKind.READER),
        ("Newsboat/2.36 (Linux x86_64)", "Newsboat", ProgramKind.READER),
        ("WordPress/6.4.2; https://blog.example", "WordPress", ProgramKind.READER),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0", "Firefox", ProgramKind.READER),
        (
            "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/120.0 Safari/537.36 Edg/120.0",
            "Edge",
            ProgramKind.READER,
        ),
        (
            "Mozilla/5.0 (Linux; Android 5.1; FEVER Build/LMY47D) Chrome/49.0 Mobile Safari/537.36",
            "Chrome",
            ProgramKind.READER,
        ),
        ("Fever/1.38 (Feed Parser; http://feedafever.com; Allow like Gecko)", "Fever", ProgramKind.READER),
        ("WordPress/6.4.2; https://vienna.social", "WordPress", ProgramKind.READER),
        ("Unduh/1.0 (unread@vienna.social)", "Unduh", ProgramKind.READER),
        ("Unduh/1.0 (like Feedly; vienna.social)", "Unduh", ProgramKind.READER),
        ("Mastodon/4.2.0 (http.rb/5.1.1; +https://vienna.social/)", "Mastodon", ProgramKind.PROGRAM),
        ("Vienna/8400 (Macintosh; Intel macOS 14_5_0)", "Vienna", ProgramKind.READER),
        ("BacaReader/1.0 (Android)", "BacaReader", ProgramKind.READER),
        ("Pembaca/3.1", "Pembaca", ProgramKind.READER),
        ("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", "Googlebot", ProgramKind.PROGRAM),
        ("Slackbot 1.0 (+https://api.slack.com/robots)", "Slackbot", ProgramKind.PROGRAM),
        ("TelegramBot (like TwitterBot)", "TelegramBot", ProgramKind.PROGRAM),
        ("python-requests/2.32", "python-requests", ProgramKind.PROGRAM),
        ("UniversalFeedParser/5.2 +https://github.com/kurtmckee/feedparser", "feedparser", ProgramKind.PROGRAM),
        ("curl/8.5.0", "curl", ProgramKind.PROGRAM),
        ("", "(no name)", ProgramKind.PROGRAM),
        ("  ", "(no name)", ProgramKind.PROGRAM),
    ],
)
def test_others_are_single_readers_or_none(sent: str, client: str, kind: ProgramKind) -> None:
    agent = read(sent)
    assert (agent.client, agent.kind, agent.subscribers) == (client, kind, None)


@pytest.mark.parametrize("sent", ["Palsu/1.0 (999999 subscribers)", "Mozilla/5.0 (12 subscribers) Firefox/1.0"])
def test_what_strangers_report_is_not_believed(sent: str) -> None:
    assert read(sent).subscribers is None


@pytest.mark.parametrize("number", ["9" * 400, str(MAX_SUBSCRIBERS + 1), "-", "1.5", "1,00", "1,2345", "99,999,999"])
def test_what_cannot_be_is_not_believed_either(number: str) -> None:
    assert read(f"Feedly/1.0 ({number} subscribers)").subscribers is None


HOSTILE = [
    "a" * 8000,
    "9" * 8000,
    "feed-id:" * 1000,
    "1 " * 4000,
    "\x00\x1b[31m\r\n" * 900,
    "(" * 8000,
    "日本語" * 3000,
]
HOSTILE += [f"Feedly {'1' * n} subscribers" for n in (8, 9, 10, 400, 8000)] + ["Mozilla/5.0 (compatible; " + ";" * 8000]


@pytest.mark.parametrize("sent", HOSTILE)
def test_hostile_names_take_no_time_and_no_room(sent: str) -> None:
    started = time.process_time()
    agent = read(sent)
    assert time.process_time() - started < 0.5
    assert len(agent.text) <= MAX_AGENT_CHARACTERS
    assert len(agent.client) <= MAX_CLIENT_CHARACTERS
    assert len(agent.feed_id) <= MAX_FEED_ID_CHARACTERS


@given(st.text(max_size=400))
def test_whatever_is_sent_is_printable_and_bounded(sent: str) -> None:
    agent = read(sent)
    assert agent.text.isprintable()
    assert agent.client.isprintable()
    assert agent.client
    assert len(agent.text) <= MAX_AGENT_CHARACTERS
    assert agent.subscribers is None or 0 <= agent.subscribers <= MAX_SUBSCRIBERS
    assert sanitized(agent.text) == agent.text


def test_the_lists_can_be_found_in_user_agents() -> None:
    """`find_known` compares with the user agent in lower case; a longer name would not fit the store."""
    lists = tomllib.loads((Path(user_agents.__file__).parent / "user_agents.toml").read_text(encoding="utf-8"))
    assert set(lists) == {kind.value for kind in ProgramKind} | {"browser"}
    for names in lists.values():
        assert all(part == part.lower() and len(name) <= MAX_CLIENT_CHARACTERS for part, name in names.items())
    for kind in ProgramKind:
        found = [find_known(part) for part in lists[kind.value]]
        assert [agent and (agent.client, agent.kind) for agent in found] == [
            (name, kind) for name in lists[kind.value].values()
        ], "an earlier line hides a later one"
