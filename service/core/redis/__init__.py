"""Redis: a client that fails fast, and the private Redis server of a single machine."""

from service.core.redis.client import RedisLink, connect
from service.core.redis.private_server import PrivateRedis

__all__ = ["PrivateRedis", "RedisLink", "connect"]
