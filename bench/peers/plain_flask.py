# mypy: disable-error-code="import-not-found"
"""Flask, feedgen and Redis in the usual combination: Redis keeps the document for five minutes, and Flask-Compress
compresses every answer.

With `PEER_TUNED=1`, Redis also keeps the gzipped document, so that no request compresses anything. This shows the best
result of these libraries.
"""

import gzip
import json
import os
import sqlite3
from contextlib import closing

from feedgen.feed import FeedGenerator
from flask import Flask, Response, request
from flask_compress import Compress
from redis import Redis

SECONDS = 300
TUNED = bool(os.environ.get("PEER_TUNED"))
_NEWEST = "SELECT * FROM article ORDER BY published_at DESC LIMIT 50"

app = Flask(__name__)
Compress(app)
redis = Redis.from_url(os.environ["PEER_REDIS"])


@app.get("/latest.rss")
def latest() -> Response:
    gzipped = TUNED and request.accept_encodings.quality("gzip") > 0
    key = "feed:latest:gzip" if gzipped else "feed:latest"
    document = redis.get(key)
    if document is None:
        document = gzip.compress(_feed(), 6, mtime=0) if gzipped else _feed()
        redis.set(key, document, ex=SECONDS)
    response = Response(document, mimetype="application/rss+xml")
    if gzipped:
        response.headers["Content-Encoding"] = "gzip"
    response.headers["Cache-Control"] = f"public, max-age={SECONDS}"
    response.add_etag()
    if gzipped:  # otherwise Flask-Compress does it, after compressing
        response.make_conditional(request)
    return response


def _feed() -> bytes:
    feed = FeedGenerator()
    feed.load_extension("media")
    feed.title("Plain Flask")
    feed.link(href="https://news.example/", rel="alternate")
    feed.link(href="https://news.example/latest.rss", rel="self")
    feed.description("Berita terbaru")
    feed.language("id")
    for article in _articles():
        entry = feed.add_entry(order="append")
        entry.guid(article["url"], permalink=True)
        entry.title(article["title"])
        entry.link(href=article["url"])
        entry.description(article["summary"])
        entry.content(article["content_html"], type="CDATA")
        entry.author(name=article["author"])
        entry.category([{"term": name} for name in json.loads(article["categories"])])
        entry.enclosure(article["image_url"], article["image_length"], "image/jpeg")
        entry.published(article["published_at"])
    return bytes(feed.rss_str())


def _articles() -> list[sqlite3.Row]:
    with closing(sqlite3.connect(os.environ["PEER_ARTICLES"])) as connection, connection:
        connection.row_factory = sqlite3.Row
        rows = connection.execute(_NEWEST).fetchall()
    connection.close()
    return rows
