"""Log lines: one JSON object each, whatever is in them."""

import io
import json
import logging
import sys
from datetime import datetime
from typing import Any

import pytest

from service.log import JsonLines


def logged(message: str, *arguments: object, exc_info: Any = None, **extra: object) -> Any:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonLines())
    logger = logging.Logger("warta.uji")
    logger.addHandler(handler)
    logger.warning(message, *arguments, exc_info=exc_info, extra=extra)
    [line, rest] = stream.getvalue().split("\n")
    assert rest == ""
    return json.loads(line)


def test_a_line_has_time_level_logger_message_and_what_else_was_given() -> None:
    entry = logged("feed %s", "latest", status=200, path="/é")
    assert datetime.fromisoformat(entry.pop("time")).utcoffset() is not None
    assert entry == {"level": "warning", "logger": "warta.uji", "message": "feed latest", "status": 200, "path": "/é"}


@pytest.mark.parametrize("text", ["dua\nbaris", 'kutip "x" \\', "\x1b[31mmerah\x00", "\u2028", "😀", ""])
def test_nothing_in_a_message_makes_a_second_line(text: str) -> None:
    entry = logged("%s", text, agent=text)
    assert (entry["message"], entry["agent"]) == (text, text)


def test_what_is_no_json_is_told_as_text_and_an_exception_in_one_field() -> None:
    assert logged("x", thing=ValueError("rusak"))["thing"] == "rusak"
    try:
        _ = 1 / 0
    except ZeroDivisionError:
        entry = logged("x", exc_info=sys.exc_info())
    assert entry["exception"].startswith("Traceback")
    assert "ZeroDivisionError" in entry["exception"]
