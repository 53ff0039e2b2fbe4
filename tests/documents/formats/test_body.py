"""The body of an article in each format."""

import json

import pytest

from tests.support.newsroom import BARE, article, rendered

MARKUP = "<p>افتتح الجسر.</p>"


@pytest.mark.parametrize(("language", "expected"), [("ar", f'<div dir="rtl">{MARKUP}</div>'), ("id", MARKUP)])
def test_a_script_that_runs_from_right_to_left_is_marked(language: str, expected: str) -> None:
    entries = [article({**BARE, "language": language, "content_html": MARKUP})]
    assert json.loads(rendered("json", entries))["items"][0]["content_html"] == expected
    escaped = expected.replace("<", "&lt;").replace(">", "&gt;").encode()
    for extension in ("rss", "atom"):
        assert escaped in rendered(extension, entries)
