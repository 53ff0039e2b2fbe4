"""Posts as WordPress's REST interface answers with them (`/wp-json/wp/v2/posts?_embed`), fetched or saved.

Ids and URLs are those of an export of the same site.
"""

import re
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

from service.importers import jsonl, sniff
from service.importers.excerpts import own_excerpt
from service.importers.feed_entry import EntryFile, FeedEntry, to_item
from service.importers.options import ReadOptions
from service.importers.result import FoundArticle, FoundUrl, ImportItem, SkippedItem
from service.importers.source import OpenSource, SourceUnreadable
from service.importers.urls import joined
from service.importers.wordpress.rest_categories import Categories
from service.importers.wordpress.rest_urls import POSTS_PER_PAGE

_STATUS = {"publish": "", "future": "", "draft": "draft", "pending": "draft", "private": "draft", "trash": "withdrawn"}
_MARKS = ('"guid":{', '"rendered":', '"link":')
_ERROR = '"code":"rest_'
_EMPTY_PARAGRAPH = re.compile(r"<p>\s*</p>")  # around the places of comments such as `<!--more-->`
_GAPS = re.compile(r"(?<=>)\n{2,}(?=<)")  # between blocks

Raw = Mapping[str, Any]


def recognises(first: bytes) -> bool:
    """True if the source is a post, an array of posts, or an error of the interface."""
    start = "".join(sniff.first_text(first)[:20_000].split())
    return start.startswith(("{", "[")) and (all(mark in start for mark in _MARKS) or start[1:].startswith(_ERROR))


def read(source: OpenSource, options: ReadOptions) -> Iterator[ImportItem]:
    """Read the posts, with the places `item N`. A FoundUrl with the next page comes last, if the server names one.

    Raises SourceUnreadable for an error of the interface, and if the answer is not valid JSON.
    """
    categories = Categories(source.url, source.fetch)
    found = jsonl.read(source, options)
    while items := list(islice(found, POSTS_PER_PAGE)):
        posts = [item.fields for item in items if isinstance(item, FoundArticle)]
        categories.learn(term for post in posts for term in _terms(post))
        for item in items:
            if not isinstance(item, FoundArticle):
                yield item
            elif str(item.fields.get("code", "")).startswith("rest_"):
                raise SourceUnreadable(f"{source.name}: WordPress answers: {_text(item.fields, 'message')}")
            else:
                yield _item(item, categories, options)
    if source.next_url:
        yield FoundUrl("next page", source.next_url, is_continuation=True)


def _item(found: FoundArticle, categories: Categories, options: ReadOptions) -> ImportItem:
    post = found.fields
    if (kind := _text(post, "type") or "post") in ("page", "attachment"):
        return SkippedItem(found.where, f"the post type is {kind}")
    if (status := _text(post, "status") or "publish") not in _STATUS:
        return SkippedItem(found.where, f"the status is {status}")
    return to_item(found.where, _entry(post, _STATUS[status], categories), options.zone)


def _entry(post: Raw, status: str, categories: Categories) -> FeedEntry:
    link, number = _text(post, "link"), post.get("id")
    photo = next(iter(_embedded(post, "wp:featuredmedia")), {})
    sizes = photo.get("media_details")
    sizes = sizes if isinstance(sizes, Mapping) else {}
    terms = _terms(post)
    content = post.get("content")
    body = _rendered(post, "content")
    is_protected = isinstance(content, Mapping) and content.get("protected") is True
    numbered = joined(link, f"/?p={number}") if isinstance(number, int) else ""
    return FeedEntry(
        base=link,
        id=_rendered(post, "guid") or numbered or link,
        url=link,
        title=_rendered(post, "title"),
        summary=own_excerpt(_rendered(post, "excerpt"), body),
        content_html=_GAPS.sub("\n", _EMPTY_PARAGRAPH.sub("", body)),
        authors=[(_text(author, "name"), "") for author in _embedded(post, "author")],
        categories=categories.of(terms),
        tags=[_text(term, "name") for term in terms if term.get("taxonomy") == "post_tag"],
        published=_time(post, "date"),
        updated=_time(post, "modified"),
        status="draft" if is_protected and not status else status,
        files=[
            EntryFile(
                url=_text(photo, "source_url"),
                type=_text(photo, "mime_type"),
                is_image=True,
                width=sizes.get("width"),
                height=sizes.get("height"),
            )
        ],
        caption=_rendered(photo, "caption"),
        same_as=[numbered] if numbered else [],
        notes=[] if categories.is_complete(terms) else ["parents of categories"],
    )


def _time(post: Raw, name: str) -> str:
    in_utc = _text(post, f"{name}_gmt")
    return f"{in_utc}+00:00" if in_utc and not in_utc.startswith("0000") else _text(post, name)


def _embedded(post: Raw, name: str) -> list[Raw]:
    inside = post.get("_embedded")
    found = inside.get(name) if isinstance(inside, Mapping) else None
    return [part for part in found if isinstance(part, Mapping)] if isinstance(found, list) else []


def _terms(post: Raw) -> list[Raw]:
    """The categories and the tags of a post."""
    inside = post.get("_embedded")
    groups = inside.get("wp:term") if isinstance(inside, Mapping) else None
    lists = [group for group in groups if isinstance(group, list)] if isinstance(groups, list) else []
    return [term for group in lists for term in group if isinstance(term, Mapping)]


def _rendered(post: Raw, name: str) -> str:
    value = post.get(name)
    return _text(value, "rendered") if isinstance(value, Mapping) else value if isinstance(value, str) else ""


def _text(part: Raw, name: str) -> str:
    value = part.get(name)
    return value if isinstance(value, str) else ""
