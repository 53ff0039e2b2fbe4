"""The settings of feeds: titles, limits, and curated feeds."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import AfterValidator, Field

from service.core.settings.types import LineOfText, Pinned, Section, Slug, Words


class ArticleSelection(Section):
    """Selects articles with one of the categories, tags, authors or sections. One match is enough."""

    categories: Words = ()
    tags: Words = ()
    authors: Words = ()
    sections: Words = ()


class CuratedFeed(Section):
    """A curated feed, `/feed/NAME`: the included articles (all, if `include` is empty) without the excluded ones.

    Pinned articles, named by id, are always in the feed, and first.
    """

    name: Annotated[Slug, Field(max_length=100)]
    title: LineOfText
    description: str = ""
    limit: int | None = Field(None, ge=1, le=100)
    include: ArticleSelection = ArticleSelection()
    exclude: ArticleSelection = ArticleSelection()
    pinned: Pinned = ()


def _distinct_names(feeds: tuple[CuratedFeed, ...]) -> tuple[CuratedFeed, ...]:
    names = [feed.name for feed in feeds]
    if twice := {name for name in names if names.count(name) > 1}:
        raise ValueError(f"more than one feed is called {', '.join(sorted(twice))}")
    return feeds


class Catalogue(Section):
    """The feeds: their titles, limits and rules."""

    limit: int = Field(
        50, ge=1, le=100, description="Entries of a feed. `limits`, or the feed itself, may have another number."
    )
    ttl: int = Field(5, ge=1, le=1440, description="Minutes between two polls that RSS feeds ask for (`ttl`).")
    tombstones: bool = Field(
        False,
        description="If true, Atom feeds list withdrawn articles (`at:deleted-entry`, RFC 6721). Some readers then "
        "remove them. Validators warn about the namespace.",
    )
    hidden_categories: Words = Field((), description="Slugs of categories that no directory lists.")
    renamed_categories: Mapping[str, LineOfText] = Field(
        {},
        description='Renamed categories, the new name by the old slug: `"hukum-ham" = "Hukum dan HAM"`. The old URLs '
        "redirect, and articles with the old name are in the new feeds.",
    )
    feeds: Annotated[tuple[CuratedFeed, ...], AfterValidator(_distinct_names)] = Field(
        (),
        description="Curated and combined feeds, each a table `[[catalogue.feeds]]`. The file of `warta init` has an "
        "example.",
    )
    titles: Mapping[str, LineOfText] = Field({}, description="Title by feed name: `latest`, `category/politik`.")
    descriptions: Mapping[str, LineOfText] = Field(
        {}, description="One sentence about a feed, by feed name: `category/politik`. Default: `site.description`."
    )
    limits: Mapping[str, Annotated[int, Field(ge=1, le=100)]] = Field({}, description="Limit by feed name.")
