"""Rate limits kept before the server has to refuse: in memory, or in a store that processes share."""

from __future__ import annotations

import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Literal

from ..declared.operation import RateLimit
from ..errors import ArgumentError, StoreError
from .stores import LONGEST_LEASE, MemoryLimits

if TYPE_CHECKING:
    from os import PathLike

    from ..clock import Clock
    from .stores import Store

_END_PATIENCE = 0.5  # seconds; the reply is there, and waits no longer to be counted


class RateLimiter:
    """Keeps the declared limits of each credential, for every client that is given this object.

    `RateLimiter()` keeps them in memory; `RateLimiter.sqlite(path)` in a file that processes of one machine share;
    `RateLimiter.redis(client)` in Redis, by the clock of the Redis server. Entries are named by a hash, never by a credential.
    A shared store gets `timeout` seconds, never more than the call has left. When it cannot be used, `on_failure` says what happens:
    `"refuse"` raises `StoreError` and nothing is sent, `"send"` goes on with limits that this process keeps alone.
    """

    def __init__(self) -> None:
        self._store: Store | None = None
        self._timeout = 0.0
        self._on_failure = "refuse"
        self._memory: dict[tuple[str, tuple[RateLimit, ...]], MemoryLimits] = {}
        self._lock = threading.Lock()

    @classmethod
    def sqlite(
        cls, path: str | PathLike[str], *, timeout: float = 2.0, on_failure: Literal["refuse", "send"] = "refuse"
    ) -> RateLimiter:
        """Keep the limits in a SQLite file, made with mode 0600."""
        from .store_sqlite import SqliteStore

        return cls._stored(SqliteStore(path, "rate limits"), timeout, on_failure)

    @classmethod
    def redis(
        cls, client: object, *, timeout: float = 2.0, on_failure: Literal["refuse", "send"] = "refuse"
    ) -> RateLimiter:
        """Keep the limits in Redis; `client` is a synchronous `redis.Redis` (extra `[redis]`)."""
        from .store_redis import RedisStore

        return cls._stored(RedisStore(client, "rate limits"), timeout, on_failure)

    @classmethod
    def _stored(cls, store: Store, timeout: float, on_failure: str) -> RateLimiter:
        if on_failure not in ("refuse", "send"):
            raise ArgumentError(f"on_failure is {on_failure!r}; give 'refuse' or 'send'.", argument="on_failure")
        limiter = cls()
        limiter._store = store
        limiter._timeout = timeout
        limiter._on_failure = on_failure
        return limiter

    @property
    def shared(self) -> bool:
        """Say whether processes share the limits, so that asking may block."""
        return self._store is not None

    def take(
        self,
        key: str,
        limits: tuple[RateLimit, ...],
        clock: Clock,
        *,
        permit: str = "",
        lease: float = 0.0,
        left: float | None = None,
    ) -> float:
        """Take a permit and return 0, or return the seconds after which one may be free.

        The permit counts until `done`, at most `lease` seconds, and a window longer. Raises `StoreError`.
        """
        if self._store is None:
            return self._here(key, limits).take(clock.monotonic())
        try:
            return self._store.take(key, limits, permit or _name(), lease, self._patience(left))
        except StoreError:
            if self._on_failure == "refuse":
                raise
        return self._here(key, limits).take(clock.monotonic())

    def done(
        self, key: str, limits: tuple[RateLimit, ...], clock: Clock, *, permit: str = "", sent: bool = True
    ) -> None:
        """Say that a call has ended; one that was not sent gives its permit back. A store that fails is left alone: leases end."""
        if self._store is None or (self._on_failure == "send" and (key, limits) in self._memory):
            self._here(key, limits).done(clock.monotonic(), sent=sent)
        if self._store is not None:
            with suppress(StoreError):
                self._store.done(key, permit, sent=sent, patience=min(self._timeout, _END_PATIENCE))

    def _patience(self, left: float | None) -> float:
        return self._timeout if left is None else max(min(self._timeout, left), 0.001)

    def _here(self, key: str, limits: tuple[RateLimit, ...]) -> MemoryLimits:
        found = self._memory.get((key, limits))
        if found is None:
            with self._lock:
                found = self._memory.setdefault((key, limits), MemoryLimits(limits))
        return found

    def close(self) -> None:
        """Close the file or the threads of a shared store; a Redis client stays open, being the caller's."""
        if self._store is not None:
            self._store.close()

    def __repr__(self) -> str:
        return f"<RateLimiter {'shared' if self.shared else 'in memory'}>"


def lease_of(left: float | None) -> float:
    """Return how long a call may count that is never heard of again, for example since its process was killed."""
    return LONGEST_LEASE if left is None else min(left, LONGEST_LEASE)


def _name() -> str:
    from uuid import uuid4

    return uuid4().hex


_default = RateLimiter()


def default_limiter() -> RateLimiter:
    """Return the limiter in memory that all clients of the process share unless told otherwise."""
    return _default
