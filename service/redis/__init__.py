"""Redis: the connection that fails fast, and the private server of a single machine."""

from service.redis.link import RedisLink, connect
from service.redis.server import PrivateRedis

__all__ = ["PrivateRedis", "RedisLink", "connect"]
