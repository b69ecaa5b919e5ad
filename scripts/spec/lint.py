"""Lint effective specs with `@redocly/cli`; findings are corrected, or accepted with a reason in `scripts/lint_accepted.yaml`."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec

from scripts.common.layout import ROOT, Vendor
from scripts.common.node import run_redocly
from scripts.common.problems import PipelineError
from scripts.common.records import Text, read_records
from scripts.common.yaml_io import load_yaml
from scripts.spec.effective import make_effective

ACCEPTED = ROOT / "scripts" / "lint_accepted.yaml"
_NAME = "scripts/lint_accepted.yaml"


@dataclass(frozen=True)
class LintFinding:
    """Hold one finding of the linter."""

    vendor: str
    rule: str
    severity: str
    pointer: str
    message: str

    def __str__(self) -> str:
        return f"{self.vendor}: {self.pointer}: {self.message} [{self.rule}, {self.severity}]"


class Acceptance(msgspec.Struct, forbid_unknown_fields=True):
    """Hold one accepted finding: a rule at a place, and inside it."""

    vendor: Text
    rule: Text
    pointer: Text
    reason: Text


def read_fresh(vendor: Vendor) -> str:
    """Return the text of an effective spec, unless the sources no longer give it: its findings would be those of yesterday; raises `PipelineError`."""
    target = vendor.generated / "openapi.yaml"
    text = target.read_text(encoding="utf-8") if target.is_file() else ""
    if text != make_effective(vendor).text:
        todo = f"Run `nox -s regenerate -- {vendor.slug}` first."
        raise PipelineError("it is not what the sources give", where=vendor.show(target), todo=todo)
    return text


def lint(slug: str, text: str) -> list[LintFinding]:
    """Return what the linter finds in the text of one effective spec, accepted findings included; raises `PipelineError` when it gives no report."""
    config = f"--config={ROOT / 'scripts' / 'redocly.yaml'}"
    report = run_redocly({"openapi.yaml": text}, "lint", "openapi.yaml", config, "--max-problems=100000", where=slug)
    return [
        LintFinding(
            slug, item["ruleId"], item["severity"], place.get("pointer", "#/"), " ".join(item["message"].split())
        )
        for item in report["problems"]
        for place in (item.get("location") or [{}])[:1]
    ]


def split_accepted(
    findings: list[LintFinding], vendor: str, entries: list[Acceptance] | None = None
) -> tuple[list[LintFinding], list[str]]:
    """Take out the findings accepted with a reason; return what is left, and the faults of the acceptances themselves."""
    left = list(findings)
    faults: list[str] = []
    for entry in read_accepted() if entries is None else entries:
        if entry.vendor == vendor:
            matched = [item for item in left if item.rule == entry.rule and _covers(entry.pointer, item.pointer)]
            if not matched:
                found = f"{vendor} {entry.rule} {entry.pointer} matches nothing any more"
                faults.append(f"{_NAME}: {found}: remove it")
            left = [item for item in left if item not in matched]
    return left, faults


def _covers(accepted: str, pointer: str) -> bool:
    """Tell whether a pointer is the accepted place or lies inside it: `#/paths/a` covers `#/paths/a/get`, not `#/paths/ab`."""
    return pointer == accepted or pointer.startswith(accepted.rstrip("/") + "/")


def read_accepted() -> list[Acceptance]:
    """Read the accepted findings.

    Raises:
        PipelineError: an entry lacks vendor, rule, pointer or reason.
    """
    raw = load_yaml(ACCEPTED, name=_NAME) or []
    return read_records(raw, list[Acceptance], where=_NAME, todo="Give vendor, rule, pointer and reason.")
