"""Redis: a client that fails fast, Lua scripts, messages between hosts, and a single machine's private server."""

from service.core.redis.client import connect
from service.core.redis.link import RedisLink
from service.core.redis.lua_script import LuaScript, lua_script
from service.core.redis.private_server import PrivateRedis
from service.core.redis.subscription import Subscription, publish

__all__ = ["LuaScript", "PrivateRedis", "RedisLink", "Subscription", "connect", "lua_script", "publish"]
