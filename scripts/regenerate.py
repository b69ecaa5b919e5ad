"""`nox -s regenerate`: bring everything below `generated/` up to date."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from scripts.common.layout import ROOT, Vendor, find_vendors
from scripts.common.problems import PipelineError, run
from scripts.common.report import board, console, print_table
from scripts.common.workers import workers
from scripts.generate.build_vendor import Result, check_effective, regenerate_vendor
from scripts.spec.coverage import TARGET, write_table
from scripts.spec.effective import make_effective


def regenerate(vendors: list[Vendor], *, force: bool = False) -> tuple[list[Result], list[PipelineError]]:
    """Regenerate several vendors in parallel; one that fails keeps its files and does not stop the others."""
    results: list[Result] = []
    problems: list[PipelineError] = []
    with board() as lines, workers(), ThreadPoolExecutor(len(vendors) or 1) as threads:
        jobs: dict[str, Future[Result]] = {}
        for vendor in sorted(vendors, key=_size, reverse=True):  # the longest first, so that it does not end alone
            step = lines.start(vendor.slug)
            jobs[vendor.slug] = threads.submit(regenerate_vendor, vendor, force=force, step=step)
        for vendor in vendors:
            job = jobs[vendor.slug]
            try:
                results.append(job.result())
            except PipelineError as problem:
                problems.append(problem)
            except OSError as problem:
                problems.append(
                    PipelineError(
                        f"{problem.strerror or problem}",
                        where=vendor.show(vendor.generated),
                        todo="Nothing was replaced.",
                    )
                )
    return results, problems


def _size(vendor: Vendor) -> int:
    return sum(path.stat().st_size for path in vendor.source_files())


def write_effective(vendor: Vendor) -> None:
    """Write only the effective spec, for work on specs and overlays."""
    effective = make_effective(vendor)
    check_effective(vendor, effective)
    vendor.generated.mkdir(parents=True, exist_ok=True)
    (vendor.generated / "openapi.yaml").write_text(effective.text, encoding="utf-8", newline="\n")
    console.print(
        f"{vendor.slug}: effective spec written, {len(effective.operations)} operations, {len(effective.applied)} overlay actions"
    )


def write_coverage(root: Path, known: Mapping[str, str], *, force: bool) -> int:
    """Bring docs/coverage.md of a repository up to date and return the number of files changed; unchanged vendors need no new table."""
    target = root / TARGET.relative_to(ROOT)
    if not force and target.is_file():
        return 0
    table = write_table(find_vendors(root=root), known)
    if target.is_file() and target.read_text(encoding="utf-8") == table:
        return 0
    target.write_text(table, encoding="utf-8", newline="\n")
    return 1


def main() -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(
        prog="nox -s regenerate --",
        description="Make effective specs, clients, models and manifests from specs and overlays.",
    )
    parser.add_argument("vendor", nargs="*", help="only these vendors (default: all)")
    parser.add_argument("--force", action="store_true", help="also make again what is unchanged")
    parser.add_argument(
        "--effective-only", action="store_true", help="write only generated/<vendor>/openapi.yaml, for work on a spec"
    )
    parser.add_argument("--root", type=Path, default=ROOT, help="the repository to work on (default: this one)")
    options = parser.parse_args()
    root = options.root.resolve()
    vendors = find_vendors(options.vendor, root=root)
    if options.effective_only:
        for vendor in vendors:
            write_effective(vendor)
        return 0
    started = time.perf_counter()
    results, problems = regenerate(vendors, force=options.force)
    print_table(
        "Regenerated",
        ["vendor", "operations", "models", "overlay actions", "changed files", "seconds"],
        [
            (r.slug, r.operations, r.models, r.actions, "unchanged" if r.skipped else r.changed, f"{r.seconds:.1f}")
            for r in results
        ],
        right=["operations", "models", "overlay actions", "changed files", "seconds"],
    )
    for problem in problems:
        print(f"error: {problem}", file=sys.stderr)
    changed = sum(result.changed for result in results)
    if not problems:
        changed += write_coverage(root, {result.slug: result.coverage for result in results}, force=changed > 0)
    console.print(
        f"{len(results)} of {len(vendors)} vendors up to date, {changed} files changed, {time.perf_counter() - started:.1f} s."
    )
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(run(main))
