"""The streaming reader for WordPress export files, by lxml. `sandbox_worker` runs it.

The document is split at its items first, and each item is parsed alone: a fault costs one item. Common faults of other
programs' exports (a bare `&`, names of HTML characters, `]]>` in a text) are mended.

A post needs what may stand further down in the file: the URLs of its pictures, blocks that several posts share, and the
names of guest authors. Such a post waits in a temporary file until the end, so that memory holds only these.
"""

import html
import json
import re
import tempfile
from collections.abc import Iterator
from typing import Any, NamedTuple

from lxml import etree

MAX_ITEM_BYTES = 32 * 1024 * 1024  # bytes of an item as it is written, with its comments
MAX_HEAD_BYTES = 16 * 1024 * 1024  # bytes above the first item: authors, categories and tags
MAX_REUSABLE_CHARACTERS = 4_000_000  # characters of all blocks that posts share
MAX_CAPTION_CHARACTERS = 2000  # characters of a caption that are kept
MAX_SHOWN_FILES = 200  # pictures of a gallery or files of a playlist
_CHUNK_BYTES = 64 * 1024
_WITHOUT_COMMENTS_BYTES = 256 * 1024  # bytes of an item from which its comments are removed before it is parsed

_PREFIXES = {
    "excerpt": "http://wordpress.org/export/1.2/excerpt/",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "wfw": "http://wellformedweb.org/CommentAPI/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "wp": "http://wordpress.org/export/1.2/",
}
_VALUES = frozenset(
    [
        "title",
        "link",
        "guid",
        "creator",
        "pubDate",
        "description",
        "post_id",
        "post_name",
        "post_date",
        "post_date_gmt",
        "post_modified",
        "post_modified_gmt",
        "status",
        "post_type",
        "post_parent",
        "post_password",
        "attachment_url",
    ]
)
_META = frozenset(
    [
        "_thumbnail_id",
        "_yoast_wpseo_primary_category",
        "rank_math_primary_category",
        "_wp_old_slug",
        "enclosure",
        "cap-display_name",
        "cap-user_login",
    ]
)
_UNREAD = ("revision", "nav_menu_item", "customize_changeset", "oembed_cache", "wp_global_styles", "custom_css")
_TOKEN = re.compile(rb"<!\[CDATA\[|<item(?=[\s>])|</item\s*>|<!--")
_DECLARED = re.compile(rb"xmlns:([\w.-]{1,40})\s*=\s*[\"']([^\"'<>&]{1,300})[\"']")
_COMMENT = re.compile(rb"<wp:comment>.*?</wp:comment>", re.DOTALL)
_SECTION = re.compile(rb"<!\[CDATA\[(.*?)\]\]>(?=\s*</)", re.DOTALL)
_SPLIT_END = b"]]]]><![CDATA[>"  # the spelling of `]]>` within a CDATA section
_BARE = re.compile(rb"&(?:(amp|lt|gt|quot|apos|#\d{1,7}|#[xX][0-9a-fA-F]{1,6});|([A-Za-z][A-Za-z0-9]{1,30};)?)")
_IDS = re.compile(r"\[(?:gallery|playlist)\b([^\[\]]*)\]")
_ID_LIST = re.compile(r"""\b(?:ids|include)=["']?([\d,\s]+)""")
_REUSED = re.compile(r"<!--\s*wp:(?:core/)?block\s+\{[^{}]*?\"ref\"\s*:\s*(\d+)")

Raw = dict[str, Any]


class _Item(NamedTuple):
    """The bytes of an item, and the line at which it begins."""

    markup: bytes
    line: int


class _Fault(Exception):
    """What cannot be read, from a line on."""

    def __init__(self, reason: str, line: int) -> None:
        super().__init__(reason)
        self.line = line


def items(document: Any, _url: str) -> Iterator[Raw | None]:
    """Yield the posts of all types; those that wait come last. `number` counts all items of the export, from 1.

    Yields None for an attachment, for other items that are no post, and for a post that waits. An item that cannot be
    read is a mapping with `failed` (the error) and `line`. Each post has the keys `site`, `authors`, `categories` and
    `tags` (names), `media` (URL, caption and media type by the id of an attachment) and `reusable` (contents by id).
    """
    export = _Export()
    with tempfile.TemporaryFile("w+", encoding="utf-8") as waiting:
        for post in _posts(document, export):
            if post is None or "failed" in post:
                yield post
            elif export.is_complete_for(post):
                yield export.completed(post)
            else:
                waiting.write(json.dumps(post) + "\n")
                yield None
        waiting.seek(0)
        for line in waiting:
            yield export.completed(json.loads(line))


