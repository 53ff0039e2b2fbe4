"""The settings of the HTML pages."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import AfterValidator, Field

from service.core.settings.types import HttpUrl, LineOfText, OptionalUrl, Section

MAX_LINKS = 12


def _few(links: Mapping[str, str]) -> Mapping[str, str]:
    if len(links) > MAX_LINKS:
        raise ValueError(f"must not have more than {MAX_LINKS} links")
    return links


class PageSettings(Section):
    """The look of the HTML pages, beside `site.title`, `site.logo` and `site.accent_color`; see docs/pages.md."""

    templates: LineOfText = Field(
        "", description="Folder with templates that replace or extend Warta's own; empty: none. Read at the start."
    )
    stylesheet: OptionalUrl = Field(
        "", description="URL of a style sheet of the newsroom, which every page loads after Warta's own; empty: none."
    )
    links: Annotated[Mapping[LineOfText, HttpUrl], AfterValidator(_few)] = Field(
        {}, description="Links of the newsroom at the foot of every page, the URL by the text."
    )
