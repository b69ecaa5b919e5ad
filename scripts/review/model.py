"""One change between two revisions, with an id that does not depend on commits, line numbers or order."""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass, field
from enum import IntEnum
from typing import Literal

from scripts.review.side import Side

Layer = Literal["spec", "python", "overlay", "evidence"]

_LONGEST = 60


class Impact(IntEnum):
    """Say how much of the version a change moves; see docs/versioning.md."""

    NONE = 0
    PATCH = 1
    MINOR = 2
    MAJOR = 3

    @property
    def word(self) -> str:
        return self.name.lower()


@dataclass(frozen=True)
class Change:
    """Hold one change.

    `subject` names the part as a person would (`listGuests`, `Guest.email`, `guests.list(search)`), `detail` tells two changes of one rule at one
    subject apart, `pointer` is the JSON pointer into the effective spec of the newer side, of the part around it when the part is gone.
    `also` are the messages of what follows from the change, and needs no acceptance of its own.
    """

    vendor: str
    layer: Layer
    rule: str
    subject: str
    message: str
    impact: Impact
    detail: str = ""
    before: str = ""
    after: str = ""
    pointer: str = ""
    editorial: bool = False
    also: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """Return the id under which a break is accepted: the same as long as the change is the same."""
        detail = self.detail
        if len(detail) > _LONGEST:
            detail = hashlib.sha256(detail.encode()).hexdigest()[:12]
        words = f"{self.vendor}/{self.layer}/{self.rule}/{self.subject}" + (f":{detail}" if detail else "")
        return "-".join(words.split())

    @property
    def breaks(self) -> bool:
        return self.impact is Impact.MAJOR

    def as_json(self) -> dict[str, object]:
        """Return the change as plain data for `report.json`."""
        return {
            "id": self.id,
            "breaks": self.breaks,
            **asdict(self),
            "impact": self.impact.word,
            "also": list(self.also),
        }


@dataclass(kw_only=True)
class VendorReview:
    """Hold everything the review found for one vendor; `problems` must be corrected, no entry can accept them.

    `adapted` is what the generators newly read in another form than the effective spec, `adapted_before` how many such places are gone.
    `side` is the newer side, None where the vendor is gone.
    """

    vendor: str
    side: Side | None = None
    unchanged: bool = False
    state: Literal["changed", "added", "removed"] = "changed"
    changes: list[Change] = field(default_factory=list)
    adapted: list[str] = field(default_factory=list)
    adapted_before: int = 0
    problems: list[str] = field(default_factory=list)


@dataclass(kw_only=True)
class Review:
    """Hold the whole comparison."""

    vendors: list[VendorReview]
    runtime: list[Change] = field(default_factory=list)

    @property
    def changes(self) -> list[Change]:
        return [*self.runtime, *(change for vendor in self.vendors for change in vendor.changes)]

    @property
    def breaks(self) -> list[Change]:
        return [change for change in self.changes if change.breaks]
