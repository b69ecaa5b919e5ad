"""What a user can switch, for admin calls and for the forms of the pages: clock, limits, faults."""

from __future__ import annotations

import math
from collections.abc import AsyncIterator
from typing import Any

from .clock import iso, parse_time
from .documents import Document
from .faults import RouteFault, parse_faults
from .problems import SandboxError
from .world import World

_LARGEST = 1_000_000


async def read_bounded(stream: AsyncIterator[bytes], path: str) -> bytes:
    """Read a body of at most a million bytes; raises `SandboxError` for a longer one."""
    content = b""
    async for chunk in stream:
        content += chunk
        if len(content) > _LARGEST:
            raise SandboxError(f"The body of {path} is larger than {_LARGEST} bytes.")
    return content


def shown_clock(world: World) -> Document:
    """Return the time and whether it stands still."""
    return {"now": iso(world.clock.now()), "stopped": world.clock.is_stopped}


def move_clock(world: World, body: Document) -> None:
    """Set, move, stop or start the clock; raises `SandboxError`."""
    known(body, "now", "advance", "stopped")
    clock, before = world.clock, world.clock.dump()
    try:
        if "now" in body:
            clock.set(parse_time(str(body["now"])))
        if "advance" in body:
            clock.advance(_number(body, "advance"))
        if not 1000 <= clock.now().year < 9900:  # expiry and lifetimes need years beyond it
            raise OverflowError
    except (OverflowError, ValueError) as error:
        clock.load(before)
        raise SandboxError("The clock cannot be moved that far; it reaches from year 1000 to 9899.") from error
    if "stopped" in body:
        (clock.stop if body["stopped"] else clock.start)()
    with world.store.transaction():
        world.save_clock()


def switch_limits(world: World, body: Document) -> None:
    """Switch the rate limits on or off, with fresh counters."""
    known(body, "enabled")
    if not isinstance(body.get("enabled"), bool):
        raise SandboxError("`enabled` must be true or false.")
    world.limits.enabled = body["enabled"]
    world.limits.reset()


def set_fault(world: World, body: Document) -> RouteFault:
    """Let calls of an operation, or all calls of a vendor, go wrong; raises `SandboxError`."""
    known(body, "vendor", "operation", "fault", "times")
    slug = vendor_slug(world, body.get("vendor"))
    operation = str(body.get("operation", "*"))
    if operation != "*" and operation not in world.engines[slug].operations:
        raise SandboxError(f"{slug} has no operation {operation[:60]!r}; use an operationId or '*'.")
    times = body.get("times")
    if times is not None and (isinstance(times, bool) or not isinstance(times, int) or times < 1):
        raise SandboxError("`times` must be a whole number from 1, or left out.")
    plan = parse_faults(str(body.get("fault", "")))
    if not plan.describe():
        raise SandboxError("`fault` is empty; write what goes wrong, such as status=503.")
    return world.faults.add(slug, operation, plan, times)


def remove_faults(world: World, number: str | None) -> int:
    """Take one fault away, or all of them without a number; returns how many."""
    if number is not None and not (number.isascii() and number.isdecimal() and len(number) < 19):
        raise SandboxError(f"There is no fault {number[:40]!r}; give the number of one, or none for all.")
    return world.faults.clear(int(number) if number is not None else None)


def shown_fault(fault: RouteFault) -> Document:
    """Return a fault as JSON."""
    where: Document = {"number": fault.number, "vendor": fault.vendor, "operation": fault.operation}
    return {**where, "fault": fault.plan.describe(), "times": fault.times}


def vendor_slug(world: World, value: Any) -> str:
    """Return the name of a vendor that is served; raises `SandboxError`."""
    if not isinstance(value, str) or value not in world.engines:
        raise SandboxError(f"{str(value)[:40]!r} is not served; served are: {', '.join(world.engines)}.")
    return str(value)


def known(body: Document, *names: str) -> None:
    """Refuse members that a call does not have."""
    strangers = sorted(body.keys() - set(names))
    if strangers:
        raise SandboxError(f"{strangers[0][:40]!r} is not known here; known are: {', '.join(names)}.")


def _number(body: Document, name: str) -> float:
    value = body[name]
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise SandboxError(f"`{name}` must be a number of seconds.")
    return float(value)
