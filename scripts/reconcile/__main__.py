"""`nox -s reconcile -- <vendor>`: compare a downloaded source with its transcription, and grade its operations."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from scripts.common.layout import ROOT, Vendor, find_vendors
from scripts.common.problems import PipelineError, run
from scripts.common.yaml_io import dump_yaml
from scripts.reconcile.carry import lost_extensions, make_overlay
from scripts.reconcile.grades import dump_grades, make_grades
from scripts.reconcile.match import match_operations
from scripts.reconcile.operation import read_operations
from scripts.reconcile.overlays import check_actions
from scripts.reconcile.report import Comparison, as_markdown, next_step, summary
from scripts.reconcile.verdict import judge
from scripts.spec.bundle import bundle
from scripts.spec.grades import load_grades
from scripts.spec.overlay import read_overlays
from scripts.spec.provenance import read_provenance


def reconcile(vendor: Vendor, *, again: bool = False) -> Comparison:
    """Compare the two, write the report below `build/reconcile/` and the grades beside the source.

    Raises:
        PipelineError: the source is not downloaded, there is no transcription, or a file is broken.
        OSError: a file cannot be written.
    """
    record = read_provenance(vendor)
    if record.kind != "downloaded":
        found, todo = f"the source is {record.kind}, not downloaded", f"Run nox -s fetch -- {vendor.slug} first."
        raise PipelineError(found, where=vendor.show(vendor.provenance), todo=todo)
    transcription = vendor.transcribed / vendor.source.name
    if not transcription.is_file():
        found, where = "there is no transcription to compare with", vendor.show(transcription)
        raise PipelineError(found, where=where, todo="Restore it from the history.")
    before = bundle(transcription, name=vendor.show(transcription))
    after = bundle(vendor.source, name=vendor.show(vendor.source), number_keys=True)
    known = load_grades(vendor.grades, name=vendor.show(vendor.grades))
    new = read_operations(after)
    matching = match_operations(read_operations(before), new)
    verdicts = [judge(match) for match in matching.matches]
    files = vendor.overlays()
    actions = read_overlays(files, [vendor.show(path) for path in files])
    grades = make_grades(verdicts, new, record=record, kept={} if again else known)
    graded = {
        "added": len(grades.keys() - known.keys()),
        "kept": sum(known.get(key) == entry for key, entry in grades.items()),
        "removed": len(known.keys() - grades.keys()),
    }
    comparison = Comparison(
        vendor,
        record,
        verdicts,
        matching.only_before,
        matching.only_after,
        check_actions(after, actions, matching.matches),
        lost_extensions(before, after, matching.matches),
        graded,
    )
    _write_report(comparison)
    _write(vendor.grades, dump_grades(grades, slug=vendor.slug))
    return comparison


def _write_report(comparison: Comparison) -> None:
    vendor = comparison.vendor
    folder = vendor.root / "build" / "reconcile" / vendor.slug
    folder.mkdir(parents=True, exist_ok=True)
    _write(folder / "report.md", as_markdown(comparison))
    carry = folder / "carry-over.yaml"
    carry.unlink(missing_ok=True)
    if comparison.carried:
        today = str(comparison.record.retrieved)
        _write(carry, dump_yaml(make_overlay(comparison.carried, slug=vendor.slug, today=today)))


def main(argv: Sequence[str] | None = None, *, root: Path = ROOT) -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(
        prog="nox -s reconcile --",
        description="Compare a downloaded source with its transcription, and grade its operations.",
    )
    parser.add_argument("vendor", nargs="+", help="folder name below specs/")
    parser.add_argument("--again", action="store_true", help="make every grade anew, also those edited by hand")
    options = parser.parse_args(argv)
    for vendor in find_vendors(options.vendor, root=root):
        comparison = reconcile(vendor, again=options.again)
        graded = ", ".join(f"{count} {word}" for word, count in comparison.graded.items())
        print(f"{vendor.slug}: {summary(comparison)} Grades: {graded}.")
        print(f"{vendor.slug}: {next_step(comparison)}")
    return 0


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    sys.exit(run(main))
