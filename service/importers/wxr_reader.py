"""WordPress export files, read by lxml as they stream: the reader that `apart_worker` runs.

Posts come with their author's name and their photo. A post whose photo's attachment stands below it (most do) waits in
a temporary file until the end, so that memory holds no more than the addresses and captions of attachments.
"""

import json
import tempfile
from collections.abc import Iterator
from typing import Any

from lxml import etree

_READ = ("item", "author", "comment", "postmeta", "category", "tag", "term")  # and dropped at once: memory stays flat
_POST = {
    *("title", "link", "guid", "creator", "pubDate", "post_id", "post_date", "post_date_gmt", "post_modified"),
    *("post_modified_gmt", "status", "post_type", "post_password", "attachment_url"),
}
_CAPTION = 2000  # characters

Raw = dict[str, Any]
Photos = dict[str, tuple[str, str]]  # address and caption by the attachment's post_id


def items(document: Any, _url: str) -> Iterator[Raw | None]:
    """The posts, those first that are complete at their place; `number` is that among all items of the export.

    None for what is no post. The last one says `failed` and `line` where the document is ill-formed.
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
    """Each item that is a post, its photo named by its attachment's id; None for others; fills `photos`."""
    names: dict[str, str] = {}
    number, photo = 0, ""
    for element in _elements(document):
        kind = _name(element)
        if kind == "item":
            number += 1
            fields = _fields(element)
            if fields.get("post_type") == "attachment" and fields.get("attachment_url"):
                photos[fields.get("post_id", "")] = fields["attachment_url"], fields.get("excerpt", "")[:_CAPTION]
            is_post = fields.get("post_type") == "post"
            login = fields.get("creator", "")
            yield {**fields, "author": names.get(login) or login, "number": number, "photo": photo} if is_post else None
            photo = ""
        elif kind == "author":
            names[_text(element, "author_login")] = _text(element, "author_display_name")
        elif kind == "postmeta" and _text(element, "meta_key") == "_thumbnail_id":
            photo = _text(element, "meta_value")


def _elements(document: Any) -> Iterator[Any]:
    """The elements of _READ as they end, but for an item's own categories; each is gone when the next one comes."""
    tags = [f"{{*}}{name}" for name in _READ]
    # Without huge_tree, libxml2 limits depth, the length of texts, and what entities grow to.
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
    """What the item tells, by the names of its elements; of `encoded`, by what it encodes."""
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
