"""Limits and tokens in Redis, by the clock of the Redis server; every key expires.

The scripts are sent again after a restart or `SCRIPT FLUSH`. What waits for the server waits in a thread of its own, so that a frozen server
costs no more than the time that was given.
"""

from __future__ import annotations

from inspect import iscoroutinefunction
from typing import TYPE_CHECKING, Any, cast

from ..errors import ArgumentError
from .bounded import Bounded
from .stores import LONGEST_LEASE, MARGIN, Kept, store_error

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..declared.operation import RateLimit

# Scores are microseconds, written in full: Lua's own text of a number keeps 14 digits. After a step back of the server's clock
# entries would lie in its future; those count from now on.
_NOW = """
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local function text(number) return string.format('%.0f', number) end
"""
_TAKE = (
    _NOW
    + """
local key, permit, lease, most, longest = KEYS[1], ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
for _, member in ipairs(redis.call('ZRANGEBYSCORE', key, '(' .. text(now + most), '+inf')) do
  redis.call('ZADD', key, text(now), member)
end
redis.call('ZREMRANGEBYSCORE', key, '-inf', text(now - longest))
local wait, size = 0, redis.call('ZCARD', key)
for index = 5, #ARGV, 2 do
  local requests, window = tonumber(ARGV[index]), tonumber(ARGV[index + 1])
  if size >= requests then
    local found = redis.call('ZRANGE', key, size - requests, size - requests, 'WITHSCORES')
    wait = math.max(wait, math.min(tonumber(found[2]), now) + window - now)
  end
end
if wait <= 0 then
  redis.call('ZADD', key, text(now + lease), permit)
  redis.call('PEXPIRE', key, text((longest + most) / 1000 + 1000))
end
return text(math.max(wait, 0))
"""
)
_DONE = (
    _NOW
    + """
local score = redis.call('ZSCORE', KEYS[1], ARGV[1])
if score and tonumber(score) > now then redis.call('ZADD', KEYS[1], text(now), ARGV[1]) end
"""
)
_CLAIM = """
local value = redis.call('HGET', KEYS[1], 'value')
if value and value ~= ARGV[2] then
  return {value, redis.call('PTTL', KEYS[1]), redis.call('GET', KEYS[3]) or ''}
end
local holder = redis.call('GET', KEYS[2])
if holder and holder ~= ARGV[1] then return {'', redis.call('PTTL', KEYS[2]), ''} end
redis.call('SET', KEYS[2], ARGV[1], 'PX', ARGV[3])
return {'', -9, ''}
"""
_KEEP = """
if ARGV[2] ~= '' then
  redis.call('HSET', KEYS[1], 'value', ARGV[2])
  redis.call('PEXPIRE', KEYS[1], ARGV[3])
  if ARGV[4] ~= '' then redis.call('SET', KEYS[3], ARGV[4], 'PX', 2592000000) else redis.call('DEL', KEYS[3]) end
end
if redis.call('GET', KEYS[2]) == ARGV[1] then redis.call('DEL', KEYS[2]) end
"""


class RedisStore:
    """A store behind a synchronous client of redis-py, which stays the caller's."""

    def __init__(self, client: object, what: str) -> None:
        if iscoroutinefunction(getattr(client, "execute_command", None)):
            raise ArgumentError(
                "client is an asynchronous Redis client; give a redis.Redis, which asynchronous clients use too.",
                argument="client",
            )
        if not hasattr(client, "register_script"):
            raise ArgumentError(f"client is of type {type(client).__name__}; give a redis.Redis.", argument="client")
        self._client = cast("Any", client)
        self._what = what
        self._bounded = Bounded()
        self._take, self._done, self._claim, self._keep = map(
            self._client.register_script, (_TAKE, _DONE, _CLAIM, _KEEP)
        )

    def _ask(self, question: Callable[[], Any], patience: float) -> Any:
        from redis.exceptions import RedisError

        problem = ""
        try:
            return self._bounded.run(question, patience)
        except TimeoutError:
            problem = "Redis does not answer in time"
        except RedisError as error:
            problem = f"Redis cannot be reached or refuses ({type(error).__name__})"
        except OSError as error:
            problem = f"Redis cannot be reached ({error.strerror or type(error).__name__})"
        raise store_error(self._what, problem)

    def take(self, key: str, limits: tuple[RateLimit, ...], permit: str, lease: float, patience: float) -> float:
        """Take a permit for at most `lease` seconds and return 0, or take none and return the seconds to wait."""
        windows = [(limit.requests, _micro(limit.seconds + MARGIN)) for limit in limits]
        longest = max(window for _, window in windows)
        given = [permit, _micro(min(lease, LONGEST_LEASE)), _micro(LONGEST_LEASE + 1), longest]
        given += [part for pair in windows for part in pair]
        wait = self._ask(lambda: self._take(keys=[f"loyalty-limit:{key}"], args=given), patience)
        return int(wait) / 1e6

    def done(self, key: str, permit: str, *, sent: bool, patience: float) -> None:
        """Say that the call of a permit has ended; one that was not sent is given back."""
        name = f"loyalty-limit:{key}"
        if sent:
            self._ask(lambda: self._done(keys=[name], args=[permit]), patience)
        else:
            self._ask(lambda: self._client.zrem(name, permit), patience)

    def claim(self, key: str, name: str, refused: str | None, lease: float, patience: float) -> Kept | float:
        """Return the kept token unless it is the refused one; else 0 for the one who is to ask for a new one, or seconds to wait."""
        given = [name, refused or "", max(int(min(lease, LONGEST_LEASE) * 1000), 1)]
        value, left, refresh = self._ask(lambda: self._claim(keys=_names(key), args=given), patience)
        if value:
            return Kept(_text(value), int(left) / 1000, _text(refresh) or None)
        return 0.0 if int(left) == -9 else max(int(left), 1) / 1000

    def refresh_token(self, key: str, patience: float) -> str | None:
        """Return the refresh token of the last token, if there is one."""
        return _text(self._ask(lambda: self._client.get(_names(key)[2]), patience) or "") or None

    def keep(self, key: str, name: str, token: Kept | None, patience: float) -> None:
        """Keep the token that was asked for, or end the claim without one."""
        given = [name, "", 1, ""]
        if token is not None:
            given = [name, token.value, max(int(token.seconds * 1000), 1), token.refresh or ""]
        self._ask(lambda: self._keep(keys=_names(key), args=given), patience)

    def close(self) -> None:
        """End the threads; the Redis client is the caller's to close."""
        self._bounded.close()


def _names(key: str) -> list[str]:
    # One slot of a cluster holds them all.
    return [f"loyalty-token:{{{key}}}", f"loyalty-token:{{{key}}}:claim", f"loyalty-token:{{{key}}}:refresh"]


def _micro(seconds: float) -> int:
    return round(seconds * 1e6)


def _text(value: str | bytes) -> str:
    return value.decode() if isinstance(value, bytes) else value
