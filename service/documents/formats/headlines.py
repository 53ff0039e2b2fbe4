"""The headlines of a feed without bodies, as JSON. `/embed.js` shows them in boxes on news pages."""

import json
from typing import Annotated

from pydantic import Field
from typing_extensions import TypedDict

from service.documents.formats.context import EntryValues, RenderContext
from service.documents.parts import DocumentParts


class HeadlineItem(TypedDict):
    """An article without its body."""

    url: Annotated[str, Field(json_schema_extra={"format": "uri"})]
    title: str
    language: str
    date_published: Annotated[str, Field(json_schema_extra={"format": "date-time"})]


class Headlines(TypedDict):
    """The document: the title of the feed, and its headlines."""

    title: Annotated[str, Field(description="The title of the feed.")]
    language: Annotated[str, Field(description="The language of the site.")]
    ranked: Annotated[bool, Field(description="True if the order is a ranking, most read first.")]
    items: list[HeadlineItem]


def headlines(context: RenderContext) -> DocumentParts:
    """The headlines as JSON, with the field names of JSON Feed. `ranked` is true for a feed ordered by views."""
    items: list[HeadlineItem] = [
        {
            "url": entry.link,
            "title": entry.article.title,
            "language": entry.language,
            "date_published": entry.published_at.isoformat(),
        }
        for entry in (EntryValues(article, context.settings) for article in context.entries)
    ]
    document: Headlines = {
        "title": context.feed.title,
        "language": context.settings.site.language,
        "ranked": context.ranking is not None,
        "items": items,
    }
    return DocumentParts(json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode())
