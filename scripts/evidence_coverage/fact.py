"""One fact of the evidence, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

Outcome = Literal["there", "corrected", "missing"]


@dataclass(frozen=True)
class Fact:
    """Hold one fact: `subject` is the way to it, `[]` stands for the items of an array, `attribute` what is said of it."""

    operation: str
    kind: str
    subject: tuple[str, ...]
    attribute: str
    value: Any

    @property
    def name(self) -> str:
        return ".".join(self.subject).replace(".[]", "[]") or self.kind

    def __str__(self) -> str:
        return f"{self.operation}: {self.kind} {self.name}: {self.attribute} {self.value!r}"


@dataclass(frozen=True)
class Result:
    """Hold what became of one fact; `numbers` are those of the action that corrected it, `found` what the effective spec says."""

    fact: Fact
    outcome: Outcome
    numbers: tuple[str, ...] = ()
    action: str = ""
    found: str = ""
