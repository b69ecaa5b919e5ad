"""The comparison as data, as Markdown, and as one line."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from scripts.common.layout import Vendor
from scripts.reconcile.match import Single
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


def as_data(comparison: Comparison) -> dict[str, Any]:
    """Return the comparison as plain data for JSON."""
    return {
        "vendor": comparison.vendor.slug,
        "download": comparison.record.download,
        "retrieved": str(comparison.record.retrieved),
        "tally": tally(comparison.verdicts),
        "operations": [_verdict_data(verdict) for verdict in comparison.verdicts],
        "only_transcribed": [_single_data(single) for single in comparison.only_before],
        "only_vendor": [_single_data(single) for single in comparison.only_after],
        "overlay_actions": [
            {
                "where": state.action.where,
                "ids": list(state.action.ids),
                "state": state.state,
                "target": state.target,
                "reason": state.reason,
            }
            for state in comparison.actions
        ],
        "carry_over": comparison.carried,
        "grades": comparison.graded,
    }


def as_markdown(comparison: Comparison) -> str:
    """Return the comparison as a page for the maintainer."""
    download, retrieved = comparison.record.download, comparison.record.retrieved
    parts = [
        f"# {comparison.vendor.slug}: the vendor's file and the transcription\n",
        f"Vendor's file: <{download}>, retrieved {retrieved}. {summary(comparison)}\n\n{next_step(comparison)}\n",
        _table("Grades and how they held", ["part", "grade", "right", "wrong"], _tally_rows(comparison)),
        *_verdict_tables(comparison.verdicts),
        _table(
            "Only in the transcription",
            ["operation", "resembles"],
            [_single_row(single) for single in comparison.only_before],
        ),
        _table(
            "Only in the vendor's file",
            ["operation", "resembles"],
            [_single_row(single) for single in comparison.only_after],
        ),
        _table(
            "Overlay actions that no longer fit",
            ["action", "state", "new target or reason"],
            [
                (_code(item.action.where), item.state, _code(item.target) if item.state == "moved" else item.reason)
                for item in comparison.actions
                if item.state != "applies"
            ],
        ),
        _table(
            "Not stated by the vendor's file (proposed in carry-over.yaml)",
            ["target", "members"],
            [(_code(action["target"]), ", ".join(map(_code, action["update"]))) for action in comparison.carried],
        ),
    ]
    return "\n".join(part for part in parts if part)


def _verdict_tables(verdicts: list[Verdict]) -> list[str]:
    return [
        _table(
            "Wrong methods and paths",
            ["transcription", "grade", "vendor", "matched by"],
            [
                (_key(v.match.before), f"{v.grade('method')} / {v.grade('path')}", _key(v.match.after), _by(v))
                for v in verdicts
                if not v.right
            ],
        ),
        _table(
            "Matched by title or likeness: check each",
            ["transcription", "vendor", "matched by"],
            [
                (_key(v.match.before), _key(v.match.after), _by(v))
                for v in verdicts
                if v.match.by in ("title", "likeness")
            ],
        ),
        _table(
            "Other operationIds: names in the client that change",
            ["operation", "transcription", "vendor"],
            [
                (_key(v.match.after), _code(v.match.before.operation_id), _code(v.match.after.operation_id))
                for v in verdicts
                if v.renamed
            ],
        ),
        _table(
            "Parameters and body members",
            ["operation", "only vendor", "only transcription"],
            [
                (_key(v.match.after), ", ".join(map(_code, v.missing)), ", ".join(map(_code, v.extra)))
                for v in verdicts
                if v.missing or v.extra
            ],
        ),
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


def _verdict_data(verdict: Verdict) -> dict[str, Any]:
    before, after = verdict.match.before, verdict.match.after
    return {
        "transcription": {
            "operationId": before.operation_id,
            "method": before.method,
            "path": before.path,
            "server_path": before.base,
        },
        "vendor": {
            "operationId": after.operation_id,
            "method": after.method,
            "path": after.path,
            "server_path": after.base,
        },
        "grades": {part: verdict.grade(part) for part in ("method", "path")},
        "matched_by": verdict.match.by,
        "likeness": verdict.match.likeness,
        "method_right": verdict.method_right,
        "path_right": verdict.path_right,
        "only_vendor": list(verdict.missing),
        "only_transcription": list(verdict.extra),
    }


def _single_data(single: Single) -> dict[str, Any]:
    operation = single.operation
    resembles = [{"operation": other.key, "likeness": likeness} for other, likeness in single.candidates]
    return {
        "operationId": operation.operation_id,
        "method": operation.method,
        "path": operation.path,
        "resembles": resembles,
    }


def _tally_rows(comparison: Comparison) -> list[tuple[str, ...]]:
    counts = tally(comparison.verdicts)
    return [
        (part, grade, str(held["right"]), str(held["wrong"]))
        for part, grades in counts.items()
        for grade, held in grades.items()
    ]


def _single_row(single: Single) -> tuple[str, str]:
    return _key(single.operation), ", ".join(f"{_key(other)} ({likeness:.2f})" for other, likeness in single.candidates)


def _key(operation: Any) -> str:
    return _code(f"{operation.method} {operation.base}{operation.path}")


def _by(verdict: Verdict) -> str:
    return f"{verdict.match.by} {verdict.match.likeness:.2f}" if verdict.match.by == "likeness" else verdict.match.by


def _code(text: str) -> str:
    return f"`{text}`" if text else ""


def _table(title: str, columns: list[str], rows: list[tuple[str, ...]]) -> str:
    if not rows:
        return ""
    lines = [f"## {title} ({len(rows)})\n", "| " + " | ".join(columns) + " |", "|" + " --- |" * len(columns)]
    lines += ["| " + " | ".join(" ".join(cell.split()).replace("|", "\\|") for cell in row) + " |" for row in rows]
    return "\n".join(lines) + "\n"
