"""The articles of the peers: those of the bench's newsroom, in an SQLite file that Flask and Django read."""

import json
import sqlite3
from contextlib import closing
from itertools import islice
from pathlib import Path

from bench.newsroom import articles

COUNT = 200  # as many as Warta has; a feed shows the newest 50

_TABLE = """
CREATE TABLE article (
    id TEXT PRIMARY KEY, url TEXT, title TEXT, summary TEXT, content_html TEXT, author TEXT, categories TEXT,
    image_url TEXT, image_length INTEGER, published_at TEXT
);
CREATE INDEX article_published_at ON article (published_at);
"""


def write(file: Path) -> None:
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.executescript(_TABLE)
        connection.executemany(
            "INSERT INTO article VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", map(_row, islice(articles(COUNT), COUNT))
        )
    connection.close()


def _row(article: dict[str, object]) -> tuple[object, ...]:
    # The peers do not sanitize the content: a newsroom that trusts its CMS would not, and so it costs them no time.
    authors, image = article["authors"], article["image"]
    assert isinstance(authors, list)
    assert isinstance(image, dict)
    return (
        *(article[name] for name in ("id", "url", "title", "summary", "content_html")),
        authors[0]["name"],
        json.dumps([*_listed(article["categories"]), *_listed(article["tags"])]),
        image["url"],
        image["length"],
        article["published_at"],
    )


def _listed(value: object) -> list[object]:
    assert isinstance(value, list)
    return value
