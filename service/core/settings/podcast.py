"""The settings of podcasts."""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from service.core.settings.types import Email, LineOfText, OptionalUrl, Section, Uuid, Words


class Show(Section):
    """One podcast."""

    author: LineOfText = Field("", description="Author of the podcast. Default: `site.publisher`.")
    owner_name: LineOfText = Field("", description="Name of the owner. Default: the author.")
    owner_email: Email = Field(
        "", description="E-mail address of the owner. Feeds show it, and Spotify and others send a code to it."
    )
    image: OptionalUrl = Field(
        "",
        description="URL of the cover: a square JPEG or PNG of 1400 to 3000 pixels. Default: `site.logo`.",
    )
    categories: Words = Field(
        ("News",), description="Categories of Apple Podcasts, the main one first: `News`, `News > Daily News`."
    )
    explicit: bool = Field(
        False, description="If true, episodes are not for children. An episode may have another value."
    )
    type: Literal["episodic", "serial"] = Field(
        "episodic",
        description="`episodic`, or `serial`: people hear the episodes in their order, and each has a number.",
    )
    guid: Uuid = Field(
        "", description="`podcast:guid` of the podcast, if it has one. It stays the same when the podcast moves."
    )


class Podcast(Show):
    """Feeds with audio or video files are podcasts, too."""

    shows: Annotated[
        Mapping[str, Show],
        AfterValidator(lambda shows: {name.strip("/"): show for name, show in shows.items()}),
    ] = Field({}, description='Other values for single feeds, each a table `[podcast.shows."category/siniar"]`.')

    def show(self, feed: str) -> Show:
        """The values for the feed of this name."""
        own = self.shows.get(feed)
        return self.model_copy(update={name: getattr(own, name) for name in own.model_fields_set}) if own else self