def _posts(document: Any, export: "_Export") -> Iterator[Raw | None]:
    number = 0
    pieces = _pieces(document)
    try:
        export.read_head(next(pieces).markup)
        for item in pieces:
            for element in _elements(item, export.root):
                number += 1
                yield element if isinstance(element, dict) else export.post(element, number)
    except _Fault as fault:
        yield {"failed": str(fault), "line": fault.line}


def _pieces(document: Any) -> Iterator[_Item]:
    """Yield the text above the first item, then each item. Raises _Fault at an item that has no end or is too long."""
    buffer, at, start, line = bytearray(), 0, -1, 1
    is_head = True
    awaited = b""  # the end of a CDATA section or a comment
    while True:
        if awaited:
            end = buffer.find(awaited, at)
            token = None
        else:
            token = _TOKEN.search(buffer, at)
            end = token.end() if token else -1
        if end < 0:
            begin = 0 if is_head else max(start, 0)
            if is_head and len(buffer) > MAX_HEAD_BYTES:
                raise _Fault("there is no item in the first 16 MB", 1)
            if start >= 0 and len(buffer) - start > MAX_ITEM_BYTES:
                raise _Fault("an item is longer than 32 MB; what follows cannot be read", line)
            keep = begin if is_head or start >= 0 else max(len(buffer) - 16, at, 0)
            at = max(at, len(buffer) - 16, keep)
            chunk = document.read(_CHUNK_BYTES)
            if not chunk:
                break
            line += buffer.count(b"\n", 0, keep)
            del buffer[:keep]
            buffer += chunk
            at -= keep
            start = start - keep if start >= 0 else -1
            continue
        if awaited:
            at, awaited = end + len(awaited), b""
            continue
        assert token  # noqa: S101 - else there is no end
        at = end
        if token[0] == b"<![CDATA[":
            awaited = b"]]>"
        elif token[0] == b"<!--":
            awaited = b"-->"
        elif token[0] == b"<item":
            if is_head:
                yield _Item(bytes(buffer[: token.start()]), 1)
                is_head = False
            if start < 0:
                start = token.start()
        elif start >= 0:
            yield _Item(bytes(buffer[start:at]), line + buffer.count(b"\n", 0, start))
            start = -1
    if is_head:
        yield _Item(bytes(buffer), 1)
    elif start >= 0:
        yield from _rest(bytes(buffer[start:]), line + buffer.count(b"\n", 0, start))
    if b"</channel" not in buffer[-2000:]:
        raise _Fault("the file ends within an item or before its last tag", line + buffer.count(b"\n"))


def _rest(markup: bytes, line: int) -> Iterator[_Item]:
    """The items below an item whose text has no end. They are found without regard to sections of text."""
    for start, end in _places(markup):
        yield _Item(markup[start:end], line + markup.count(b"\n", 0, start))


def _places(markup: bytes) -> Iterator[tuple[int, int]]:
    """Yield the begin and the end of each item in the markup, without regard to sections of text."""
    at = 0
    while (tag := markup.find(b"</item", at)) >= 0 and (end := markup.find(b">", tag)) >= 0:
        start = markup.rfind(b"<item", at, tag)
        if start >= 0:
            yield start, end + 1
        at = end + 1


def _elements(item: _Item, root: bytes) -> Iterator[Any]:
    """The element of an item; a mapping with the error if it cannot be read.

    Where a section of text has no end, the markup has several items.
    """
    markup = item.markup
    if len(markup) > _WITHOUT_COMMENTS_BYTES:
        markup = _COMMENT.sub(b"", markup)
    reason = ""
    try:
        yield _parsed(markup, root)
    except etree.XMLSyntaxError as error:
        reason = str(error.msg)
    if not reason:
        return
    several = [markup[start:end] for start, end in _places(markup)]
    for one in several if len(several) > 1 else [markup]:
        try:
            element = _parsed(_mended(one), root, recover=True)
        except etree.XMLSyntaxError:
            element = None
        is_readable = element is not None and (element.findtext("title") or element.findtext("{*}encoded"))
        yield element if is_readable else {"failed": f"not well-formed: {reason}", "line": item.line}


def _parsed(markup: bytes, root: bytes, *, recover: bool = False) -> Any:
    """The element of an item. None if nothing can be recovered. Raises XMLSyntaxError."""
    # Without huge_tree, libxml2 limits the depth, the length of texts, and the expansion of entities.
    parser = etree.XMLParser(
        recover=recover, resolve_entities=False, remove_comments=True, remove_pis=True, no_network=True
    )
    export = etree.fromstring(root + markup + b"</rss>", parser)
    return next(iter(export), None) if export is not None else None


