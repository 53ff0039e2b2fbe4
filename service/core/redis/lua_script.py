"""Lua scripts that Redis runs. A call sends the hash of the script (EVALSHA), not its source."""

import hashlib
from collections.abc import Sequence
from importlib import resources
from typing import Any

from redis.client import Pipeline
from redis.cluster import ClusterPipeline
from redis.exceptions import NoScriptError


class LuaScript:
    """A Lua script. Threads may share it, and any number of servers.

    A call is one round trip. A server without the script answers NOSCRIPT and runs nothing: after a restart, a
    failover or SCRIPT FLUSH. It gets the source in a second round trip, and stores it.
    """

    def __init__(self, source: str) -> None:
        self._source = source
        self._sha = hashlib.sha1(source.encode(), usedforsecurity=False).hexdigest()

    def __call__(self, redis: Any, keys: Sequence[str], *arguments: Any) -> Any:
        """Run the script with KEYS and ARGV; in a pipeline, queue it. `arguments` are text, bytes or numbers."""
        call = (len(keys), *keys, *arguments)
        if isinstance(redis, Pipeline | ClusterPipeline):  # NOSCRIPT would come when the other commands have been run
            return redis.execute_command("EVAL", self._source, *call)  # ClusterPipeline has no method `eval`
        try:
            return redis.evalsha(self._sha, *call)
        except NoScriptError:
            return redis.eval(self._source, *call)


def lua_script(package: str, *names: str) -> LuaScript:
    """Load `lua/NAME.lua` of a package. Several files become one script: functions first, and last what calls them."""
    folder = resources.files(package) / "lua"
    return LuaScript("\n".join((folder / f"{name}.lua").read_text("utf-8") for name in names))
