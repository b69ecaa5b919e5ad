"""What a review comes to: breaks nobody accepted, a fragment that is missing or too small, things that must be corrected."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from packaging.version import Version

from scripts.review.accepted import Accepted, read_accepted, split_breaks
from scripts.review.changelog import FOLDER, next_version, read_fragments, read_version
from scripts.review.model import Change, Impact, Review


@dataclass(kw_only=True)
class Verdict:
    """Hold what decides whether the session passes."""

    released: Version
    needed: Impact
    accepted: dict[str, Accepted] = field(default_factory=dict)
    unaccepted: list[Change] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    @property
    def next_version(self) -> Version:
        return next_version(self.released, self.needed)

    @property
    def passes(self) -> bool:
        return not self.unaccepted and not self.problems


def judge(review: Review, *, base: Path, root: Path) -> Verdict:
    """Check a review against the accepted breaks and the fragments of the newer side.

    Raises:
        PipelineError: the file of accepted breaks, a fragment or the version cannot be read.
    """
    released = read_version(base) if (base / "pyproject.toml").is_file() else read_version(root)
    accepted, unaccepted = split_breaks(review.breaks, read_accepted(root), released=released)
    needed = needed_impact(review)
    problems = [f"{vendor.vendor}: {problem}" for vendor in review.vendors for problem in vendor.problems]
    problems += check_fragments(needed, base, root)
    least = next_version(released, Impact.MAJOR)
    problems += [
        f"changes/accepted-breaks.yaml: {name} is accepted for {entry.version}, but a break needs {least}."
        for name, entry in accepted.items()
        if entry.version < least
    ]
    return Verdict(released=released, needed=needed, accepted=accepted, unaccepted=unaccepted, problems=problems)


def needed_impact(review: Review) -> Impact:
    """Return how much of the version the changes move that users of the clients notice."""
    noticed = (
        change.impact for change in review.changes if change.layer in ("spec", "python") and not change.editorial
    )
    return max((*noticed, *(Impact.MINOR for vendor in review.vendors if vendor.state == "added")), default=Impact.NONE)


def check_fragments(needed: Impact, base: Path, root: Path) -> list[str]:
    """Return what is wrong with the fragments that are new or changed since the base, for changes that move the version by `needed`."""
    fragments = read_fragments(root)
    files = {name: (base / FOLDER / name, root / FOLDER / name) for name in fragments}
    new = [name for name, (old, now) in files.items() if not old.is_file() or old.read_bytes() != now.read_bytes()]
    if max((fragments[name] for name in new), default=Impact.NONE) >= needed:
        return []
    found = ", ".join(new) or "none"
    return [
        f"{FOLDER}: users notice this change ({needed.word}); fragments of it: {found}. {FOLDER}/README.md says which is needed."
    ]
