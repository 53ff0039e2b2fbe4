"""The overrides of editors in Redis, beside the views. A ranking reads only Redis, also while the store is away.

The store is the truth. Redis has all overrides of one version in one hash, and never only a part of them.
"""

import json
from collections.abc import Iterable
from itertools import groupby
from typing import Any

from service.core.redis import RedisLink, lua_script
from service.feeds.editorial import OverrideRecord
from service.views.redis_keys import OVERRIDES

_VERSION = "version"  # a field of the hash; the other fields are named after lists of articles
_REPLACE = lua_script("service.views", "replace_overrides")


class RedisOverrides:
    """The overrides in force, in Redis. `rank.lua` applies them. Every method may raise RedisUnavailable."""

    def __init__(self, link: RedisLink) -> None:
        self._link = link

    def version(self) -> int | None:
        """Return the version of the overrides in Redis; None after Redis has lost its data."""
        with self._link.use() as redis:
            version = redis.hget(OVERRIDES, _VERSION)
        return None if version is None else int(version)

    def replace(self, records: Iterable[OverrideRecord], version: int, seen: int | None) -> bool:
        """Replace the overrides in Redis by `records`, which are all overrides in force as of `version`.

        Returns False, and changes nothing, if the version in Redis is not `seen` (None: no version).
        """
        by_list = groupby(sorted(records, key=_list_name), key=_list_name)
        fields = {list_name: json.dumps([_row(record) for record in some]) for list_name, some in by_list}
        flat = [part for pair in fields.items() for part in pair]
        with self._link.use() as redis:
            return bool(_REPLACE(redis, [OVERRIDES], "" if seen is None else seen, _VERSION, version, *flat))


def _list_name(record: OverrideRecord) -> str:
    return record.override.list_name


def _row(record: OverrideRecord) -> list[Any]:
    """The override as `rank.lua` reads it: article id, kind, factor, end in seconds since the epoch, position, key."""
    override = record.override
    until = override.until.timestamp() if override.until else None
    return [record.article_id, override.kind, override.factor, until, *record.place]
