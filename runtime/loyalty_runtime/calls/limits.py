"""Rate limits kept before the server has to refuse: in memory, or in a store that processes share."""

from __future__ import annotations

import threading
from contextlib import suppress
from typing import TYPE_CHECKING

from ..declared.operation import RateLimit
from ..errors import StoreError
from .shared import Shared
from .stores import LONGEST_LEASE, MemoryLimits

if TYPE_CHECKING:
    from ..clock import Clock

_END_PATIENCE = 0.5  # seconds; the reply is there, and waits no longer to be counted


class RateLimiter(Shared):
    """Keeps the declared limits of each credential, for every client that is given this object.

    `RateLimiter()` keeps them in memory; `RateLimiter.sqlite(path)` in a file that processes of one machine share;
    `RateLimiter.redis(client)` in Redis, by the clock of the Redis server. Entries are named by a hash, never by a credential.
    A shared store gets `timeout` seconds, never more than the call has left. When it cannot be used, `on_failure` says what happens:
    `"refuse"` raises `StoreError` and nothing is sent, `"send"` goes on with limits that this process keeps alone.
    """

    _what = "rate limits"

    def __init__(self) -> None:
        super().__init__()
        self._memory: dict[tuple[str, tuple[RateLimit, ...]], MemoryLimits] = {}
        self._lock = threading.Lock()

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
