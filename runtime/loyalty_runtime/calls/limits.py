"""Rate limits kept before the server has to refuse: in memory, or in a store that processes share; a permit is taken right before an attempt, settled when it has ended."""

from __future__ import annotations

import os
import threading
from contextlib import suppress
from itertools import count
from typing import TYPE_CHECKING, ClassVar, Literal, Protocol

from ..declared.operation import RateLimit
from ..errors import ArgumentError, StoreError
from .failures import limit_error
from .stores import LONGEST_LEASE, MemoryLimits

if TYPE_CHECKING:
    from os import PathLike
    from typing import Self

    from ..clock import Clock
    from ..events import Kind
    from ..http.ports import IO
    from ..wire.messages import Origin
    from .call import Call
    from .stores import Store

_END_PATIENCE = 0.5  # seconds; the reply is there, and waits no longer to be counted


class Shared:
    """Kept in memory, or in a store: a file that processes of one machine share, or Redis."""

    _what: ClassVar[str]

    def __init__(self) -> None:
        self._store: Store | None = None
        self._timeout = 0.0
        self._on_failure = "refuse"

    @classmethod
    def sqlite(
        cls, path: str | PathLike[str], *, timeout: float = 2.0, on_failure: Literal["refuse", "send"] = "refuse"
    ) -> Self:
        """Keep them in a SQLite file, made with mode 0600."""
        from .store_sqlite import SqliteStore

        return cls._stored(SqliteStore(path, cls._what), timeout, on_failure)

    @classmethod
    def redis(cls, client: object, *, timeout: float = 2.0, on_failure: Literal["refuse", "send"] = "refuse") -> Self:
        """Keep them in Redis; `client` is a synchronous `redis.Redis` (extra `[redis]`)."""
        from .store_redis import RedisStore

        return cls._stored(RedisStore(client, cls._what), timeout, on_failure)

    @classmethod
    def _stored(cls, store: Store, timeout: float, on_failure: str) -> Self:
        if on_failure not in ("refuse", "send"):
            raise ArgumentError(f"on_failure is {on_failure!r}; give 'refuse' or 'send'.", argument="on_failure")
        made = cls()
        made._store = store
        made._timeout = timeout
        made._on_failure = on_failure
        return made

    @property
    def shared(self) -> bool:
        """Say whether processes share them, so that asking may block."""
        return self._store is not None

    def close(self) -> None:
        """Close the file or the threads of a shared store; a Redis client stays open, being the caller's."""
        if self._store is not None:
            self._store.close()

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: object) -> Self:
        return self  # it is one thing for all that are given it

    def __reduce__(self) -> tuple[object, ...]:
        raise TypeError(
            f"{type(self).__name__} is not pickled; make one in each process, with .sqlite(path) or .redis(client) to share."
        )

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {'shared' if self.shared else 'in memory'}>"


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


class Holder(Protocol):
    """What of an engine permits need."""

    io: IO
    keys: dict[tuple[Origin, str, str], str]

    @property
    def limiter(self) -> RateLimiter | None:
        """Who keeps the limits."""
        ...

    def tell(self, call: Call, kind: Kind, /, *, seconds: float, failure: str) -> None:
        """Tell what happened in a call."""
        ...


_next = count(1).__next__
_processes: dict[int, str] = {}


def _process() -> str:
    """Return a name that no other process has, on this or another machine; a child made by fork gets its own."""
    found = _processes.get(os.getpid())
    if found is None:
        from uuid import uuid4

        found = _processes[os.getpid()] = uuid4().hex[:16]
    return found


async def take_permit(engine: Holder, call: Call, limiter: RateLimiter) -> float:
    """Take a permit of the rate limits, or return the wait for one; raise `RateLimitError` when that would outlast the call."""
    clock = engine.io.clock
    key = call.limit_key = call.limit_key or _limit_key(engine, call)
    if limiter.shared:
        left = None if call.deadline is None else call.deadline - clock.monotonic()
        permit = call.permit = f"{_process()}-{_next()}"
        wait = await engine.io.run(
            lambda: limiter.take(key, call.limits, clock, permit=permit, lease=lease_of(left), left=left)
        )
    else:
        call.permit = "here"
        wait = limiter.take(key, call.limits, clock)
    if not wait:
        return 0.0
    call.permit = ""
    if call.deadline is not None and clock.monotonic() + wait >= call.deadline:
        raise limit_error(call, wait)
    engine.tell(call, "wait", seconds=wait, failure="for its rate limit")
    return wait


async def settle(engine: Holder, call: Call, *, sent: bool) -> None:
    """Let the permit of an attempt that has ended run out."""
    limiter, permit = engine.limiter, call.permit
    if limiter is None or not permit:
        return
    call.permit = ""
    key, clock = call.limit_key, engine.io.clock
    if limiter.shared:
        await engine.io.run(lambda: limiter.done(key, call.limits, clock, permit=permit, sent=sent))
    else:
        limiter.done(key, call.limits, clock, sent=sent)


def _limit_key(engine: Holder, call: Call) -> str:
    scope = call.operation.id if call.operation.rate_limits is not None else ""
    place = (call.origin, scope, call.identity)
    key = engine.keys.get(place)
    if key is None:
        from hashlib import blake2b

        text = f"{call.operation.vendor}\0{call.origin!r}\0{scope}\0{call.identity}"
        key = engine.keys[place] = blake2b(text.encode(), digest_size=12).hexdigest()
    return key
