"""WordPress export files (WXR 1.0 to 1.2), also those that other programs write.

The id of an article is the guid of the post (`https://example.com/?p=123`). WordPress never changes it, and its feeds
contain it too. If the guid is missing or that of another post, the id is made from the number of the post in that form.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from service.importers import sandbox, sniff
from service.importers.feed_entry import EntryFile, FeedEntry, to_item
from service.importers.options import ReadOptions
from service.importers.result import ImportItem, RefusedItem, SkippedItem
from service.importers.source import OpenSource, SourceUnreadable
from service.importers.urls import joined
from service.importers.wordpress.content import rendered_body
from service.importers.wordpress.shortcodes import MediaFile

_STATUS = {"publish": "", "future": "", "draft": "draft", "pending": "draft", "private": "draft", "trash": "withdrawn"}
_NAMESPACE = "wordpress.org/export/"
_NO_DATE = "0000-00-00"
_NUMBERED = re.compile(r"[?&]p=(\d+)$")

Raw = Mapping[str, Any]  # a post, as wxr_reader yields it


def recognises(first: bytes) -> bool:
    """True if the source is RSS that declares the namespace of WordPress exports or has their elements."""
    name, tag = sniff.root_element(first)
    return name == "rss" and (_NAMESPACE in tag or b"<wp:wxr_version>" in first or b"<wp:post_type>" in first)


def read(source: OpenSource, options: ReadOptions) -> Iterator[ImportItem]:
    """Read the posts of the types in `options`, with the places `item N`. Memory does not grow with the file.

    A post comes last if the file names its photo or its author further down. Draft, pending, private and
    password-protected posts become drafts; posts in the trash are withdrawn. An item that cannot be read becomes a
    RefusedItem with its line. Raises SourceUnreadable if the source is no export.
    """
    if not recognises(source.head()):
        raise SourceUnreadable(f"{source.name}: not a WordPress export: it does not declare its namespace")
    names: set[str] = set()
    for post in sandbox.parse_in_process("wordpress/wxr_reader", source, None):
        if isinstance(post, str):
            yield RefusedItem("a post", post)
        elif "failed" in post:
            yield RefusedItem(f"line {post['line']}", post["failed"])
        else:
            yield _item(post, options, names)


def _item(post: Raw, options: ReadOptions, names: set[str]) -> ImportItem:
    where, kind, status = f"item {post['number']}", post.get("post_type") or "post", post.get("status") or "publish"
    if kind not in options.post_types:
        return SkippedItem(where, f"the post type is {kind}; --post-type {kind} imports it")
    if status not in _STATUS:
        return SkippedItem(where, f"the status is {status}")
    return to_item(where, _entry(_with_own_names(post, names), _STATUS[status]), options.zone)


def _with_own_names(post: Raw, names: set[str]) -> Raw:
    """The post without a guid or a number that an earlier post has: edited exports repeat them. Adds to the `names`."""
    guid, number = post.get("guid", ""), post.get("post_id", "")
    own_guid = "" if guid in names or _is_of_other_post(guid, post) else guid
    own_number = "" if f"?p={number}" in names else number
    names.update((guid, f"?p={number}"))
    return {**post, "guid": own_guid, "post_id": own_number}


def _is_of_other_post(guid: str, post: Raw) -> bool:
    """True if the guid names another post of the same site, as that of a copied post does."""
    number = _NUMBERED.search(guid)
    host = post.get("link", "").partition("://")[2].partition("/")[0]
    return bool(number and host and f"//{host}/" in guid and post.get("post_id") not in (None, number[1]))


def _entry(post: Raw, status: str) -> FeedEntry:
    media = {id_: MediaFile(*file) for id_, file in post["media"].items()}
    photo = media.get(next(iter(post["meta"].get("_thumbnail_id", [])), ""), MediaFile(""))
    body = rendered_body(post.get("content", ""), media, post["reusable"])
    link = post.get("link", "")
    number = joined(link or post["site"], f"/?p={post['post_id']}") if post.get("post_id") else ""
    enclosures = [_enclosure(told) for told in post["meta"].get("enclosure", [])]
    return FeedEntry(
        base=post["site"],
        id=post["guid"] or number or link,
        url=link,
        title=post.get("title", ""),
        summary=post.get("excerpt", ""),
        content_html=body.html,
        authors=[(name, "") for name in post["authors"]],
        categories=post["categories"],
        tags=post["tags"],
        published=_time(post, "post_date") or post.get("pubDate", ""),
        updated=_time(post, "post_modified"),
        status="draft" if post.get("post_password") and not status else status,
        files=[EntryFile(url=photo.url, is_image=True), *enclosures],
        caption=photo.caption,
        same_as=[number] if number else [],
        old_urls=_old_urls(link, post.get("post_name", ""), post["meta"].get("_wp_old_slug", [])),
        notes=body.notes,
    )


def _enclosure(told: str) -> EntryFile:
    """The file of a podcast: its URL, its length and its media type, each on a line."""
    url, length, media_type, *_ = [*map(str.strip, told.splitlines()), "", "", ""]
    return EntryFile(url=url, type=media_type, length=length)


def _old_urls(link: str, slug: str, old_slugs: Sequence[str]) -> list[str]:
    """The URLs of the post under its earlier slugs."""
    if not slug or link.rstrip("/").rpartition("/")[2] != slug:
        return []
    begin, _, end = link.rpartition(slug)
    return [f"{begin}{old}{end}" for old in old_slugs]


def _time(post: Raw, name: str) -> str:
    """The time in UTC, otherwise the local time. Returns "" for the zeros that WordPress writes for drafts."""
    in_utc, local = post.get(f"{name}_gmt", ""), post.get(name, "")
    if in_utc and not in_utc.startswith(_NO_DATE):
        return f"{in_utc}+00:00"
    return "" if local.startswith(_NO_DATE) else local
