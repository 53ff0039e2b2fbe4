"""The fields of an article that is an episode of a podcast. Its audio or video file is in the article's enclosures."""

import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from service.articles.validation import Language, MediaType, Size, Url, ValidatedModel, bounded_list, plain_text

MAX_DURATION_SECONDS = 7 * 86_400
MAX_NUMBER = 1_000_000  # of an episode or a season
MAX_TRANSCRIPTS = 20
CHAPTERS_TYPE = "application/json+chapters"
_TRANSCRIPT_TYPES = {
    "html": "text/html",
    "json": "application/json",
    "srt": "application/x-subrip",
    "txt": "text/plain",
    "vtt": "text/vtt",
}
_CLOCK = re.compile(r"(?:(\d{1,3}):)?(\d{1,3}):(\d\d)(?:\.\d*)?", re.ASCII)


def _seconds(value: object) -> object:
    """Read a duration such as `1:02:03` or `62:03`. A number is in seconds."""
    if isinstance(value, float) and value >= 0:
        return round(value) if value < MAX_DURATION_SECONDS else value
    if not isinstance(value, str):
        return value
    if match := _CLOCK.fullmatch(value.strip()):
        hours, minutes, seconds = (int(part or 0) for part in match.groups())
        return 3600 * hours + 60 * minutes + seconds
    if not re.fullmatch(r"\s*\d{1,9}\s*", value, re.ASCII):
        raise ValueError("must be a number of seconds, or a text such as 1:02:03")
    return int(value)


Seconds = Annotated[Size, Field(le=MAX_DURATION_SECONDS), BeforeValidator(_seconds)]
Number = Annotated[Size, Field(ge=1, le=MAX_NUMBER)]


class Transcript(ValidatedModel):
    """The text of an episode, in a file. `rel` is `captions` for a file with times."""

    url: Url
    type: MediaType
    language: Language | None = None
    rel: Literal["captions"] | None = None

    @model_validator(mode="before")
    @classmethod
    def _typed(cls, value: object) -> object:
        """Fill in a missing media type from the URL's extension."""
        if isinstance(value, Mapping) and not value.get("type") and isinstance(value.get("url"), str):
            extension = re.split("[?#]", value["url"], maxsplit=1)[0].rpartition(".")[2].lower()
            return {**value, "type": _TRANSCRIPT_TYPES.get(extension)}
        return value


class Chapters(ValidatedModel):
    """The chapters of an episode, in a JSON file (podcast namespace)."""

    url: Url
    type: MediaType = CHAPTERS_TYPE

    @model_validator(mode="before")
    @classmethod
    def _addressed(cls, value: object) -> object:
        return {"url": value} if isinstance(value, str) else value


class Episode(ValidatedModel):
    """The facts about an episode for which an article has no other field."""

    duration: Seconds | None = Field(None, description="Seconds, or a text such as `1:02:03`.")
    explicit: bool | None = Field(None, description="Default: the value of the podcast.")
    season: Number | None = None
    episode: Number | None = Field(None, description="The number in its season, or in the whole podcast.")
    type: Literal["full", "trailer", "bonus"] | None = None
    image: Url | None = Field(None, description="URL of a square picture, JPEG or PNG. Default: the article's photo.")
    author: Annotated[str, plain_text(200)] = Field("", description="Default: the value of the podcast.")
    transcripts: Annotated[
        tuple[Transcript, ...], Field(max_length=MAX_TRANSCRIPTS), bounded_list(MAX_TRANSCRIPTS)
    ] = ()
    chapters: Chapters | None = None

    @classmethod
    def from_row(cls, row: Mapping[str, Any]) -> "Episode":
        """The episode as `row` of the store has it. It was validated before it was stored."""
        transcripts = tuple(Transcript.model_construct(**transcript) for transcript in row["transcripts"])
        chapters = Chapters.model_construct(**row["chapters"]) if row["chapters"] else None
        return cls.model_construct(**{**row, "transcripts": transcripts, "chapters": chapters})
