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
    """The look of the HTML pages (docs/pages.md), with `site.title`, `site.logo` and `site.accent_color`."""

    templates: LineOfText = Field(
        "", description="Folder with templates that replace or extend Warta's own. Warta reads it at the start."
    )
    stylesheet: OptionalUrl = Field(
        "", description="URL of a style sheet of the newsroom. Every page loads it after Warta's own."
    )
    links: Annotated[Mapping[LineOfText, HttpUrl], AfterValidator(_few)] = Field(
        {}, description="Links of the newsroom at the foot of every page, the URL by the text."
    )
