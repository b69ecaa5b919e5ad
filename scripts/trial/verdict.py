"""What became of one document."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field


@dataclass
class Verdict:
    """Hold what became of one document; `outcome` is `works`, `refused`, `wrong` or `crashed`."""

    document: str
    outcome: str
    operations: int = 0
    called: int = 0
    conform: int = 0
    adaptations: int = 0
    line: str = ""
    seconds: float = 0.0
    faults: list[str] = field(default_factory=list)
    adapted: list[str] = field(default_factory=list)

    def as_json(self) -> str:
        """Return the counts and the message as one line of JSON."""
        return json.dumps({key: value for key, value in asdict(self).items() if key not in ("faults", "adapted")})
