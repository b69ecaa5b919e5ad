"""Lint and readiness on the newer side, new findings marked."""

from __future__ import annotations

from dataclasses import replace

from scripts.common.jsonpath import show_place
from scripts.generate.derive import find_refusals
from scripts.review.model import Finding
from scripts.review.side import Side
from scripts.spec.calls import check_names
from scripts.spec.lint import lint, split_accepted
from scripts.spec.outcomes import check_outcomes
from scripts.spec.structure import check_structure


def find_faults(side: Side, *, with_lint: bool) -> list[Finding]:
    """List what structure check, readiness check and linter find in one effective spec; findings accepted with a reason are left out."""
    faults = [
        Finding("structure", "structure", place, rest.strip())
        for place, _, rest in (text.partition(": ") for text in check_structure(side.document))
    ]
    if not faults:
        found = [*check_names(side.document), *check_outcomes(side.document)]
        found += find_refusals(side.document, valid=True).refusals
        faults += [Finding("readiness", "readiness", show_place(item.place), item.message) for item in found]
    if with_lint and side.text:
        left, _ = split_accepted(lint(side.vendor.slug, side.text), side.vendor.slug)
        faults += [Finding("lint", item.rule, item.pointer, item.message) for item in left]
    return faults


def compare_findings(before: list[Finding], after: list[Finding]) -> tuple[list[Finding], int]:
    """Return the findings of the newer side, new ones first, and how many of the older side are gone."""
    found = [replace(item, new=item not in before) for item in after]
    return sorted(found, key=lambda item: not item.new), len(set(before) - set(after))
