"""Redis: a client that fails fast, Lua scripts, and the private Redis server of a single machine."""

from service.core.redis.client import connect
from service.core.redis.link import RedisLink
from service.core.redis.lua_script import LuaScript, lua_script
from service.core.redis.private_server import PrivateRedis

__all__ = ["LuaScript", "PrivateRedis", "RedisLink", "connect", "lua_script"]
