"""Faults on demand: what a request header or an admin call makes go wrong."""

from __future__ import annotations

import re

from attrs import frozen

from .documents import Document, SandboxError

HEADER = "x-sandbox-fault"
_NUMBERS = {"status": (200, 599), "retry-after": (0, 86400), "delay": (0, 120), "late": (0, 120)}
_FLAGS = ("cut-head", "cut-body", "html", "wrong-content-type", "reset", "silent", "after")
UNANSWERED = frozenset(["cut-head", "reset", "silent"])
_KNOWN = f"known are {', '.join(f'{name}=N' for name in _NUMBERS)}, {', '.join(_FLAGS)}, with semicolons between"
HTML = b"<!DOCTYPE html>\n<html><head><title>Artificial failure</title></head><body><h1>Artificial failure of the sandbox</h1></body></html>\n"


@frozen
class FaultPlan:
    """What goes wrong with one answer.

    A status or an HTML page replaces the call, which then has no effect, unless `after` is set; a cut head or body, a reset, silence and a wrong
    content type spoil the answer to a call that did take effect, which is the case that clients must survive. A call that is late takes effect
    when nobody waits for it any more.
    """

    numbers: dict[str, float]
    flags: frozenset[str]

    @property
    def status(self) -> int | None:
        """The status of the answer; an HTML page and `retry-after` have one of their own."""
        usual = 429 if "retry-after" in self.numbers else 502 if "html" in self.flags else None
        if "late" in self.numbers:
            usual = usual or 504
        found = self.numbers.get("status", usual)
        return None if found is None else int(found)

    def describe(self) -> str:
        """Write the plan as the header that asks for it."""
        return "; ".join([*(f"{name}={value:g}" for name, value in self.numbers.items()), *sorted(self.flags)])


NO_FAULT = FaultPlan({}, frozenset())


def parse_faults(text: str) -> FaultPlan:
    """Read a plan from the words of the header; raises `SandboxError` for a word or number it does not know."""
    numbers: dict[str, float] = {}
    flags = set()
    for part in filter(None, (part.strip() for part in text.split(";"))):
        name, _, value = (piece.strip() for piece in part.lower().partition("="))
        if name in _NUMBERS:
            low, high = _NUMBERS[name]
            fraction = r"(\.\d{1,6})?" if name in ("delay", "late") else ""
            numbers[name] = float(value) if re.fullmatch(r"\d{1,5}" + fraction, value, re.ASCII) else -1
            if not low <= numbers[name] <= high:
                raise SandboxError(f"X-Sandbox-Fault: {part[:40]!r} needs a number from {low} to {high}.")
        elif name in _FLAGS and not value:
            flags.add(name)
        else:
            raise SandboxError(f"X-Sandbox-Fault: {part[:40]!r} is not known; {_KNOWN}.")
    return FaultPlan(numbers, frozenset(flags))


class RouteFaults:
    """The faults that admin calls have set: `vendor`, `operation` (`*` for all), `fault`, and `times` of calls or null, the newest first."""

    def __init__(self) -> None:
        self.set: list[Document] = []
        self._last = 0

    def add(self, vendor: str, operation: str, plan: FaultPlan, times: int | None) -> Document:
        """Set a fault; the newest that fits a call is taken."""
        self._last += 1
        where = {"number": self._last, "vendor": vendor, "operation": operation}
        self.set.insert(0, {**where, "fault": plan.describe(), "times": times})
        return self.set[0]

    def take(self, vendor: str, operation: str) -> FaultPlan:
        """Return the plan for a call and count it."""
        for fault in self.set:
            if fault["vendor"] == vendor and fault["operation"] in ("*", operation):
                if fault["times"] is not None:
                    fault["times"] -= 1
                    if not fault["times"]:
                        self.clear(fault["number"])
                return parse_faults(fault["fault"])
        return NO_FAULT

    def clear(self, number: int | None = None) -> int:
        """Take one fault away, or all; returns how many."""
        before = len(self.set)
        self.set = [fault for fault in self.set if number not in (None, fault["number"])]
        return before - len(self.set)
