"""Faults on demand: what a request header or an admin call makes go wrong."""

from __future__ import annotations

import re
from typing import Any

from attrs import evolve, frozen

from .problems import SandboxError

HEADER = "x-sandbox-fault"
_HELP = "use status=503, delay=0.2, retry-after=30, cut-body, html, wrong-content-type, reset, after; separated by semicolons"
_NUMBERS = {"status": (200, 599), "retry-after": (0, 86400), "delay": (0, 120)}
_FLAGS = ("cut-body", "html", "wrong-content-type", "reset", "after")
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
        words = [f"status={self.status}"] if self.status is not None else []
        words += [f"delay={self.delay:g}"] if self.delay else []
        words += [f"retry-after={self.retry_after}"] if self.retry_after is not None else []
        return "; ".join([*words, *(word for word in _FLAGS if getattr(self, word.replace("-", "_")))])


def parse_faults(text: str) -> FaultPlan:
    """Read a plan from the words of the header; raises `SandboxError` for a word or number it does not know."""
    plan = FaultPlan()
    for part in filter(None, (part.strip() for part in text.split(";"))):
        name, _, value = (piece.strip() for piece in part.partition("="))
        name = name.lower()
        if name in _NUMBERS:
            low, high = _NUMBERS[name]
            number = (
                float(value)
                if re.fullmatch(r"\d{1,5}(\.\d{1,6})?" if name == "delay" else r"\d{1,5}", value, re.ASCII)
                else -1
            )
            if not low <= number <= high:
                raise SandboxError(f"X-Sandbox-Fault: {part[:40]!r} needs a number from {low} to {high}.")
            values: dict[str, Any] = {name.replace("-", "_"): number if name == "delay" else int(number)}
            plan = evolve(plan, **values)
        elif name in _FLAGS and not value:
            plan = evolve(plan, **{name.replace("-", "_"): True})
        else:
            raise SandboxError(f"X-Sandbox-Fault: {part[:40]!r} is not known; {_HELP}.")
    if plan.status is None and (plan.retry_after is not None or plan.html):
        plan = evolve(plan, status=429 if plan.retry_after is not None else 502)
    return plan


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
