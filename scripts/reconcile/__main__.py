"""`nox -s reconcile -- <vendor> [--apply]`: compare the vendor's file with the transcription it replaced, and bring everything of ours along."""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from scripts.common.layout import ROOT, Vendor, find_vendors
from scripts.common.problems import PipelineError, run
from scripts.reconcile.journal import finish, write_all
from scripts.reconcile.plan import Plan, make_plan
from scripts.reconcile.report import as_markdown, summary


def reconcile(vendor: Vendor, *, apply: bool) -> Plan:
    """Work out what changes, write the report below `build/reconcile/`, and with `apply` the files; a second run changes nothing.

    Where nothing changes any more, the report that says what was left to a person stays. All files are written, or none; what a killed run
    had prepared is finished first.

    Raises:
        PipelineError: the source is not downloaded, there is no transcription, or a file is broken.
        OSError: a file cannot be written.
    """
    folder = vendor.root / "build" / "reconcile" / vendor.slug
    if finish(vendor.root, folder / "prepared"):
        print(f"{vendor.slug}: the last run was stopped while it wrote; that is finished now.")
    plan = make_plan(vendor)
    changed, report = plan.changed(), folder / "report.md"
    files = changed if apply else {}
    if changed or not report.exists():
        files = {report: as_markdown(plan), **files}
    if files:
        write_all(vendor.root, files, folder / "prepared")
    return plan


def check(vendor: Vendor) -> list[str]:
    """Regenerate, validate, run the client's tests and start the sandbox; return the names of those that fail."""
    module = [sys.executable, "-m"]
    steps = {
        "regenerate": [*module, "scripts.regenerate", vendor.slug, "--root", str(vendor.root)],
        "validate": [*module, "scripts.validate", vendor.slug, "--summary", "--root", str(vendor.root)],
        "sandbox": [
            sys.executable,
            "-c",
            "from loyalty_sandbox.command import build_world, parse_arguments; import sys; build_world(parse_arguments(sys.argv[1:]))",
            "--vendor",
            vendor.slug,
        ],
        "tests": [*module, "pytest", "-q", "-n0", "-p", "no:cacheprovider", "tests/clients", "-k", vendor.slug],
    }
    failed = []
    for name, command in steps.items():
        print(f"{vendor.slug}: {name} …", flush=True)
        if subprocess.run(command, cwd=vendor.root, check=False).returncode:
            failed.append(name)
    return failed


def main(argv: Sequence[str] | None = None, *, root: Path = ROOT) -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(
        prog="nox -s reconcile --",
        description="Compare the vendor's file with the transcription it replaced, and bring overlays, names, grades and records along.",
    )
    parser.add_argument("vendor", nargs="+", help="folder name below specs/")
    parser.add_argument(
        "--apply", action="store_true", help="write the files, then regenerate, validate, start the sandbox, test"
    )
    parser.add_argument("--no-check", action="store_true", help="with --apply: write the files only")
    options = parser.parse_args(argv)
    failed = False
    for vendor in find_vendors(options.vendor, root=root):
        plan = reconcile(vendor, apply=options.apply)
        print(f"{vendor.slug}: {summary(plan)}")
        for doubt in plan.doubts:
            print(f"{vendor.slug}: look at: {doubt}")
        print(f"{vendor.slug}: everything else stands in build/reconcile/{vendor.slug}/report.md")
        if not options.apply:
            print(f"{vendor.slug}: nothing was changed. Next: nox -s reconcile -- {vendor.slug} --apply")
        elif not options.no_check and (wrong := check(vendor)):
            failed = True
            todo = "The lines above say why; correct the overlay or the names, and run it again."
            problem = PipelineError(f"{', '.join(wrong)} failed", where=vendor.slug, todo=todo)
            print(f"error: {problem}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(run(main))
