"""Bots: each line of our lists changes a result, and no user agent takes long."""

import time

import pytest

from service.core import bots
from service.core.bots import MAX_AGENT_CHARACTERS, PEOPLE, is_bot, is_known_crawler, read_lists
from tests.support.agents import BOTS_TOML, missing_bots, without_needless_lines

LINES = [(section, part, agent) for section, parts in read_lists().items() for part, agent in parts.items()]


@pytest.mark.parametrize(("section", "part", "agent"), LINES, ids=[f"{line[0]}: {line[1]}" for line in LINES])
def test_each_line_changes_the_result_for_its_example(section: str, part: str, agent: str) -> None:
    """If it does not, a new crawlerdetect knows the program, too, and `make agents` removes the line."""
    assert part == part.lower()
    assert part in agent.lower()
    assert len(agent) <= MAX_AGENT_CHARACTERS
    assert is_bot(agent) is (section != PEOPLE)
    assert is_known_crawler(agent.lower()) is (section == PEOPLE)


@pytest.mark.parametrize(
    "agent",
    [
        "NetNewsWire (RSS Reader; https://netnewswire.com/)",
        "Feedly/1.0 (+http://www.feedly.com/fetcher.html; 12 subscribers)",
        "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; Feedly/1.0)",
        "WhatsApp/2.23.20.0 A",
        "Mozilla/5.0 (Linux; Android 13) AppleWebKit/537.36 Chrome/120.0 Mobile Safari/537.36 eReader Googlebot/2.1",
    ],
)
def test_an_exception_is_for_browsers_and_for_nothing_beside_it(agent: str) -> None:
    assert is_bot(agent)


@pytest.mark.parametrize("agent", ["Mozilla/5.0 (X11) Firefox/128.0 Adevin/1", "Mozilla/5.0 (Linux; SK6/1) Firefox/9"])
def test_a_part_of_a_longer_word_is_no_bot(agent: str) -> None:
    assert not is_bot(agent)


def test_no_user_agent_takes_long() -> None:
    """Some patterns would take seconds for this one."""
    started = time.process_time()
    for n in range(20):
        is_bot(f"{n} " + "a" * (MAX_AGENT_CHARACTERS - 3))
    assert time.process_time() - started < 5


def test_the_command_removes_needless_lines_and_finds_missing_bots(monkeypatch: pytest.MonkeyPatch) -> None:
    text = BOTS_TOML.read_text(encoding="utf-8")
    assert without_needless_lines(text) == text
    lists = {"ai": {"gptbot": "GPTBot/1.2", "grok/": "Grok/1.0"}, "people": {"peramban": "Mozilla/5.0 Peramban"}}
    monkeypatch.setattr(bots, "read_lists", lambda: lists)
    learned = (
        '[ai]\n# GPTBot\n"gptbot" = "GPTBot/1.2"\n"grok/" = "Grok/1.0"\n[people]\n"peramban" = "Mozilla/5.0 Peramban"\n'
    )
    assert without_needless_lines(learned) == '[ai]\n# GPTBot\n"grok/" = "Grok/1.0"\n[people]\n'
    assert (
        missing_bots("GPTBot/1.2\n\nUser-agent: Dukun/1.0\n")
        == missing_bots('{"GPTBot": {}, "Dukun/1.0": {}}')
        == ["Dukun/1.0"]
    )
