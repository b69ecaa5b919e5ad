"""`nox -s review`: compare the working tree with a base revision, write the report and the previews."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from scripts.common.layout import vendors_parser
from scripts.common.problems import PipelineError, run
from scripts.common.report import console, print_table
from scripts.common.yaml_io import dump_json
from scripts.review.base import base_tree, resolve_base
from scripts.review.compare import compare_vendor, slugs
from scripts.review.markdown import shorten, write_report
from scripts.review.model import Review, VendorReview
from scripts.review.preview import write_preview
from scripts.review.python_api import compare_runtime
from scripts.review.verdict import Verdict, judge


def review_tree(base: Path, root: Path, *, names: Sequence[str] = ()) -> Review:
    """Compare two repository trees.

    Raises:
        PipelineError: a vendor is unknown or cannot be read.
    """
    known = slugs(base, root)
    for name in names:
        if name not in known:
            todo = f"Known vendors: {', '.join(known) or 'none'}."
            raise PipelineError(f"unknown vendor {name!r}", where="review", todo=todo)
    vendors = []
    for slug in names or known:
        console.print(f"{slug}: comparing …")
        vendors.append(compare_vendor(slug, base=base, root=root))
    return Review(vendors=vendors, runtime=compare_runtime(base, root))


def report_json(review: Review, verdict: Verdict, base: str) -> str:
    """Write the report for programs."""
    version = {
        "released": str(verdict.released),
        "needed": verdict.needed.word,
        "next": str(verdict.next_version),
    }
    vendors = [
        {
            "vendor": vendor.vendor,
            "state": "unchanged" if vendor.unchanged else vendor.state,
            "operations": len(vendor.side.operations) if vendor.side else 0,
            "changes": [change.as_json() for change in vendor.changes],
        }
        for vendor in review.vendors
    ]
    return dump_json(
        {
            "base": base,
            "passes": verdict.passes,
            "version": version,
            "unaccepted": [change.id for change in verdict.unaccepted],
            "accepted": [{**vars(entry), "version": str(entry.version)} for entry in verdict.accepted.values()],
            "problems": verdict.problems,
            "runtime": [change.as_json() for change in review.runtime],
            "vendors": vendors,
        }
    )


def main(argv: Sequence[str] | None = None) -> int:
    """Run from the command line."""
    about = "Compare the working tree with a base revision: wire, Python API, overlays, evidence."
    parser = vendors_parser("review", about)
    parser.add_argument("--base", help="the revision to compare with (default: the merge base with main)")
    parser.add_argument("--no-lint", action="store_true", help="taken from older calls: `nox -s lint` is what lints")
    parser.add_argument("--no-preview", action="store_true", help="write no HTML pages")
    options = parser.parse_args(argv)
    root = options.root.resolve()
    folder = root / "build" / "review"
    commit = resolve_base(options.base, root=root)
    with base_tree(commit, root=root) as base:
        review = review_tree(base, root, names=options.vendor)
        verdict = judge(review, base=base, root=root)
        previews = write_previews(folder / "preview", [] if options.no_preview else review.vendors)
        report = write_report(review, verdict, base=commit[:12], previews=previews)
        (folder / "report.md").write_text(report, encoding="utf-8")
        (folder / "comment.md").write_text(shorten(report), encoding="utf-8")
        (folder / "report.json").write_text(report_json(review, verdict, commit), encoding="utf-8")
    return finish(review, verdict, folder, root)


def write_previews(folder: Path, vendors: Sequence[VendorReview]) -> dict[str, str]:
    """Write the pages of vendors that changed or are new, remove those of earlier runs; return vendor → address beside the report."""
    folder.mkdir(parents=True, exist_ok=True)
    for path in folder.glob("*.html"):
        path.unlink()
    written = {}
    for review in vendors:
        if review.side is not None and not review.unchanged:
            slug = review.vendor
            console.print(f"{slug}: writing the preview …")
            (folder / f"{slug}.html").write_text(write_preview(review, review.side), encoding="utf-8", newline="\n")
            written[slug] = f"{folder.name}/{slug}.html"
    return written


def finish(review: Review, verdict: Verdict, folder: Path, root: Path) -> int:
    """Print the closing table and say what a maintainer does next."""
    columns = ["vendor", "breaking", "other changes"]
    rows = [
        (
            vendor.vendor,
            sum(change.breaks for change in vendor.changes),
            "unchanged" if vendor.unchanged else sum(not change.breaks for change in vendor.changes),
        )
        for vendor in review.vendors
    ]
    print_table("Reviewed", columns, rows, right=columns[1:])
    for problem in verdict.problems:
        print(f"error: {problem}", file=sys.stderr)
    for change in verdict.unaccepted:
        print(f"error: not accepted: {change.id}", file=sys.stderr)
    shown = folder.relative_to(root).as_posix()
    if verdict.unaccepted:
        console.print("Correct each break, or accept it: the report has an entry for each.")
    pages = sorted(path.name for path in (folder / "preview").glob("*.html"))
    if pages:
        console.print(f"Previews: {', '.join(f'{shown}/preview/{name}' for name in pages)}.")
    console.print(
        f"{shown}/report.md: {len(review.breaks)} breaking, {len(review.changes)} changes in all, next version {verdict.next_version}."
    )
    return 0 if verdict.passes else 1


if __name__ == "__main__":
    sys.exit(run(main))
