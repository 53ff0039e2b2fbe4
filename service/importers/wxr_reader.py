"""The streaming reader for WordPress export files, by lxml. `sandbox_worker` runs it.

Each post has the name of its author and its photo. The attachment with the photo mostly stands below the post. Such a
post waits in a temporary file until the end, so that memory holds only the URLs and captions of attachments.
"""

import json
import tempfile
from collections.abc import Iterator
from typing import Any

from lxml import etree

_READ = ("item", "author", "comment", "postmeta", "category", "tag", "term")  # dropped after reading: memory stays flat
_POST = {
    *("title", "link", "guid", "creator", "pubDate", "post_id", "post_date", "post_date_gmt", "post_modified"),
    *("post_modified_gmt", "status", "post_type", "post_password", "attachment_url"),
}
_MAX_CAPTION_CHARACTERS = 2000  # characters of a caption that are kept

Raw = dict[str, Any]
Photos = dict[str, tuple[str, str]]  # URL and caption, by the post_id of the attachment


def items(document: Any, _url: str) -> Iterator[Raw | None]:
    """Yield the posts; those that wait for their photo come last. `number` counts all items of the export, from 1.

    Yields None for an item that is no post, and for a post that waits. If the document is ill-formed, the last mapping
    has `failed` (the error) and `line` instead.
    """
    photos: Photos = {}
    failure = None
    with tempfile.TemporaryFile("w+", encoding="utf-8") as waiting:
        try:
            for post in _posts(document, photos):
                if post is None or post["photo"] in photos or not post["photo"]:
                    yield post and _with_photo(post, photos)
                else:
                    waiting.write(json.dumps(post) + "\n")
                    yield None
        except etree.XMLSyntaxError as error:
            failure = {"failed": str(error.msg), "line": error.lineno}
        waiting.seek(0)
        for line in waiting:
            yield _with_photo(json.loads(line), photos)
    yield failure


def _with_photo(post: Raw, photos: Photos) -> Raw:
    return {**post, "photo": photos.get(post["photo"], ("", ""))}


def _posts(document: Any, photos: Photos) -> Iterator[Raw | None]:
    """Yield each post, with the post_id of its attachment as `photo`, and None for other items. Fills `photos`."""
    names: dict[str, str] = {}
    number, photo = 0, ""
    for element in _elements(document):
        kind = _name(element)
        if kind == "item":
            number += 1
            fields = _fields(element)
            if fields.get("post_type") == "attachment" and fields.get("attachment_url"):
                photos[fields.get("post_id", "")] = (
                    fields["attachment_url"],
                    fields.get("excerpt", "")[:_MAX_CAPTION_CHARACTERS],
                )
            is_post = fields.get("post_type") == "post"
            login = fields.get("creator", "")
            yield {**fields, "author": names.get(login) or login, "number": number, "photo": photo} if is_post else None
            photo = ""
        elif kind == "author":
            names[_text(element, "author_login")] = _text(element, "author_display_name")
        elif kind == "postmeta" and _text(element, "meta_key") == "_thumbnail_id":
            photo = _text(element, "meta_value")


def _elements(document: Any) -> Iterator[Any]:
    """Yield the elements of _READ as they end, except the categories of items. Each is cleared before the next one."""
    tags = [f"{{*}}{name}" for name in _READ]
    # Without huge_tree, libxml2 limits the depth, the length of texts, and the expansion of entities.
    for _, element in etree.iterparse(
        document, tag=tags, encoding="utf-8", resolve_entities=False, remove_comments=True, remove_pis=True
    ):
        if element.tag == "category":
            continue
        yield element
        element.clear()
        before = element.getprevious()
        if before is not None and before.tag == element.tag:
            element.getparent().remove(before)


def _fields(item: Any) -> Raw:
    """The values of an item, by the names of its elements. The `encoded` elements become `excerpt` and `content`."""
    fields: Raw = {"categories": []}
    for element in item.iterchildren("*"):
        name = _name(element)
        text = (element.text or "").strip()
        if element.tag == "category":
            fields["categories"].append((element.get("domain") or "category", text))
        elif name == "encoded":
            fields["excerpt" if "excerpt" in element.tag else "content"] = text
        elif name in _POST:
            fields.setdefault(name, text)
    return fields


def _name(element: Any) -> str:
    return str(element.tag).rpartition("}")[2]


def _text(element: Any, name: str) -> str:
    return (element.findtext(f"{{*}}{name}") or "").strip()