def _mended(markup: bytes) -> bytes:
    """The item with its sections as escaped text, and with references that XML knows."""
    parts = _SECTION.split(markup)
    for place, part in enumerate(parts):
        if place % 2:
            text = part.replace(_SPLIT_END, b"]]>")
            parts[place] = text.replace(b"&", b"&amp;").replace(b"<", b"&lt;").replace(b">", b"&gt;")
        else:
            parts[place] = _BARE.sub(_reference, part).replace(b"]]>", b"]]&gt;")
    return b"".join(parts)


def _reference(found: re.Match[bytes]) -> bytes:
    if found[1]:
        return found[0]
    character = html.unescape(found[0].decode()) if found[2] else "&"
    return character.replace("&", "&amp;").replace("<", "&lt;").encode()


class _Export:
    """What the items of an export share."""

    def __init__(self) -> None:
        self.root = b""
        self._site = ""
        self._names: dict[str, str] = {}  # of authors, by their login
        self._terms: dict[str, str] = {}  # names of categories by the id of the term
        self._categories: dict[str, tuple[str, str]] = {}  # name, and slug of the parent, by slug
        self._media: dict[str, tuple[str, str, str]] = {}
        self._own: dict[str, list[str]] = {}  # ids of the pictures that were uploaded to a post, by its id
        self._reusable: dict[str, str] = {}
        self._reusable_characters = 0

    def read_head(self, head: bytes) -> None:
        """Read the site, the authors and the categories above the first item."""
        declared = {prefix.decode(): uri.decode() for prefix, uri in _DECLARED.findall(head[:_CHUNK_BYTES])}
        names = " ".join(f'xmlns:{prefix}="{uri}"' for prefix, uri in (_PREFIXES | declared).items())
        self.root = f"<rss {names}>".encode()
        begin = head.find(b"<channel")
        parser = etree.XMLParser(recover=True, resolve_entities=False, remove_comments=True, no_network=True)
        channel = etree.fromstring(self.root + _mended(head[begin:] if begin >= 0 else b"") + b"</rss>", parser)
        if channel is None:
            return
        self._site = _text(channel, "base_blog_url") or _text(channel, "link")
        for element in channel.iter("*"):
            name = _name(element)
            if name == "author":
                self._names[_text(element, "author_login")] = _text(element, "author_display_name")
            elif name == "category":
                self._add_category(element, "category_nicename", "category_parent", "cat_name")
            elif name == "term" and _text(element, "term_taxonomy") == "category":
                self._add_category(element, "term_slug", "term_parent", "term_name")

    def _add_category(self, element: Any, slug: str, parent: str, name: str) -> None:
        said = _text(element, name) or _text(element, slug)
        self._terms[_text(element, "term_id")] = said
        self._categories.setdefault(_text(element, slug), (said, _text(element, parent)))

    def post(self, item: Any, number: int) -> Raw | None:
        """The post of an item. None for an attachment and for other items that are no post, which it remembers."""
        fields = _fields(item)
        kind, id_ = fields.get("post_type", ""), fields.get("post_id", "")
        if kind == "attachment":
            self._add_attachment(id_, fields)
            return None
        if kind == "wp_block":
            self._reusable_characters += len(fields.get("content", ""))
            if self._reusable_characters <= MAX_REUSABLE_CHARACTERS:
                self._reusable[id_] = fields.get("content", "")
            return None
        if kind == "guest-author":
            meta = fields["meta"]
            name = next(iter(meta.get("cap-display_name", [])), "") or fields.get("title", "")
            self._names[next(iter(meta.get("cap-user_login", [])), "")] = name
            return None
        if kind in _UNREAD or not (kind or fields.get("content") or fields.get("title")):
            return None
        return {**fields, "number": number, "site": self._site}

    def _add_attachment(self, id_: str, fields: Raw) -> None:
        url = fields.get("attachment_url") or fields.get("guid", "")
        if not url:
            return
        self._media[id_] = (url, fields.get("excerpt", "")[:MAX_CAPTION_CHARACTERS], "")
        parent = fields.get("post_parent", "0")
        if parent != "0" and re.search(r"\.(?:jpe?g|png|gif|webp|avif)$", url, re.IGNORECASE):
            self._own.setdefault(parent, []).append(id_)

    def is_complete_for(self, post: Raw) -> bool:
        """Whether everything that the post needs is known already."""
        shown, is_own = _shown_files(post)
        logins = [name for slug, name in post["coauthors"] if name == slug]
        return (
            not is_own
            and all(id_ in self._media for id_ in shown)
            and all(id_ in self._reusable for id_ in _REUSED.findall(post.get("content", "")))
            and all(login in self._names for login in logins)
        )

    def completed(self, post: Raw) -> Raw:
        """The post with the names and files that it needs."""
        shown, is_own = _shown_files(post)
        media = {id_: self._media[id_] for id_ in shown if id_ in self._media}
        if is_own:
            own = self._own.get(post.get("post_id", ""), [])[:MAX_SHOWN_FILES]
            media |= {f"own:{id_}": self._media[id_] for id_ in own}
        reusable = {id_: self._reusable.get(id_, "") for id_ in self._reused(post.get("content", ""))}
        return {**post, "media": media, "reusable": reusable, **self._labels(post)}

    def _reused(self, content: str) -> list[str]:
        found = _REUSED.findall(content)[:MAX_SHOWN_FILES]
        return [*found, *(inner for id_ in found for inner in _REUSED.findall(self._reusable.get(id_, "")))]

    def _labels(self, post: Raw) -> Raw:
        """The names of the authors and the categories. The primary category comes first, the parents last."""
        login = post.get("creator", "")
        authors = [self._names.get(name) or self._names.get(slug) or name for slug, name in post["coauthors"]]
        slugs = [slug for slug, _ in post["categories"]]
        names = [name or self._categories.get(slug, (slug, ""))[0] for slug, name in post["categories"]]
        meta = post["meta"]
        primary = [*meta.get("_yoast_wpseo_primary_category", []), *meta.get("rank_math_primary_category", [])]
        first = [self._terms[id_] for id_ in primary if self._terms.get(id_) in names]
        parents = [name for slug in slugs for name in self._parents(slug)]
        return {
            "authors": authors or [self._names.get(login) or login],
            "categories": list(dict.fromkeys([*first, *names, *parents])),
        }

    def _parents(self, slug: str) -> list[str]:
        """The names of the categories above a category, the nearest first."""
        found: list[str] = []
        seen = {slug}
        while (parent := self._categories.get(slug, ("", ""))[1]) and parent not in seen:
            seen.add(parent)
            if parent in self._categories:
                found.append(self._categories[parent][0])
            slug = parent
        return found


