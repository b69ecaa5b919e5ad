"""Rate limits kept before the server has to refuse.

In memory the sliding log below does it: importing pyrate-limiter costs some 180 ms and 15 MB, more than everything else here together,
and its in-memory bucket does the same.
Where processes share a key, its SQLite file or Redis buckets are used.
"""

from __future__ import annotations

import threading
from collections import deque
from typing import TYPE_CHECKING, Any, Protocol, cast

from ..declared.operation import RateLimit

if TYPE_CHECKING:
    from collections.abc import Callable
    from os import PathLike
    from typing import Any

    from ..clock import Clock

_MARGIN = 0.05  # A request that leaves later may arrive sooner; without a margin the server could count one too many.


class _Bucket(Protocol):
    def take(self, now: float) -> float:
        """Take a permit and return 0, or take none and return the seconds to wait."""
        ...


class _MemoryBucket:
    __slots__ = ("_lock", "_log", "limits")

    def __init__(self, limits: tuple[RateLimit, ...]) -> None:
        self.limits = limits
        self._log: deque[float] = deque(maxlen=max(limit.requests for limit in limits))
        self._lock = threading.Lock()

    def take(self, now: float) -> float:
        with self._lock:
            log = self._log
            wait = 0.0
            for limit in self.limits:
                if len(log) >= limit.requests:
                    wait = max(wait, log[-limit.requests] + limit.seconds + _MARGIN - now)
            if wait > 0:
                return wait
            log.append(now)
            return 0.0


class _LibraryBucket:
    """A bucket of pyrate-limiter; `take` may block for a moment on a file or the network."""

    __slots__ = ("_bucket", "_lock")

    def __init__(self, bucket: Any) -> None:
        self._bucket = bucket
        self._lock = threading.Lock()

    def take(self, now: float) -> float:
        from pyrate_limiter import RateItem

        item = RateItem("call", int(now * 1000))
        with self._lock:
            self._bucket.leak(item.timestamp)
            # pyrate-limiter's file lock covers processes only when the caller holds it around put and waiting.
            shared = self._bucket.limiter_lock()
            if shared is not None:
                with shared:
                    return self._take(item)
            return self._take(item)

    def _take(self, item: Any) -> float:
        if self._bucket.put(item):
            return 0.0
        return float(max(int(self._bucket.waiting(item)), 1)) / 1000 + _MARGIN


class RateLimiter:
    """Keeps the declared limits of each credential, for every client that is given this object.

    `RateLimiter()` keeps them in memory; `RateLimiter.sqlite(path)` in a file that processes of one machine share (needs the
    package filelock); `RateLimiter.redis(client)` in Redis. Entries are named by a hash, never by a credential.
    """

    def __init__(self) -> None:
        self._make: Callable[[str, tuple[RateLimit, ...]], _Bucket] = lambda _, limits: _MemoryBucket(limits)
        self._buckets: dict[tuple[str, tuple[RateLimit, ...]], _Bucket] = {}
        self._lock = threading.Lock()
        self.shared = False

    @classmethod
    def sqlite(cls, path: str | PathLike[str]) -> RateLimiter:
        """Keep the limits in a SQLite file."""
        import os

        file = os.fspath(path)

        def make(key: str, limits: tuple[RateLimit, ...]) -> _Bucket:
            from pyrate_limiter import SQLiteBucket

            return _LibraryBucket(
                SQLiteBucket.init_from_file(_rates(limits), table=f"limit_{key}", db_path=file, use_file_lock=True)
            )

        return cls._stored(make)

    @classmethod
    def redis(cls, client: object) -> RateLimiter:
        """Keep the limits in Redis; `client` is a synchronous `redis.Redis`."""

        def make(key: str, limits: tuple[RateLimit, ...]) -> _Bucket:
            from pyrate_limiter import RedisBucket

            bucket = RedisBucket.init(_rates(limits), cast(Any, client), f"loyalty-limit:{key}")
            return _LibraryBucket(bucket)

        return cls._stored(make)

    @classmethod
    def _stored(cls, make: Callable[[str, tuple[RateLimit, ...]], _Bucket]) -> RateLimiter:
        limiter = cls()
        limiter._make = make
        limiter.shared = True
        return limiter

    def take(self, key: str, limits: tuple[RateLimit, ...], clock: Clock) -> float:
        """Take a permit and return 0, or return the seconds after which one may be free."""
        name = (key, tuple(sorted(limits, key=lambda limit: limit.seconds)))
        bucket = self._buckets.get(name)
        if bucket is None:
            with self._lock:
                bucket = self._buckets.get(name)
                if bucket is None:
                    bucket = self._buckets[name] = self._make(key, name[1])
        # Processes share only the wall clock.
        return bucket.take(clock.time() if self.shared else clock.monotonic())

    def __repr__(self) -> str:
        return f"<RateLimiter {'shared' if self.shared else 'in memory'}, {len(self._buckets)} buckets>"


def _rates(limits: tuple[RateLimit, ...]) -> list[Any]:
    from pyrate_limiter import Rate

    return [Rate(limit.requests, round(limit.seconds * 1000)) for limit in limits]


_default = RateLimiter()


def default_limiter() -> RateLimiter:
    """Return the limiter in memory that all clients of the process share unless told otherwise."""
    return _default
