"""The comparison as Markdown, and as one line."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from scripts.common.layout import Vendor
from scripts.reconcile.match import Single
from scripts.reconcile.operation import Operation
from scripts.reconcile.overlays import ActionState
from scripts.reconcile.verdict import Verdict, tally
from scripts.spec.provenance import Provenance


@dataclass(frozen=True)
class Comparison:
    """Hold everything one run found out."""

    vendor: Vendor
    record: Provenance
    verdicts: list[Verdict]
    only_before: tuple[Single, ...]
    only_after: tuple[Single, ...]
    actions: list[ActionState]
    carried: list[dict[str, Any]]
    graded: dict[str, int]

    @property
    def states(self) -> Counter[str]:
        return Counter(state.state for state in self.actions)


def as_markdown(comparison: Comparison) -> str:
    """Return the comparison as a page for the maintainer."""
    record, verdicts = comparison.record, comparison.verdicts
    counts: list[tuple[str, ...]] = [
        (part, grade, str(held["right"]), str(held["wrong"]))
        for part, grades in tally(verdicts).items()
        for grade, held in grades.items()
    ]
    tables: list[tuple[str, str, list[tuple[str, ...]]]] = [
        ("Grades and how they held", "part | grade | right | wrong", counts),
        (
            "Wrong methods and paths",
            "transcription | grade | vendor | matched by",
            [
                (_key(v.match.before), f"{v.grade('method')} / {v.grade('path')}", _key(v.match.after), _by(v))
                for v in verdicts
                if not v.right
            ],
        ),
        (
            "Matched by title or likeness: check each",
            "transcription | vendor | matched by",
            [
                (_key(v.match.before), _key(v.match.after), _by(v))
                for v in verdicts
                if v.match.by in ("title", "likeness")
            ],
        ),
        (
            "Other operationIds: names in the client that change",
            "operation | transcription | vendor",
            [
                (_key(v.match.after), _code(v.match.before.operation_id), _code(v.match.after.operation_id))
                for v in verdicts
                if v.renamed
            ],
        ),
        (
            "Parameters and body members",
            "operation | only vendor | only transcription",
            [(_key(v.match.after), _code(*v.missing), _code(*v.extra)) for v in verdicts if v.missing or v.extra],
        ),
        ("Only in the transcription", "operation | resembles", _resembling(comparison.only_before)),
        ("Only in the vendor's file", "operation | resembles", _resembling(comparison.only_after)),
        (
            "Overlay actions that no longer fit",
            "action | state | new target or reason",
            [
                (_code(item.action.where), item.state, _code(item.target) if item.state == "moved" else item.reason)
                for item in comparison.actions
                if item.state != "applies"
            ],
        ),
        (
            "Not stated by the vendor's file (proposed in carry-over.yaml)",
            "target | members",
            [(_code(action["target"]), _code(*action["update"])) for action in comparison.carried],
        ),
    ]
    head = f"Vendor's file: <{record.download}>, retrieved {record.retrieved}. {summary(comparison)}"
    parts = [
        f"# {comparison.vendor.slug}: the vendor's file and the transcription\n\n{head}\n\n{next_step(comparison)}\n"
    ]
    for title, columns, rows in tables:
        if rows:
            ruler = "|".join(" --- " for _ in columns.split(" | "))
            parts += [f"## {title} ({len(rows)})\n\n| {columns} |\n|{ruler}|"]
            parts += [
                "| " + " | ".join(" ".join(cell.split()).replace("|", r"\|") for cell in row) + " |" for row in rows
            ]
            parts += [""]
    return "\n".join(parts)


def _resembling(singles: tuple[Single, ...]) -> list[tuple[str, ...]]:
    return [
        (_key(single.operation), ", ".join(f"{_key(other)} ({likeness:.2f})" for other, likeness in single.candidates))
        for single in singles
    ]


def summary(comparison: Comparison) -> str:
    """Return the counts in one line."""
    right = sum(verdict.right for verdict in comparison.verdicts)
    states = comparison.states
    return (
        f"{right} of {len(comparison.verdicts)} matched operations right, {len(comparison.only_before)} only transcribed, "
        f"{len(comparison.only_after)} only in the vendor's file; overlay actions: {states['applies']} apply, {states['moved']} moved, {states['stale']} stale."
    )


def next_step(comparison: Comparison) -> str:
    """Return in one line what the maintainer does now."""
    slug = comparison.vendor.slug
    unfit = comparison.states["moved"] + comparison.states["stale"]
    steps = [f"read build/reconcile/{slug}/report.md and review specs/{slug}/grades.yaml"]
    if unfit:
        steps.append(f"correct or drop the {unfit} overlay actions that no longer fit")
    if comparison.carried:
        steps.append(f"take what is still true of build/reconcile/{slug}/carry-over.yaml into an overlay")
    return f"Next: {'; '.join(steps)}; then nox -s regenerate validate -- {slug}"


def _key(operation: Operation) -> str:
    return _code(f"{operation.method} {operation.base}{operation.path}")


def _by(verdict: Verdict) -> str:
    return f"{verdict.match.by} {verdict.match.likeness:.2f}" if verdict.match.by == "likeness" else verdict.match.by


def _code(*texts: str) -> str:
    return ", ".join(f"`{text}`" for text in texts if text)