def _shown_files(post: Raw) -> tuple[list[str], bool]:
    """The ids of the attachments that a post shows, and whether it shows those that were uploaded to it."""
    shown = [id_ for id_ in post["meta"].get("_thumbnail_id", []) if id_ not in ("", "0", "-1")]
    is_own = False
    for attributes in _IDS.findall(post.get("content", "")):
        if named := _ID_LIST.search(attributes):
            shown += [id_.strip() for id_ in named[1].split(",") if id_.strip()]
        else:
            is_own = True
    return shown[:MAX_SHOWN_FILES], is_own


def _fields(item: Any) -> Raw:
    """The values of an item, by the names of its elements. The `encoded` elements become `excerpt` and `content`."""
    fields: Raw = {"categories": [], "tags": [], "coauthors": [], "meta": {}}
    for element in item.iterchildren("*"):
        name = _name(element)
        text = (element.text or "").strip()
        if name == "category" and not _is_wp(element):
            _add_label(fields, element.get("domain") or "category", element.get("nicename") or "", text)
        elif name == "encoded":
            fields["excerpt" if "excerpt" in element.tag else "content"] = text
        elif name == "postmeta":
            key = _text(element, "meta_key")
            if key in _META and (value := _text(element, "meta_value")):
                fields["meta"].setdefault(key, []).append(value)
        elif name in _VALUES:
            fields.setdefault(name, text)
    return fields


def _add_label(fields: Raw, domain: str, slug: str, text: str) -> None:
    if domain == "category":
        fields["categories"].append((slug, text))
    elif domain in ("post_tag", "tag"):
        fields["tags"].append(text or slug)
    elif domain == "author":  # of the plugin Co-Authors Plus; `cap-` begins its slugs
        fields["coauthors"].append((slug.removeprefix("cap-"), text))


def _name(element: Any) -> str:
    return str(element.tag).rpartition("}")[2].rpartition(":")[2]


def _is_wp(element: Any) -> bool:
    return "wordpress.org/export/" in element.tag


def _text(element: Any, name: str) -> str:
    return (element.findtext(f"{{*}}{name}") or element.findtext(f".//{{*}}{name}") or "").strip()
