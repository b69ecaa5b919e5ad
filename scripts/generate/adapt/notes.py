"""What was adapted, and where."""

from __future__ import annotations

from dataclasses import dataclass, field

from scripts.common.jsonpath import Place, show_place


@dataclass
class Notes:
    """Collect what was adapted, in order, each once."""

    lines: dict[str, None] = field(default_factory=dict)

    def add(self, place: Place, what: str) -> None:
        """Note one adaptation."""
        self.lines[f"{show_place(place)}: {what}"] = None
