"""The headlines of a feed without bodies, as JSON. `/embed.js` shows them in boxes on news pages."""

import json

from service.documents.formats.context import EntryValues, RenderContext
from service.documents.parts import Spliced


def headlines(context: RenderContext) -> Spliced:
    """The headlines as JSON, with the field names of JSON Feed. `ranked` is true for a feed ordered by views."""
    items = [
        {
            "url": entry.link,
            "title": entry.article.title,
            "language": entry.language,
            "date_published": entry.published_at.isoformat(),
        }
        for entry in (EntryValues(article, context.settings) for article in context.entries)
    ]
    document = {
        "title": context.feed.title,
        "language": context.settings.site.language,
        "ranked": context.ranking is not None,
        "items": items,
    }
    return Spliced(json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode())
