"""Ghost's export, one JSON document (https://ghost.org/docs/migration/custom/).

The first tag of a post, its *primary tag*, becomes the category. The export names no URLs: `base_url` is that of the
site. Ids are those of Ghost's own feeds.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from service.importers import sandbox, sniff
from service.importers.feed_entry import EntryFile, FeedEntry, to_item
from service.importers.feeds_json import paragraphs
from service.importers.options import ReadOptions
from service.importers.result import ImportItem, RefusedItem, SkippedItem
from service.importers.source import OpenSource
from service.importers.urls import joined

MAX_DOCUMENT_BYTES = 64 * 1024 * 1024  # bytes; a document is read as a whole
_STATUS = {"published": "", "scheduled": "", "draft": "draft", "sent": "draft"}
_SITE = "__GHOST_URL__"  # stands in texts for the URL of the site
_OBJECT_ID = re.compile(r"[0-9a-f]{24}")
_TABLES = re.compile(r'"(?:posts|db)"\s*:\s*\[')

Raw = Mapping[str, Any]  # a post, as ghost_reader yields it


def recognises(first: bytes) -> bool:
    """True if the source is a JSON object with the tables of a Ghost database."""
    start = sniff.first_text(first)
    return start.startswith("{") and bool(_TABLES.search(start)) and ('"meta"' in start or '"db"' in start)


def read(source: OpenSource, options: ReadOptions) -> Iterator[ImportItem]:
    """Read the posts, with the places `post N`. Pages are skipped. A post that only went out as e-mail is a draft.

    Raises SourceUnreadable if the document is not valid JSON or has more than MAX_DOCUMENT_BYTES.
    """
    posts = sandbox.parse_in_process("exports/ghost_reader", source, MAX_DOCUMENT_BYTES)
    for number, post in enumerate(posts, 1):
        where = f"post {number}"
        if isinstance(post, str):
            yield RefusedItem(where, post)
        elif post["type"] != "post":
            yield SkippedItem(where, f"the type is {post['type']}")
        elif post["status"] not in _STATUS:
            yield SkippedItem(where, f"the status is {post['status']}")
        else:
            yield to_item(where, _entry(post, options.base_url), options.zone)


def _entry(post: Raw, site: str) -> FeedEntry:
    body = str(post["html"] or paragraphs(post["plaintext"]))
    category, *tags = [name for name in post["tags"] if not name.startswith("#")] or [""]  # `#` begins internal tags
    url = post["canonical_url"] or (joined(site, f"/{post['slug']}/") if site and post["slug"] else "")
    return FeedEntry(
        base=site,
        id=post["id"] if _OBJECT_ID.fullmatch(post["id"]) else f"ghost-{post['uuid'] or post['id']}",
        url=_absolute(url, site),
        title=post["title"],
        summary=post["custom_excerpt"],
        content_html=_absolute(body, site),
        authors=[(name, "") for name in post["authors"]],
        categories=[category],
        tags=tags,
        published=post["published_at"] or (post["created_at"] if post["status"] != "draft" else ""),
        updated=post["updated_at"],
        language=post["locale"],
        files=[EntryFile(url=_absolute(post["feature_image"], site), is_image=True)],
        caption=post["feature_image_caption"],
        status=_STATUS[post["status"]],
    )


def _absolute(text: str, site: str) -> str:
    return text.replace(_SITE, site.rstrip("/"))
