"""Log lines: one JSON object each, whatever is in them."""

import io
import json
import logging
import re
import sys
from datetime import datetime
from typing import Any

import pytest

from service.core.logging import JsonLines, PlainLines, TextLines, config
from service.core.settings.serving import Log
from tests.support.strangers import DANGEROUS, raw


def line(formatter: logging.Formatter, message: str, *arguments: object, exc_info: Any = None, **extra: object) -> str:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(formatter)
    logger = logging.Logger("warta.uji")
    logger.addHandler(handler)
    logger.warning(message, *arguments, exc_info=exc_info, extra=extra)
    [line, rest] = stream.getvalue().split("\n")
    assert rest == ""
    return line


def logged(message: str, *arguments: object, exc_info: Any = None, **extra: object) -> Any:
    return json.loads(line(JsonLines(), message, *arguments, exc_info=exc_info, **extra))


def test_a_line_has_time_level_logger_message_and_what_else_was_given() -> None:
    entry = logged("feed %s", "latest", status=200, path="/é")
    assert datetime.fromisoformat(entry.pop("time")).utcoffset() is not None
    assert entry == {"level": "warning", "logger": "warta.uji", "message": "feed latest", "status": 200, "path": "/é"}


@pytest.mark.parametrize("text", ["dua\nbaris", 'kutip "x" \\', "\x1b[31mmerah\x00", "\u2028", "😀", ""])
def test_nothing_in_a_message_makes_a_second_line(text: str) -> None:
    entry = logged("%s", text, agent=text)
    assert (entry["message"], entry["agent"]) == (text, text)


def test_other_values_are_logged_as_text_and_an_exception_in_one_field() -> None:
    assert logged("x", thing=ValueError("rusak"))["thing"] == "rusak"
    try:
        _ = 1 / 0
    except ZeroDivisionError:
        entry = logged("x", exc_info=sys.exc_info())
    assert entry["exception"].startswith("Traceback")
    assert "ZeroDivisionError" in entry["exception"]


def test_no_character_that_a_terminal_would_obey_is_in_a_line() -> None:
    """Wherever a stranger may put it: in the message, a field, a field's name, the text of an exception."""
    for character in DANGEROUS:
        try:
            raise ValueError(f"a{character}b")
        except ValueError:
            where = {"exc_info": sys.exc_info(), "agent": character, f"key{character}": 1}
        assert raw(line(JsonLines(), "%s", character, **where), layout="") == set()
        entry = logged("%s", character, **where)
        assert (entry["message"], entry["agent"], entry[f"key{character}"]) == (character, character, 1)
        assert entry["exception"].endswith(f"ValueError: a{character}b")
        assert raw(line(PlainLines(), "%s", character, **where), layout="") == set()


def test_a_command_logs_one_line_of_text() -> None:
    try:
        raise ValueError("satu\ndua \u202e")
    except ValueError:
        told = line(PlainLines(), "gagal:\r\n%s", "tiga", exc_info=sys.exc_info())
    assert told == "warta: gagal: tiga: ValueError: satu dua \\u202e"


def test_at_a_terminal_a_serving_process_logs_text_with_the_fields() -> None:
    told = line(TextLines(), "request", status=200, path="/é\u202e", agent="", length=None)
    assert re.fullmatch(r"\d\d:\d\d:\d\d warning request  status=200 path=/é\\u202e", told)


@pytest.mark.parametrize(("chosen", "formatter"), [("json", JsonLines), ("text", TextLines), ("auto", JsonLines)])
def test_the_format_is_chosen_by_the_settings(chosen: Any, formatter: type) -> None:
    """`auto` is JSON here, since standard error is no terminal."""
    made = config(Log(format=chosen, level="debug"))
    assert made["formatters"]["line"]["()"] is formatter
    assert made["root"]["level"] == "DEBUG"


def test_the_advice_of_the_http_server_is_left_out_but_not_its_warnings() -> None:
    advice = config(Log())["filters"]["advice"]["()"]()
    record = logging.makeLogRecord({"msg": "seems quite high compared to the number of CPU cores available"})
    assert not advice.filter(record)
    assert advice.filter(logging.makeLogRecord({"msg": "Killing worker-1 after it refused to gracefully stop"}))
