"""Which inferred methods and paths were right, and what is right where they were wrong."""

from __future__ import annotations

from dataclasses import dataclass

from scripts.reconcile.match import Match


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
