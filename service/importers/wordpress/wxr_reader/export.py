"""Data that posts of an export refer to: names of authors and categories, files, and blocks."""

import re
from typing import Any

from .fields import Raw, fields_of, local_name, text_of

MAX_REUSABLE_CHARACTERS = 4_000_000  # characters of all blocks that posts share
MAX_CAPTION_CHARACTERS = 2000  # characters of a caption and of an alternative text that are kept
MAX_SHOWN_FILES = 200  # pictures of a gallery or files of a playlist

_UNREAD = ("revision", "nav_menu_item", "customize_changeset", "oembed_cache", "wp_global_styles", "custom_css")
_IDS = re.compile(r"\[(?:gallery|playlist)\b([^\[\]]*)\]")
_ID_LIST = re.compile(r"""\b(?:ids|include)=["']?([\d,\s]+)""")
_REUSED = re.compile(r"<!--\s*wp:(?:core/)?block\s+\{[^{}]*?\"ref\"\s*:\s*(\d+)")


class Export:
    """Data that posts of an export refer to, collected from its head and its other items."""

    def __init__(self) -> None:
        self._site = ""
        self._names: dict[str, str] = {}  # of authors, by their login
        self._terms: dict[str, str] = {}  # names of categories by the id of the term
        self._categories: dict[str, tuple[str, str]] = {}  # name, and slug of the parent, by slug
        self._media: dict[str, tuple[str, str, str]] = {}  # URL, caption and alternative text, by id
        self._own: dict[str, list[str]] = {}  # ids of the pictures that were uploaded to a post, by its id
        self._reusable: dict[str, str] = {}
        self._reusable_characters = 0

    def read_head(self, channel: Any) -> None:
        """Read the site, the authors and the categories. `channel` is the element around them, or None."""
        if channel is None:
            return
        self._site = text_of(channel, "base_blog_url") or text_of(channel, "link")
        for element in channel.iter("*"):
            name = local_name(element)
            if name == "author":
                self._names[text_of(element, "author_login")] = text_of(element, "author_display_name")
            elif name == "category":
                self._add_category(element, "category_nicename", "category_parent", "cat_name")
            elif name == "term" and text_of(element, "term_taxonomy") == "category":
                self._add_category(element, "term_slug", "term_parent", "term_name")

    def _add_category(self, element: Any, slug: str, parent: str, name: str) -> None:
        said = text_of(element, name) or text_of(element, slug)
        self._terms[text_of(element, "term_id")] = said
        self._categories.setdefault(text_of(element, slug), (said, text_of(element, parent)))

    def post(self, item: Any, number: int) -> Raw | None:
        """The post of an item. None for an attachment and for other items that are no post, which it remembers."""
        fields = fields_of(item)
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
        alt = next(iter(fields["meta"].get("_wp_attachment_image_alt", [])), "")
        self._media[id_] = (url, fields.get("excerpt", "")[:MAX_CAPTION_CHARACTERS], alt[:MAX_CAPTION_CHARACTERS])
        parent = fields.get("post_parent", "0")
        if parent != "0" and re.search(r"\.(?:jpe?g|png|gif|webp|avif)$", url, re.IGNORECASE):
            self._own.setdefault(parent, []).append(id_)

    def is_complete_for(self, post: Raw) -> bool:
        """True if all data that the post refers to is known already."""
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
