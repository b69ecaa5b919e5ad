"""`nox -s check`: prove that regenerating would change no byte."""

from __future__ import annotations

import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from scripts.common.layout import Vendor, find_vendors, vendors_parser
from scripts.common.problems import PipelineError, run
from scripts.common.report import board, console, print_table
from scripts.common.workers import workers
from scripts.generate.build_vendor import STAGES, build, differing_files
from scripts.spec.pages import Sections, write_pages

_SHOWN = 20  # files of one vendor


def compare(vendors: list[Vendor]) -> tuple[dict[str, list[str]], dict[str, Sections], list[str]]:
    """Make several vendors again: return their drift and their sections of the pages by slug, and what went wrong."""
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


def main() -> int:
    """Run from the command line."""
    about = "Regenerate into a temporary folder and compare every byte with what is committed."
    options = vendors_parser("check", about).parse_args()
    root = options.root.resolve()
    vendors = find_vendors(options.vendor, root=root)
    drift, sections, problems = compare(vendors)
    rows = [(vendor.slug, len(drift[vendor.slug])) for vendor in vendors if vendor.slug in drift]
    print_table("Drift", ["vendor", "files that differ"], rows, right=["files that differ"])
    for target, text in ({} if problems else write_pages(find_vendors(root=root), sections)).items():
        path = root / target
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            problems.append(f"{target.as_posix()} differs from what the specs give. Run `nox -s regenerate`.")
    for problem in [*describe(drift), *problems]:
        print(f"error: {problem}", file=sys.stderr)
    if problems or any(drift.values()):
        return 1
    console.print(f"No drift: {len(vendors)} vendors regenerate to the committed bytes.")
    return 0


if __name__ == "__main__":
    sys.exit(run(main))
