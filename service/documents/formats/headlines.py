"""Headlines alone, for the boxes of news pages: what `/embed.js` shows, and no body."""

import json

from service.documents.formats.edition import Edition, Entry
from service.documents.parts import Spliced


def headlines(edition: Edition) -> Spliced:
    """Under the names that JSON Feed has for it; `ranked` says that the order means something."""
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
    return Spliced(json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode())
