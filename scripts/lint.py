"""`nox -s lint`: the effective specs by Redocly, the Python code by ruff."""

from __future__ import annotations

import argparse
import subprocess
import sys

from scripts.common.layout import ROOT, find_vendors
from scripts.common.problems import PipelineError, run
from scripts.common.report import console, print_table
from scripts.spec.lint import lint, read_fresh, split_accepted


def lint_python() -> int:
    """Run ruff over the Python code, which prints what it finds, and return the number of its runs that failed."""
    commands = (["check", "."], ["format", "--check", "."])
    return sum(
        subprocess.run([sys.executable, "-m", "ruff", *words], cwd=ROOT, check=False).returncode != 0
        for words in commands
    )


def main() -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(
        prog="nox -s lint --",
        description="Lint the effective specs with Redocly, where every finding is corrected or accepted with a reason, and the Python code with ruff.",
    )
    parser.add_argument("vendor", nargs="*", help="only the specs of these vendors (default: all)")
    vendors = find_vendors(parser.parse_args().vendor)
    rows: list[tuple[object, ...]] = []
    problems: list[str] = []
    for vendor in vendors:
        console.print(f"{vendor.slug}: linting …")
        try:
            findings = lint(vendor.slug, read_fresh(vendor))
        except PipelineError as problem:
            problems.append(str(problem))
            continue
        left, unused = split_accepted(findings, vendor.slug)
        todo = "Correct it with an overlay, or accept it with a reason in scripts/lint_accepted.yaml."
        problems += [*(f"{finding}. {todo}" for finding in left), *unused]
        errors = sum(item.severity == "error" for item in left)
        rows.append((vendor.slug, errors, len(left) - errors, len(findings) - len(left)))
    for line in problems:
        print(f"error: {line}", file=sys.stderr)
    columns = ["vendor", "errors", "warnings", "accepted"]
    print_table("Linted", columns, rows, right=columns[1:])
    return 1 if lint_python() or problems else 0


if __name__ == "__main__":
    sys.exit(run(main))
