"""Lint effective specs with `@redocly/cli`, on the Node that comes from PyPI."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scripts.common.layout import ROOT, Vendor, find_vendors
from scripts.common.node import find_tool, install_node_tools
from scripts.common.problems import PipelineError, run
from scripts.common.report import console, print_table
from scripts.common.yaml_io import load_yaml

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


def lint(vendor: Vendor) -> list[LintFinding]:
    """Return what the linter finds in one effective spec, accepted findings included."""
    cli = install_node_tools() / "@redocly" / "cli" / "bin" / "cli.js"
    target = vendor.generated / "openapi.yaml"
    if not target.is_file():
        raise PipelineError(
            "no effective spec", where=vendor.show(target), todo=f"Run `nox -s regenerate -- {vendor.slug}` first."
        )
    done = subprocess.run(
        [
            find_tool("node"),
            str(cli),
            "lint",
            str(target),
            "--config",
            str(ROOT / "scripts" / "redocly.yaml"),
            "--format=json",
            "--max-problems=100000",
        ],
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


def main() -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(
        prog="nox -s lint --",
        description="Lint the effective specs with Redocly; every finding is corrected or accepted with a reason.",
    )
    parser.add_argument("vendor", nargs="*", help="only these vendors (default: all)")
    vendors = find_vendors(parser.parse_args().vendor)
    rows: list[tuple[object, ...]] = []
    open_findings: list[LintFinding] = []
    faults: list[str] = []
    for vendor in vendors:
        console.print(f"{vendor.slug}: linting …")
        findings = lint(vendor)
        left, unused = split_accepted(findings, vendor.slug)
        open_findings += left
        faults += unused
        errors = sum(item.severity == "error" for item in left)
        rows.append((vendor.slug, errors, len(left) - errors, len(findings) - len(left)))
    for finding in open_findings:
        print(
            f"error: {finding}. Correct it with an overlay, or accept it with a reason in scripts/lint_accepted.yaml.",
            file=sys.stderr,
        )
    for fault in faults:
        print(f"error: {fault}", file=sys.stderr)
    columns = ["vendor", "errors", "warnings", "accepted"]
    print_table("Linted", columns, rows, right=columns[1:])
    return 1 if open_findings or faults else 0


if __name__ == "__main__":
    sys.exit(run(main))
