"""`make agents`: keeps `service/core/bots.toml` small, and finds bots that are missing in it.

Removes each line that changes nothing, since crawlerdetect knows the program now. Files in the arguments have user
agents or names of bots, one a line, also as in robots.txt, or as the keys of a JSON object. Both are at
https://github.com/ai-robots-txt/ai.robots.txt. Those that Warta takes for people are printed.
"""

import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from service.core import bots

BOTS_TOML = Path(bots.__file__).with_suffix(".toml")


def without_needless_lines(text: str) -> str:
    """The text of bots.toml without the lines that change nothing for their own example."""
    needless = {part for section, part, agent in _lines() if not _changes(section, agent)}
    kept = (line for line in text.splitlines(keepends=True) if line.partition(" = ")[0].strip('"') not in needless)
    return "".join(kept)


def missing_bots(text: str) -> Iterable[str]:
    """The user agents in the text of a list that are no bots for Warta."""
    agents = json.loads(text) if text.lstrip().startswith("{") else text.splitlines()
    agents = [agent.removeprefix("User-agent: ") for agent in agents]
    return [agent for agent in agents if agent.strip() and not bots.is_bot(agent[: bots.MAX_AGENT_CHARACTERS])]


def _lines() -> Iterator[tuple[str, str, str]]:
    for section, parts in bots.read_lists().items():
        for part, agent in parts.items():
            yield section, part, agent


def _changes(section: str, agent: str) -> bool:
    return bots.is_known_crawler(agent.lower()) is (section == bots.PEOPLE)


def main(paths: Iterable[str]) -> None:
    before = BOTS_TOML.read_text(encoding="utf-8")
    after = without_needless_lines(before)
    BOTS_TOML.write_text(after, encoding="utf-8")
    print(f"{BOTS_TOML.name}: {before.count(chr(10)) - after.count(chr(10))} needless lines removed")
    for path in paths:
        for agent in missing_bots(Path(path).read_text(encoding="utf-8")):
            print(f"{path}: missing: {agent}")


if __name__ == "__main__":
    main(sys.argv[1:])
