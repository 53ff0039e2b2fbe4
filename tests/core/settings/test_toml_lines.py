"""An error in the settings names the line."""

import pytest

from service.core.settings.toml_lines import line_of

TEXT = """\
base_url = "https://feeds.example"

[site]
title = "Warta"  # a comment
"quoted" = 1

[[catalogue.feeds]]
name = "satu"

[[catalogue.feeds]]
name = "dua"
include = { tags = ["x"] }

[catalogue.limits]
"latest" = 30
"""


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (["base_url"], 1),
        (["site"], 3),
        (["site", "title"], 4),
        (["site", "quoted"], 5),
        (["site", "missing"], 3),
        (["catalogue", "feeds", "0", "name"], 8),
        (["catalogue", "feeds", "1", "name"], 11),
        (["catalogue", "feeds", "1", "include", "tags", "0"], 12),
        (["catalogue", "feeds", "1", "title"], 10),
        (["catalogue", "limits", "latest"], 15),
        (["nowhere"], None),
    ],
)
def test_a_setting_is_found_or_what_is_nearest_around_it(path: list[str], line: int | None) -> None:
    assert line_of(TEXT, path) == line
