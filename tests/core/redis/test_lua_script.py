"""Lua scripts: a call sends their hash, and no server has to be prepared for it."""

from pathlib import Path

import pytest
from redis import Redis

from service.core.errors import RedisUnavailable
from service.core.redis import LuaScript, RedisLink, lua_script

ADD = LuaScript("-- adds\nreturn redis.call('INCRBY', KEYS[1], ARGV[1])")


def test_a_script_runs_on_every_form_of_redis_also_after_the_server_has_forgotten_it(any_link: RedisLink) -> None:
    with any_link.use() as redis:
        redis.flushall()
        redis.script_flush()
        assert [ADD(redis, ["n"], 2), ADD(redis, ["n"], 3)] == [2, 5]
        redis.script_flush()
        with redis.pipeline(transaction=False) as pipeline:
            ADD(pipeline, ["n"], 1)
            pipeline.incr("n")
            ADD(pipeline, ["n"], 1)
            assert pipeline.execute() == [6, 7, 8]
        redis.script_flush()
        assert ADD(redis, ["n"], 1) == 9


def test_only_the_first_call_sends_the_source(link: RedisLink) -> None:
    with link.use() as redis:
        redis.script_flush()
        redis.config_resetstat()
        for _ in range(5):
            ADD(redis, ["n"], 1)
        commands = redis.info("commandstats")
    assert commands["cmdstat_eval"]["calls"] == 1
    assert commands["cmdstat_evalsha"]["calls"] == 5


def test_a_script_that_fails_is_not_run_again(link: RedisLink, redis_url: str) -> None:
    failing = LuaScript("redis.call('INCR', KEYS[1]) return redis.call('LPUSH', KEYS[1], 1)")
    with pytest.raises(RedisUnavailable, match="WRONGTYPE"), link.use() as redis:
        failing(redis, ["n"])
    with Redis.from_url(redis_url) as client:
        assert int(client.get("n") or 0) == 1


def test_files_are_joined_in_their_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, link: RedisLink) -> None:
    folder = tmp_path / "room" / "lua"
    folder.mkdir(parents=True)
    (folder.parent / "__init__.py").touch()
    (folder / "double.lua").write_text("local function double(n) return 2 * n end")
    (folder / "four.lua").write_text("return double(2)")
    monkeypatch.syspath_prepend(tmp_path)
    with link.use() as redis:
        assert lua_script("room", "double", "four")(redis, []) == 4
    with pytest.raises(FileNotFoundError):
        lua_script("room", "tiada")
