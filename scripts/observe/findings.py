"""What was found: one finding for each kind, place and name, with who saw it. No value of traffic is kept beside the tokens a person must confirm."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from scripts.common.jsonpath import Place
from scripts.observe.exchange import Exchange


@dataclass
class Shape:
    """Add up what values at one place look like."""

    types: Counter[str] = field(default_factory=Counter)
    members: dict[str, Shape] = field(default_factory=dict)
    items: Shape | None = None
    records: int = 0


@dataclass
class Finding:
    """Hold one difference between traffic and spec; `sure` is False where traffic only makes it likely."""

    kind: str
    operation: str  # operationId, the first that showed it
    place: Place = ()
    key: str = ""
    text: str = ""
    sure: bool = True
    detail: Any = None  # of the kind: a new path, a schema, what the members of a page are called
    shape: Shape = field(default_factory=Shape)
    operations: set[str] = field(default_factory=set)
    seen: Counter[tuple[str, str, str]] = field(default_factory=Counter)  # (capture, host, date)
    _last: Exchange | None = None

    def saw(self, exchange: Exchange, operation: str) -> None:
        """Count an exchange that shows it, once, whatever number of its records do."""
        if exchange is not self._last:
            self._last = exchange
            self.operations.add(operation)
            self.seen[exchange.capture.digest, exchange.host, exchange.date] += 1

    @property
    def count(self) -> int:
        return sum(self.seen.values())

    @property
    def evidence(self) -> str:
        return evidence_text(self.seen)


def evidence_text(seen: Counter[tuple[str, str, str]]) -> str:
    """Name the captures, hosts, days and how many exchanges."""
    places: Iterable[str] = (
        f"capture sha256 {digest[:12]}…, host {host}, {date or 'no date'}, {count} exchange{'s' * (count > 1)}"
        for (digest, host, date), count in sorted(seen.items())
    )
    return "; ".join(places)
