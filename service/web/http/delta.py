"""Deltas (RFC 3229): the changes since an earlier document, for a reader that has that document."""

import re
from collections.abc import Collection, Mapping
from typing import Any

from werkzeug.datastructures import Accept
from werkzeug.http import parse_accept_header, parse_etags

from service.core.lru import LruCache
from service.documents import encodings
from service.documents.document import Document

MAX_DELTA_BYTES = 4 * 2**20  # of deltas that a process keeps: many readers have the same few earlier documents


class Deltas:
    """Deltas in a content coding. Each is made once for a pair of documents and a coding.

    Only programs named in `agents` get them (`http.delta_agents`). feedparser sends `A-IM: feed` for every program that
    uses it, and rss2email 3.13 and many scripts take no status but 200.
    """

    def __init__(self, agents: Collection[str] = ()) -> None:
        self._agents = {agent.lower() for agent in agents}
        self._made: LruCache[tuple[str, str, str], bytes] = LruCache(MAX_DELTA_BYTES)

    def between(self, document: Document, coding: str, environ: Mapping[str, Any]) -> tuple[str, bytes] | None:
        """Return the ETag of a document that the client has, and the delta since that document in `coding`.

        None if the client does not accept deltas, or if the delta might not tell the client every change. The headers
        User-Agent, A-IM and If-None-Match in the `environ` decide.
        """
        manipulations, known = environ.get("HTTP_A_IM", ""), environ.get("HTTP_IF_NONE_MATCH", "")
        if not manipulations or not self._agents or _product(environ) not in self._agents:
            return None
        if not any(name.lower() == "feed" and liked > 0 for name, liked in parse_accept_header(manipulations, Accept)):
            return None
        for tag in filter(None, parse_etags(known).as_set(include_weak=True)):  # None is the empty tag
            base, _, _ = tag.partition("-")
            if part := self._since(document, base, coding):
                return f'"{tag}"', part
        return None

    def _since(self, document: Document, base: str, coding: str) -> bytes | None:
        key = (document.digest, base, coding)
        made = self._made.get(key)
        if made is None:
            changed = document.delta_index.delta(document.body, base)
            if changed is None:
                return None
            made = encodings.encode(changed, coding)
            self._made.put(key, made, len(made))
        return made


def _product(environ: Mapping[str, Any]) -> str:
    """Return the name of the program: the first product of the User-Agent (RFC 9110 §10.1.5), in lower case."""
    return re.split(r"[/\s(]", environ.get("HTTP_USER_AGENT", ""), maxsplit=1)[0].lower()
