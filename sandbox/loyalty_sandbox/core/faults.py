"""Faults on demand: what a request header or an admin call makes go wrong."""

from __future__ import annotations

from attrs import evolve, frozen

from .problems import SandboxError

HEADER = "x-sandbox-fault"
_HELP = "use status=503, delay=0.2, retry-after=30, cut-body, html, wrong-content-type, reset, after; separated by semicolons"
_MAX_DELAY = 120.0
HTML = b"<!DOCTYPE html>\n<html><head><title>Artificial failure</title></head><body><h1>Artificial failure of the sandbox</h1></body></html>\n"


@frozen
class FaultPlan:
    """What goes wrong with one answer.

    A status or an HTML page replaces the call, which then has no effect, unless `after` is set; a cut body, a reset and a wrong content
    type spoil the answer to a call that did take effect, which is the case that clients must survive.
    """

    status: int | None = None
    delay: float = 0.0
    retry_after: int | None = None
    cut_body: bool = False
    html: bool = False
    wrong_content_type: bool = False
    reset: bool = False
    after: bool = False

    @property
    def replaces(self) -> bool:
        """Whether the call is answered without being carried out."""
        return self.status is not None and not self.after

    def describe(self) -> str:
        """Write the plan as the header that asks for it."""
        words = [
            f"status={self.status}" if self.status is not None else "",
            f"delay={self.delay:g}" if self.delay else "",
            f"retry-after={self.retry_after}" if self.retry_after is not None else "",
            *(word for word, on in self._flags() if on),
        ]
        return "; ".join(filter(None, words))

    def _flags(self) -> tuple[tuple[str, bool], ...]:
        return (
            ("cut-body", self.cut_body),
            ("html", self.html),
            ("wrong-content-type", self.wrong_content_type),
            ("reset", self.reset),
            ("after", self.after),
        )


def parse_faults(text: str) -> FaultPlan:
    """Read a plan from the words of the header; raises `SandboxError` for a word or number it does not know."""
    plan = FaultPlan()
    for part in filter(None, (part.strip() for part in text.split(";"))):
        name, _, value = (piece.strip() for piece in part.partition("="))
        name = name.lower()
        if name == "status":
            plan = evolve(plan, status=_whole(part, value, 200, 599))
        elif name == "retry-after":
            plan = evolve(plan, retry_after=_whole(part, value, 0, 86400))
        elif name == "delay":
            plan = evolve(plan, delay=_seconds(part, value))
        elif name in ("cut-body", "html", "wrong-content-type", "reset", "after") and not value:
            plan = evolve(plan, **{name.replace("-", "_"): True})
        else:
            raise SandboxError(f"X-Sandbox-Fault: {part[:40]!r} is not known; {_HELP}.")
    if plan.status is None and plan.retry_after is not None:
        plan = evolve(plan, status=429)
    if plan.status is None and plan.html:
        plan = evolve(plan, status=502)
    return plan


def _whole(part: str, value: str, low: int, high: int) -> int:
    if not (value.isascii() and value.isdigit() and low <= int(value) <= high):
        raise SandboxError(f"X-Sandbox-Fault: {part[:40]!r} needs a whole number from {low} to {high}.")
    return int(value)


def _seconds(part: str, value: str) -> float:
    try:
        seconds = float(value)
    except ValueError:
        seconds = -1.0
    if not 0 <= seconds <= _MAX_DELAY:
        raise SandboxError(f"X-Sandbox-Fault: {part[:40]!r} needs seconds from 0 to {_MAX_DELAY:g}.")
    return seconds


@frozen
class RouteFault:
    """A plan for a vendor's operation (`*` for all of them), for a number of calls or until it is taken away."""

    number: int
    vendor: str
    operation: str
    plan: FaultPlan
    times: int | None


class RouteFaults:
    """The faults that admin calls have set."""

    def __init__(self) -> None:
        self._faults: list[RouteFault] = []
        self._last = 0

    def add(self, vendor: str, operation: str, plan: FaultPlan, times: int | None) -> RouteFault:
        """Set a fault; the newest that fits a call is taken."""
        self._last += 1
        fault = RouteFault(self._last, vendor, operation, plan, times)
        self._faults.append(fault)
        return fault

    def take(self, vendor: str, operation: str) -> FaultPlan | None:
        """Return the plan for a call and count it."""
        for index in range(len(self._faults) - 1, -1, -1):
            fault = self._faults[index]
            if fault.vendor == vendor and fault.operation in ("*", operation):
                if fault.times is not None:
                    left = fault.times - 1
                    self._faults[index : index + 1] = [evolve(fault, times=left)] if left else []
                return fault.plan
        return None

    def list(self) -> tuple[RouteFault, ...]:
        """List the faults that are set."""
        return tuple(self._faults)

    def clear(self, number: int | None = None) -> int:
        """Take one fault away, or all; returns how many."""
        kept = [fault for fault in self._faults if number not in (None, fault.number)]
        removed = len(self._faults) - len(kept)
        self._faults = kept
        return removed
