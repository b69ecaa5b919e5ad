"""`nox -s regenerate`: bring everything below `generated/` up to date."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait
from pathlib import Path

from scripts.common.layout import Vendor, find_vendors, vendors_parser
from scripts.common.problems import PipelineError, run
from scripts.common.report import Step, board, console, print_table
from scripts.common.workers import workers
from scripts.generate.build_vendor import STAGES, Result, check_effective, regenerate_vendor
from scripts.spec.effective import make_effective
from scripts.spec.pages import PAGES, Sections, write_pages


def regenerate(vendors: list[Vendor], *, force: bool = False) -> tuple[list[Result], list[PipelineError]]:
    """Regenerate several vendors in parallel; one that fails keeps its files and does not stop the others.

    Raises:
        KeyboardInterrupt: saying what was replaced before it; nothing is replaced after it.
    """
    jobs: dict[str, Future[Result]] = {}
    stopped = threading.Event()
    try:
        with board() as lines, workers(STAGES), ThreadPoolExecutor(len(vendors) or 1) as threads:
            try:
                for vendor in sorted(
                    vendors, key=_size, reverse=True
                ):  # the longest first, so that it does not end alone
                    step = _until(stopped, lines.start(vendor.slug))
                    jobs[vendor.slug] = threads.submit(regenerate_vendor, vendor, force=force, step=step)
                wait(jobs.values())
            except KeyboardInterrupt:
                stopped.set()
                raise
    except KeyboardInterrupt:
        raise KeyboardInterrupt(_replaced(jobs)) from None
    results: list[Result] = []
    problems: list[PipelineError] = []
    for vendor in vendors:
        try:
            results.append(jobs[vendor.slug].result())
        except PipelineError as problem:
            problems.append(problem)
        except OSError as problem:
            where = vendor.show(vendor.generated)
            problems.append(PipelineError(str(problem.strerror or problem), where=where, todo="Nothing was replaced."))
    return results, problems


def _until(stopped: threading.Event, step: Step) -> Step:
    """Return a step that ends the work on its vendor once the whole command was interrupted."""

    def checked(text: str) -> None:
        if stopped.is_set():
            raise PipelineError("interrupted")
        step(text)

    return checked


def _replaced(jobs: Mapping[str, Future[Result]]) -> str:
    done = [
        slug for slug, job in jobs.items() if not job.cancelled() and not job.exception() and not job.result().skipped
    ]
    return (
        f"Replaced before it: {', '.join(f'generated/{slug}' for slug in sorted(done))}."
        if done
        else "Nothing was replaced."
    )


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


def bring_pages(root: Path, known: Mapping[str, Sections], *, force: bool) -> int:
    """Bring the pages below docs/ of a repository up to date and return the number of files changed; unchanged vendors need no new page."""
    if not force and all((root / target).is_file() for target in PAGES):
        return 0
    changed = 0
    for target, text in write_pages(find_vendors(root=root), known).items():
        path = root / target
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8", newline="\n")
            changed += 1
    return changed


def main() -> int:
    """Run from the command line."""
    about = "Make effective specs, clients, models and manifests from specs and overlays."
    parser = vendors_parser("regenerate", about)
    parser.add_argument("--force", action="store_true", help="also make again what is unchanged")
    parser.add_argument(
        "--effective-only", action="store_true", help="write only generated/<vendor>/openapi.yaml, for work on a spec"
    )
    options = parser.parse_args()
    root = options.root.resolve()
    vendors = find_vendors(options.vendor, root=root)
    if options.effective_only:
        for vendor in vendors:
            write_effective(vendor)
        return 0
    started = time.perf_counter()
    console.print(
        f"Looking at {', '.join(vendor.slug for vendor in vendors)}; the first run loads the generators and takes longer."
    )
    results, problems = regenerate(vendors, force=options.force)
    columns = ["vendor", "operations", "models", "overlay actions", "changed files", "seconds"]
    rows = [
        (r.slug, r.operations, r.models, r.actions, "unchanged" if r.skipped else r.changed, f"{r.seconds:.1f}")
        for r in results
    ]
    print_table("Regenerated", columns, rows, right=columns[1:])
    for problem in problems:
        print(f"error: {problem}", file=sys.stderr)
    changed = sum(result.changed for result in results)
    if not problems:
        changed += bring_pages(
            root, {result.slug: result.sections for result in results if result.sections}, force=changed > 0
        )
    console.print(
        f"{len(results)} of {len(vendors)} vendors up to date, {changed} files changed, {time.perf_counter() - started:.1f} s."
    )
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(run(main))
