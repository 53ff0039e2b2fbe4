"""Reads feeds with a Python feed library and prints their entries as JSON: `python_readers.py LIBRARY URL...`.

A program of its own, so that a library's warnings and global state stay out of the tests.
"""

import calendar
import json
import sys
import tempfile
import urllib.request
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

Entries = list[dict[str, Any]]


def _document(url: str) -> bytes:
    with urllib.request.urlopen(url) as answer:  # noqa: S310 - the test's own server
        return bytes(answer.read())


def _seconds(when: datetime | None) -> int | None:
    return int(when.replace(tzinfo=when.tzinfo or UTC).timestamp()) if when else None


def read_feedparser(url: str) -> Entries:
    """feedparser: what most hosted readers are made of."""
    import feedparser

    parsed = feedparser.parse(_document(url))
    if parsed.bozo:
        raise SystemExit(f"feedparser is not happy: {parsed.bozo_exception}")
    return [
        {
            "id": entry.id,
            "url": entry.link,
            "title": entry.title,
            "published": calendar.timegm(entry.published_parsed),
            "updated": calendar.timegm(entry.updated_parsed),
            "authors": [author.name for author in entry.get("authors", [])],
            "categories": [tag.term for tag in entry.get("tags", [])],
            "enclosures": [link.href for link in entry.enclosures],
            "content": entry.content[0].value if "content" in entry else "",
        }
        for entry in parsed.entries
    ]


def read_reader(url: str) -> Entries:
    """reader: a whole reader with storage; the only one here that takes JSON Feed too."""
    import feedparser_sgmllib

    # reader brings a feedparser of its own, but not the module that this one needs.
    sys.modules.setdefault("sgmllib", feedparser_sgmllib)
    from reader import make_reader

    with tempfile.TemporaryDirectory() as folder:
        reader = make_reader(str(Path(folder) / "reader.sqlite"), feed_root=None)
        reader.add_feed(url)
        reader.update_feeds()
        failed = reader.get_feed(url).last_exception
        if failed:
            raise SystemExit(f"reader is not happy: {failed.value_str}")
        entries = list(reader.get_entries())
        reader.close()
    return [
        {
            "id": entry.id,
            "url": entry.link,
            "title": entry.title,
            "published": _seconds(entry.published),
            "enclosures": [file.href for file in entry.enclosures],
            "content": entry.content[0].value if entry.content else "",
        }
        for entry in entries
    ]


def read_fastfeedparser(url: str) -> Entries:
    """fastfeedparser: feedparser's fields at another speed."""
    import fastfeedparser

    parsed = fastfeedparser.parse(_document(url))
    return [
        {
            "id": entry.id,
            "url": entry.link,
            "title": entry.title,
            "published": int(datetime.fromisoformat(entry.published).timestamp()),
        }
        for entry in parsed.entries
    ]


def read_atoma(url: str) -> Entries:
    """atoma: strict and typed; refuses what the specifications do not allow."""
    import atoma

    document = _document(url)
    if url.endswith(".atom"):
        return [
            {
                "id": entry.id_,
                "url": next(link.href for link in entry.links if link.rel == "alternate"),
                "title": entry.title.value,
                "published": _seconds(entry.published),
                "updated": _seconds(entry.updated),
                "authors": [author.name for author in entry.authors],
                "categories": [category.term for category in entry.categories],
                "enclosures": [link.href for link in entry.links if link.rel == "enclosure"],
                "content": entry.content.value if entry.content else "",
            }
            for entry in atoma.parse_atom_bytes(document).entries
        ]
    if url.endswith(".json"):
        return [
            {
                "id": item.id_,
                "url": item.url,
                "title": item.title,
                "published": _seconds(item.date_published),
                "updated": _seconds(item.date_modified),
                "categories": item.tags,
                "enclosures": [file.url for file in item.attachments],
                "content": item.content_html or "",
            }
            for item in atoma.parse_json_feed_bytes(document).items
        ]
    return [
        {
            "id": item.guid,
            "url": item.link,
            "title": item.title,
            "published": _seconds(item.pub_date),
            "categories": item.categories,
            "enclosures": [file.url for file in item.enclosures],
            "content": item.content_encoded or "",
        }
        for item in atoma.parse_rss_bytes(document).items
    ]


if __name__ == "__main__":
    library, *addresses = sys.argv[1:]
    print(json.dumps([globals()[f"read_{library}"](address) for address in addresses]))
