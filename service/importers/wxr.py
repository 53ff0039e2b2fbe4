"""WordPress export files (WXR 1.0 to 1.2): posts with author, photo, categories and tags.

The id of an article is the guid of the post (`https://example.com/?p=123`). WordPress never changes it, and its feeds
contain it too, so export and feed of a site give the same ids. If the guid is missing, it is made from the URL of the
site and the post_id.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import tzinfo
from typing import Any

from service.articles.markup import MAX_TAGS
from service.importers import sandbox, sniff
from service.importers.feed_entry import EntryFile, FeedEntry, to_item
from service.importers.result import FoundArticle, RefusedItem
from service.importers.source import OpenSource, SourceUnreadable
from service.importers.urls import joined

_STATUS = {"publish": "published", "future": "published", "draft": "draft", "pending": "draft", "private": "draft"}
_NAMESPACE = "wordpress.org/export/"
_SHORTCODE = re.compile(r"\[/?(?:caption|gallery|embed|audio|video|playlist)\b[^\[\]]*\]")
_BLOCK = re.compile(
    r"</?(?:p|div|h[1-6]|[ou]l|li|blockquote|figure|table|t[rhd]|pre|hr|section|address)\b", re.IGNORECASE
)
_NO_DATE = "0000-00-00"

Raw = Mapping[str, Any]  # a post, as wxr_reader yields it


def recognises(first: bytes) -> bool:
    """Whether the source is RSS that declares the namespace of WordPress exports."""
    name, tag = sniff.root_element(first)
    return name == "rss" and _NAMESPACE in tag


def read(source: OpenSource, zone: tzinfo) -> Iterator[FoundArticle | RefusedItem]:
    """Read the posts, with the places `item N`. Memory does not grow with the file.

    A post comes last if its photo stands below it in the file. Pages, attachments and trashed posts are skipped. Draft,
    pending, private and password-protected posts become drafts. Local times are in `zone`. An ill-formed file yields
    the posts above the error, and a RefusedItem with the line of the error. Raises SourceUnreadable if the source is no
    export.
    """
    if not recognises(source.head()):
        raise SourceUnreadable(f"{source.name}: not a WordPress export: it does not declare its namespace")
    for post in sandbox.parse_in_process("wxr_reader", source, None):
        if isinstance(post, str):
            yield RefusedItem("a post", post)
        elif "failed" in post:
            yield RefusedItem(f"line {post['line']}", f"not well-formed: {post['failed']}; what follows cannot be read")
        elif post.get("status", "publish") in _STATUS:
            yield to_item(f"item {post['number']}", _entry(post), zone)


def _entry(post: Raw) -> FeedEntry:
    address, caption = post["photo"]
    status = "draft" if post.get("post_password") else _STATUS[post.get("status", "publish")]
    return FeedEntry(
        id=post.get("guid") or (joined(post.get("link", ""), f"/?p={post['post_id']}") if "post_id" in post else ""),
        url=post.get("link", ""),
        title=post.get("title", ""),
        summary=post.get("excerpt", ""),
        content_html=_paragraphs(_SHORTCODE.sub("", post.get("content", ""))),
        authors=[(post["author"], "")],
        categories=[name for domain, name in post["categories"] if domain == "category"],
        tags=[name for domain, name in post["categories"] if domain in ("post_tag", "tag")],
        published=_time(post, "post_date") or post.get("pubDate", ""),
        updated=_time(post, "post_modified"),
        status="" if status == "published" else status,
        files=[EntryFile(url=address, is_image=True)],
        caption=caption,
    )


def _time(post: Raw, name: str) -> str:
    """The time in UTC, otherwise the local time. Returns "" for the zeros that WordPress writes for drafts."""
    in_utc, local = post.get(f"{name}_gmt", ""), post.get(name, "")
    if in_utc and not in_utc.startswith(_NO_DATE):
        return f"{in_utc}+00:00"
    return "" if local.startswith(_NO_DATE) else local


def _paragraphs(content: str) -> str:
    """Convert blank lines to paragraphs, as WordPress does when it shows a post of its classic editor."""
    if "<p>" in content or "<p " in content or "\n" not in content or content.count("<") > MAX_TAGS:  # refused later
        return content
    chunks: list[list[str]] = [[]]
    for line in content.splitlines():
        if line.strip():
            chunks[-1].append(line.strip())
        elif chunks[-1]:
            chunks.append([])
    return "\n".join(_paragraph(chunk) for chunk in chunks if chunk)


def _paragraph(lines: list[str]) -> str:
    text = "\n".join(lines)
    return text if _BLOCK.search(text) else f"<p>{text.replace(chr(10), '<br>')}</p>"
