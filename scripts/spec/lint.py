"""Lint effective specs with `@redocly/cli`; findings are corrected, or accepted with a reason in `scripts/lint_accepted.yaml`."""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scripts.common.layout import ROOT, Vendor
from scripts.common.node import find_tool, install_node_tools
from scripts.common.problems import PipelineError
from scripts.common.yaml_io import load_yaml
from scripts.spec.effective import make_effective

ACCEPTED = ROOT / "scripts" / "lint_accepted.yaml"


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


def check_fresh(vendor: Vendor) -> None:
    """Refuse an effective spec that the sources no longer give: its findings would be those of yesterday; raises `PipelineError`."""
    target = vendor.generated / "openapi.yaml"
    if not target.is_file() or target.read_text(encoding="utf-8") != make_effective(vendor).text:
        raise PipelineError(
            "it is not what the sources give",
            where=vendor.show(target),
            todo=f"Run `nox -s regenerate -- {vendor.slug}` first.",
        )


def lint(vendor: Vendor) -> list[LintFinding]:
    """Return what the linter finds in one effective spec, accepted findings included; raises `PipelineError` when it gives no report."""
    target = vendor.generated / "openapi.yaml"
    cli = install_node_tools().parent / "@redocly" / "cli" / "bin" / "cli.js"
    options = ["--config", str(ROOT / "scripts" / "redocly.yaml"), "--format=json", "--max-problems=100000"]
    done = subprocess.run(
        [find_tool("node"), str(cli), "lint", str(target), *options],
        capture_output=True,
        text=True,
        check=False,
        env={
            "PATH": str(Path(find_tool("node")).parent),
            "REDOCLY_TELEMETRY": "off",
            "REDOCLY_SUPPRESS_UPDATE_NOTICE": "true",
            "NO_COLOR": "1",
        },
    )
    try:
        problems = json.JSONDecoder().raw_decode(done.stdout[done.stdout.index("{") :])[0]["problems"]
    except (ValueError, KeyError):
        raise PipelineError(
            f"the linter gave no report: {(done.stderr or done.stdout).strip()[-400:]}",
            where=vendor.show(target),
            todo="Run it by hand.",
        ) from None
    return [_read(vendor.slug, item) for item in problems]


def _read(slug: str, problem: dict[str, Any]) -> LintFinding:
    place = (problem.get("location") or [{}])[0]
    return LintFinding(
        slug, problem["ruleId"], problem["severity"], place.get("pointer", "#/"), " ".join(problem["message"].split())
    )


def split_accepted(
    findings: list[LintFinding], vendor: str, entries: list[dict[str, str]] | None = None
) -> tuple[list[LintFinding], list[str]]:
    """Take out the findings accepted with a reason; return what is left, and the faults of the acceptances themselves."""
    left = list(findings)
    faults: list[str] = []
    for entry in read_accepted() if entries is None else entries:
        if entry["vendor"] != vendor:
            continue
        matched = [item for item in left if item.rule == entry["rule"] and _covers(entry["pointer"], item.pointer)]
        if not matched:
            faults.append(
                f"scripts/lint_accepted.yaml: {vendor} {entry['rule']} {entry['pointer']} matches nothing any more: remove it"
            )
        left = [item for item in left if item not in matched]
    return left, faults


def _covers(accepted: str, pointer: str) -> bool:
    """Tell whether a pointer is the accepted place or lies inside it: `#/paths/a` covers `#/paths/a/get`, not `#/paths/ab`."""
    return pointer == accepted or pointer.startswith(accepted.rstrip("/") + "/")


def read_accepted() -> list[dict[str, str]]:
    """Read the accepted findings: a list of `{vendor, rule, pointer, reason}`.

    Raises:
        PipelineError: an entry lacks one of the four.
    """
    name = "scripts/lint_accepted.yaml"
    entries = load_yaml(ACCEPTED, name=name) or []
    for number, entry in enumerate(entries, start=1):
        for member in ("vendor", "rule", "pointer", "reason"):
            if not isinstance(entry, dict) or not isinstance(entry.get(member), str) or not entry[member].strip():
                raise PipelineError(
                    f"entry {number} has no {member}", where=name, todo="Give vendor, rule, pointer and reason."
                )
    return list(entries)
