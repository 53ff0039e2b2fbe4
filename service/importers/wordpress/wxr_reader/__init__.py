"""The streaming reader for WordPress export files. `sandbox_worker` runs it.

The document is split at its items first (`item_bytes`), and each item is parsed alone (`markup`).

A post needs what may stand further down in the file: the URLs of its pictures, blocks that several posts share, and the
names of guest authors (`export`). Such a post waits in a temporary file until the end, so that memory holds only these.
The modules import each other and nothing of the service.
"""

import json
import tempfile
from collections.abc import Iterator
from typing import Any

from .export import Export
from .fields import Raw
from .item_bytes import ExportFault, pieces
from .markup import channel, elements, root_tag


def items(document: Any, _url: str) -> Iterator[Raw | None]:
    """Yield the posts of all types; those that wait come last. `number` counts all items of the export, from 1.

    Yields None for an attachment, for other items that are no post, and for a post that waits. An item that cannot be
    read is a mapping with `failed` (the error) and `line`. Each post has the keys `site`, `authors`, `categories` and
    `tags` (names), `media` (URL, caption and media type by the id of an attachment) and `reusable` (contents by id).
    """
    export = Export()
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


def _posts(document: Any, export: Export) -> Iterator[Raw | None]:
    number = 0
    split = pieces(document)
    try:
        head = next(split).markup
        root = root_tag(head)
        export.read_head(channel(head, root))
        for item in split:
            for element in elements(item, root):
                number += 1
                yield element if isinstance(element, dict) else export.post(element, number)
    except ExportFault as fault:
        yield {"failed": str(fault), "line": fault.line}
