"""Which inferred methods and paths were right, and what is right where they were wrong."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from scripts.reconcile.match import Match
from scripts.spec.grades import GRADES


@dataclass(frozen=True)
class Verdict:
    """Judge one matched operation; names of path parameters do not count."""

    match: Match
    method_right: bool
    path_right: bool
    missing: tuple[str, ...]
    extra: tuple[str, ...]

    @property
    def right(self) -> bool:
        return self.method_right and self.path_right

    @property
    def renamed(self) -> bool:
        """The operationId, and with it the name in the client, differs."""
        return self.match.before.operation_id != self.match.after.operation_id

    def grade(self, part: str) -> str:
        """Return the grade the transcription gave to `method` or `path`."""
        return str(self.match.before.provenance.get(part, "unknown"))


def judge(match: Match) -> Verdict:
    """Compare a pair: method, whole path below the host, and the names of parameters and body members."""
    before, after = match.before, match.after
    left = {f"{place} {name}" for place, name in before.parameters if place != "path"} | {
        f"body {name}" for name in before.members
    }
    right = {f"{place} {name}" for place, name in after.parameters if place != "path"} | {
        f"body {name}" for name in after.members
    }
    return Verdict(
        match,
        method_right=before.method == after.method,
        path_right=before.full_shape == after.full_shape,
        missing=tuple(sorted(right - left)),
        extra=tuple(sorted(left - right)),
    )


def tally(verdicts: Iterable[Verdict]) -> dict[str, dict[str, dict[str, int]]]:
    """Count right and wrong by part and by the grade given: `{"path": {"inferred": {"right": 3, "wrong": 1}}}`."""
    verdicts = list(verdicts)
    result: dict[str, dict[str, dict[str, int]]] = {}
    for part in ("method", "path"):
        counts = Counter(
            (verdict.grade(part), verdict.method_right if part == "method" else verdict.path_right)
            for verdict in verdicts
        )
        grades = [*reversed(GRADES), *sorted({grade for grade, _ in counts} - set(GRADES))]
        result[part] = {
            grade: {"right": counts[grade, True], "wrong": counts[grade, False]}
            for grade in grades
            if counts[grade, True] + counts[grade, False]
        }
    return result
