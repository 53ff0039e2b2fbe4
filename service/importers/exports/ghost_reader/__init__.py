"""The reader for Ghost's export. It joins the tables of posts, authors and tags. `sandbox_worker` runs it.

Posts without HTML, such as drafts of other programs, have the document of an editor: `lexical` or `mobiledoc`.
"""

import json
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from . import lexical, mobiledoc

_TEXTS = (
    *("id", "uuid", "title", "slug", "html", "plaintext", "status", "published_at", "created_at", "updated_at"),
    *("custom_excerpt", "canonical_url", "feature_image", "feature_image_caption", "locale"),
)

Row = dict[str, Any]


def items(document: Any, _url: str) -> Iterator[Row | str]:
    """Yield the posts, with `type`, and with the names of their `authors` and `tags` in order. Other values are texts.

    Raises ValueError if the document is no export of Ghost.
    """
    try:
        export = json.loads(document.read())
    except RecursionError:
        raise ValueError("not valid JSON: nested too deep") from None
    except ValueError as error:
        raise ValueError(f"not valid JSON: {error}") from None
    database = export.get("db", export) if isinstance(export, dict) else None
    database = database[0] if isinstance(database, list) and database else database
    tables = database.get("data", database) if isinstance(database, dict) else None
    if not isinstance(tables, dict) or not isinstance(tables.get("posts"), list):
        raise ValueError("not an export of Ghost: it has no posts")  # noqa: TRY004 - the document is wrong, not our types
    authors = _joined(tables, "posts_authors", "author_id", "users")
    tags = _joined(tables, "posts_tags", "tag_id", "tags")
    users = {row.get("id"): row.get("name") for row in _rows(tables, "users")}
    captions = {row.get("post_id"): row for row in _rows(tables, "posts_meta")}
    for post in tables["posts"]:
        if not isinstance(post, dict):
            yield "not a JSON object"
            continue
        id_ = post.get("id")
        known = {**captions.get(id_, {}), **{name: value for name, value in post.items() if value is not None}}
        old_author = users.get(post.get("author_id")) or users.get(post.get("author"))
        yield {
            **{name: _text(known.get(name)) for name in _TEXTS},
            "html": _text(known.get("html"))
            or lexical.rendered(_text(known.get("lexical")))
            or mobiledoc.rendered(_text(known.get("mobiledoc"))),
            "type": _text(post.get("type")) or ("page" if post.get("page") else "post"),
            "authors": authors[id_] or [name for name in [old_author] if isinstance(name, str)],
            "tags": tags[id_],
        }


def _joined(tables: Row, join: str, key: str, table: str) -> defaultdict[Any, list[str]]:
    """The names of the rows of `table` that belong to each post, in their order."""
    names = {row.get("id"): row.get("name") for row in _rows(tables, table)}
    found: defaultdict[Any, list[str]] = defaultdict(list)
    for row in sorted(_rows(tables, join), key=lambda row: _order(row.get("sort_order"))):
        if isinstance(name := names.get(row.get(key)), str):
            found[row.get("post_id")].append(name)
    return found


def _rows(tables: Row, name: str) -> list[Row]:
    rows = tables.get(name)
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []


def _order(value: object) -> int:
    return value if isinstance(value, int) else 0


def _text(value: object) -> str:
    return str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""
