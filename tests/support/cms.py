"""A CMS: a client of the API for articles, and an article with every field."""

import json
from collections.abc import Mapping
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.support.answers import lines, payload

WHOLE: dict[str, Any] = {
    "url": "https://warta.example/berita/1",
    "title": "Kerja sama ASEAN diperkuat",
    "summary": "Ringkasan.",
    "content_html": "<p>Isi.</p>",
    "section": "Berita",
    "categories": ["Dinamika", "Ekonomi"],
    "tags": ["ASEAN"],
    "authors": [{"name": "Siti Aminah", "url": "https://warta.example/siti"}],
    "published_at": "2026-02-22T02:00:00Z",
    "updated_at": "2026-02-22T02:10:00Z",
    "expires_at": "2199-01-01T00:00:00Z",
    "language": "id",
    "image": {
        "url": "https://warta.example/1.jpg",
        "type": "image/jpeg",
        "length": 7,
        "caption": "Rapat",
        "credit": "Ist",
    },
    "enclosures": [{"url": "https://warta.example/1.mp3", "type": "audio/mpeg", "length": 9}],
    "correction": "Nama diperbaiki.",
    "license": "CC BY 4.0",
    "status": "published",
}


class Cms:
    """A client with a token."""

    def __init__(self, client: FlaskClient, token: Mapping[str, str]) -> None:
        self._client = client
        self._token = dict(token)

    def send(self, method: str, path: str, body: object = None, **headers: str) -> TestResponse:
        data = body if isinstance(body, bytes | None) else json.dumps(body).encode()
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self._client.open(path, method=method, data=data, headers={**self._token, **named})

    def put(self, article_id: str, fields: object) -> TestResponse:
        return self.send("PUT", f"/api/articles/{article_id}", fields)

    def patch(self, article_id: str, fields: object) -> TestResponse:
        return self.send("PATCH", f"/api/articles/{article_id}", fields)

    def get(self, article_id: str) -> TestResponse:
        return self.send("GET", f"/api/articles/{article_id}")

    def batch(self, *parts: object) -> list[dict[str, Any]]:
        body = b"\n".join(part if isinstance(part, bytes) else json.dumps(part).encode() for part in parts)
        return lines(self.send("POST", "/api/articles", body))

    def changes(self, since: str = "0") -> Any:
        return payload(self.send("GET", f"/api/changes?since={since}"))
