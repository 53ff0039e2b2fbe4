"""Examples of the article API, for its description. A test sends them."""

from typing import Any

ARTICLE: dict[str, Any] = {
    "title": "Kerja sama ASEAN diperkuat",
    "url": "https://example.com/berita/123",
    "summary": "Para menteri bertemu di Jakarta.",
    "content_html": "<p>Para menteri bertemu di Jakarta.</p>",
    "categories": ["Dinamika"],
    "authors": [{"name": "Siti Aminah"}],
    "published_at": "2026-03-12T09:33:00+07:00",
    "updated_at": "2026-03-12T09:40:00+07:00",
    "stale": "refuse",
}
STORED: dict[str, Any] = {
    "id": "123",
    **{name: value for name, value in ARTICLE.items() if name != "stale"},
    "published_at": "2026-03-12T02:33:00Z",
    "updated_at": "2026-03-12T02:40:00Z",
    "status": "published",
}
ANSWER: dict[str, Any] = {
    **STORED,
    "warnings": [{"field": "image.url", "reason": "must be an absolute http or https URL"}],
}
LINES = '{"id": "123", "title": "Satu"}\n{"id": "124", "title": ""}\n'
ANSWERS = (
    '{"line": 1, "id": "123", "status": 201, "outcome": "added"}\n'
    '{"line": 2, "id": "124", "type": "about:blank", "title": "Unprocessable Entity", "status": 422, '
    '"detail": "title: is required", "errors": [{"field": "title", "reason": "is required"}]}\n'
)
CHANGES: dict[str, Any] = {
    "changes": [{"cursor": "7-5c1d90ab", "id": "123", "kind": "updated", "at": "2026-03-12T02:40:00+00:00"}],
    "cursor": "7-5c1d90ab",
    "more": False,
}
LISTING: dict[str, Any] = {
    "articles": [
        {
            "id": "123",
            "status": "published",
            "title": "Kerja sama ASEAN diperkuat",
            "url": "https://example.com/berita/123",
            "categories": ["Dinamika"],
            "published_at": "2026-03-12T02:33:00Z",
            "updated_at": "2026-03-12T02:40:00Z",
        }
    ],
    "cursor": "1773282780.7",
}
