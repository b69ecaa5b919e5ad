"""`nox -s regenerate`: bring everything below `generated/` up to date."""

from __future__ import annotations

import sys
import tempfile
import threading
import time
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait
from pathlib import Path

from scripts.common.layout import Vendor, find_vendors, vendors_parser
from scripts.common.problems import PipelineError, run
from scripts.common.report import Step, board, console, print_table
from scripts.common.workers import workers
from scripts.generate.build_vendor import STAGES, Result, build, check_effective, differing_files, regenerate_vendor
from scripts.spec.effective import make_effective
from scripts.spec.pages import PAGES, Sections, write_pages

_SHOWN = 20  # files of one vendor that differ


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


def stale_pages(root: Path, known: Mapping[str, Sections]) -> dict[Path, str]:
    """Return path → text of the pages below docs/ that are not what the specs give; `known` are sections that are made already, by slug."""
    pages = {root / target: text for target, text in write_pages(find_vendors(root=root), known).items()}
    return {
        path: text for path, text in pages.items() if not path.is_file() or path.read_text(encoding="utf-8") != text
    }


def compare(vendors: list[Vendor]) -> tuple[dict[str, list[str]], dict[str, Sections], list[str]]:
    """Make several vendors again in a temporary folder: return their drift and their sections of the pages by slug, and what went wrong."""
    drift: dict[str, list[str]] = {}
    sections: dict[str, Sections] = {}
    problems: list[str] = []
    with (
        tempfile.TemporaryDirectory() as scratch,
        board() as lines,
        workers(STAGES),
        ThreadPoolExecutor(len(vendors) or 1) as threads,
    ):

        def one(vendor: Vendor) -> None:
            folder = Path(scratch) / vendor.slug
            folder.mkdir()
            try:
                sections[vendor.slug] = build(vendor, folder, lines.start(vendor.slug)).sections or {}
                drift[vendor.slug] = differing_files(vendor.generated, folder)
            except PipelineError as problem:
                problems.append(str(problem))

        list(threads.map(one, vendors))
    return drift, sections, problems


def describe(drift: dict[str, list[str]]) -> list[str]:
    """Return one line for each file that differs, the first ones of each vendor."""
    lines = []
    for slug, files in sorted(drift.items()):
        todo = f"Run `nox -s regenerate -- {slug}`."
        lines += [f"generated/{slug}/{name} differs from what its inputs give. {todo}" for name in files[:_SHOWN]]
        if len(files) > _SHOWN:
            lines.append(f"… and {len(files) - _SHOWN} more below generated/{slug}.")
    return lines


def check(vendors: list[Vendor], root: Path) -> int:
    """Prove that regenerating would change no byte, and return the exit code."""
    drift, sections, problems = compare(vendors)
    rows = [(vendor.slug, len(drift[vendor.slug])) for vendor in vendors if vendor.slug in drift]
    print_table("Drift", ["vendor", "files that differ"], rows, right=["files that differ"])
    for path in {} if problems else stale_pages(root, sections):
        name = path.relative_to(root).as_posix()
        problems.append(f"{name} differs from what the specs give. Run `nox -s regenerate`.")
    for problem in [*describe(drift), *problems]:
        print(f"error: {problem}", file=sys.stderr)
    if problems or any(drift.values()):
        return 1
    console.print(f"No drift: {len(vendors)} vendors regenerate to the committed bytes.")
    return 0


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
    if not problems and (changed or not all((root / target).is_file() for target in PAGES)):
        known = {result.slug: result.sections for result in results if result.sections}
        for path, text in stale_pages(root, known).items():
            path.write_text(text, encoding="utf-8", newline="\n")
            changed += 1
    console.print(
        f"{len(results)} of {len(vendors)} vendors up to date, {changed} files changed, {time.perf_counter() - started:.1f} s."
    )
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(run(main))
