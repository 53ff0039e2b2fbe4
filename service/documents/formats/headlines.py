"""The headlines of a feed without bodies, as JSON. `/embed.js` shows them in boxes on news pages."""

import json

from service.documents.formats.edition import Edition, Entry
from service.documents.parts import DocumentParts


def headlines(edition: Edition) -> DocumentParts:
    """The headlines as JSON, with the field names of JSON Feed. `ranked` is true for a feed ordered by views."""
    items = [
        {
            "url": entry.link,
            "title": entry.article.title,
            "language": entry.language,
            "date_published": entry.published_at.isoformat(),
        }
        for entry in (Entry(article, edition.settings) for article in edition.entries)
    ]
    document = {
        "title": edition.feed.title,
        "language": edition.settings.site.language,
        "ranked": edition.ranking is not None,
        "items": items,
    }
    return DocumentParts(json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode())
