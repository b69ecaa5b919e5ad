"""Permits of the rate limits: taken right before an attempt, settled when it has ended."""

from __future__ import annotations

import os
from itertools import count
from typing import TYPE_CHECKING, Protocol

from .failures import limit_error
from .limits import lease_of

if TYPE_CHECKING:
    from ..events import Kind
    from ..http.async_ports import IO
    from ..wire.messages import Origin
    from .call import Call
    from .limits import RateLimiter


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
