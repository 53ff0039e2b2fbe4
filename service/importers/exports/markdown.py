"""Markdown with front matter, as Jekyll and Hugo write it.

Front matter is YAML between lines of `---`, or TOML between lines of `+++`. The id is that of the front matter, else
the URL, else the name of the file. Jekyll writes the date into the name (`2021-09-10-slug.md`), and patterns such
as `/:year/:title/` into `permalink`. Tags of Liquid and
shortcodes of Hugo are removed; what is between them stays.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import tzinfo
from pathlib import PurePath
from typing import Any

from service.articles import dates
from service.importers import sandbox, sniff
from service.importers.exports import permalinks
from service.importers.feed_entry import EntryFile, FeedEntry, to_item
from service.importers.options import ReadOptions
from service.importers.result import ImportItem, RefusedItem
from service.importers.source import OpenSource
from service.importers.urls import joined

MAX_DOCUMENT_BYTES = 10 * 1024 * 1024  # bytes of a document
_FRONT_MATTER = re.compile(r"(?:---|\+\+\+)[ \t]*\r?\n")
_DATED_NAME = re.compile(r"(\d{4}-\d\d-\d\d)-(.+)")

Raw = Mapping[str, Any]  # the front matter in lower case, and `body`, as markdown_reader yields them


def recognises(first: bytes) -> bool:
    """True if the source begins with front matter."""
    return bool(_FRONT_MATTER.match(sniff.first_text(first)))


def read(source: OpenSource, options: ReadOptions) -> Iterator[ImportItem]:
    """Read the article, with the place `article`. A naive time is in the zone of the options.

    Raises SourceUnreadable if the front matter cannot be read, or if there are more than MAX_DOCUMENT_BYTES.
    """
    for raw in sandbox.parse_in_process("exports/markdown_reader", source, MAX_DOCUMENT_BYTES):
        entry = RefusedItem("article", raw) if isinstance(raw, str) else _entry(raw, source, options)
        yield entry if isinstance(entry, RefusedItem) else to_item("article", entry, options.zone)


def _entry(raw: Raw, source: OpenSource, options: ReadOptions) -> FeedEntry:
    site = options.base_url
    path = PurePath(source.url or source.name)
    name = path.parent.name if path.stem in ("index", "_index") else path.stem  # Hugo's page bundles
    dated = _DATED_NAME.fullmatch(name)
    data = raw["front_matter"]
    published = _text(data, "date", "publishdate", "published_at", "pubdate") or (dated[1] if dated else "")
    categories = _names(data, "categories", "category", " ")
    told = _text(data, "canonical_url", "canonicalurl", "url") or _permalink(
        _text(data, "permalink"),
        _text(data, "slug") or (dated[2] if dated else name),
        categories,
        published,
        options.zone,
    )
    url = joined(site, told) if told else ""  # a relative URL without a site stays relative
    url = url if url.startswith(("http://", "https://")) else ""
    is_draft = _is_set(data, "draft") or data.get("published") is False or path.parent.name == "_drafts"
    image = data.get("image") or data.get("cover") or data.get("featured_image") or data.get("thumbnail") or ""
    image = image if isinstance(image, Mapping) else {"url": image}
    return FeedEntry(
        base=url or site,
        id=_text(data, "id", "guid", "uuid") or url or name,
        url=url,
        title=_text(data, "title") or raw["heading"],
        summary=_text(data, "description", "excerpt", "summary", "subtitle"),
        content_html=raw["body"],
        authors=[(author, "") for author in _names(data, "authors", "author", ",")],
        categories=categories,
        tags=_names(data, "tags", "tag", " "),
        published=published,
        updated=_text(data, "lastmod", "last_modified_at", "updated", "modified"),
        language=_text(data, "lang", "language", "locale"),
        files=[EntryFile(url=_text(image, "url", "path", "src", "image", "feature"), is_image=True)],
        caption=_text(image, "caption", "alt"),
        status="draft" if is_draft else "",
        notes=raw["notes"],
    )


def _permalink(permalink: str, title: str, categories: Sequence[str], published: str, zone: tzinfo) -> str:
    try:
        when = dates.parse(published, zone) if published else None
    except dates.UnreadableDate:
        when = None
    return permalinks.expanded(permalink, title, categories, when) if permalink else ""


def _text(data: Raw, *names: str) -> str:
    """The first value of the names that is a text or a number."""
    values = (data.get(name) for name in names)
    return next((str(v) for v in values if isinstance(v, str | int | float) and not isinstance(v, bool)), "")


def _names(data: Raw, several: str, one: str, separator: str) -> list[str]:
    """The names in a list, or in a text with separators; in objects, the value of `name`."""
    value = data.get(several, data.get(one))
    if isinstance(value, str):
        value = value.split("," if "," in value else separator) if several in data or separator == "," else [value]
    found = value if isinstance(value, list) else [value]
    return [name for part in found if (name := _name(part))]


def _name(part: object) -> str:
    if isinstance(part, Mapping):
        part = part.get("name")
    return str(part).strip() if isinstance(part, str | int | float) and not isinstance(part, bool) else ""


def _is_set(data: Raw, name: str) -> bool:
    return data.get(name) is True or str(data.get(name)).lower() == "true"
