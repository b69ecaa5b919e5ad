"""`nox -s review`: compare the working tree with a base revision, write the report and the previews."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from scripts.common.layout import ROOT, find_vendors
from scripts.common.problems import PipelineError, run
from scripts.common.report import console, print_table
from scripts.common.yaml_io import dump_json
from scripts.review.accepted import accept
from scripts.review.base import base_tree, changed_files, resolve_base
from scripts.review.compare import Compared, compare_vendor, slugs
from scripts.review.markdown import write_report
from scripts.review.model import Change, Impact, Review
from scripts.review.moved import report_moved
from scripts.review.preview import write_preview
from scripts.review.python_api import compare_runtime
from scripts.review.verdict import Verdict, judge

_SHOWN = 10


def review_tree(
    base: Path, root: Path, *, names: Sequence[str] = (), with_lint: bool = True
) -> tuple[Review, list[Compared]]:
    """Compare two repository trees.

    Raises:
        PipelineError: a vendor is unknown or cannot be read.
    """
    known = slugs(base, root)
    for name in names:
        if name not in known:
            raise PipelineError(
                f"unknown vendor {name!r}", where="review", todo=f"Known vendors: {', '.join(known) or 'none'}."
            )
    compared = []
    for slug in names or known:
        console.print(f"{slug}: comparing …")
        compared.append(compare_vendor(slug, base=base, root=root, with_lint=with_lint))
    return Review(vendors=[item.review for item in compared], runtime=compare_runtime(base, root)), compared


def pipeline_lines(files: Sequence[str]) -> list[str]:
    """Say in a few lines what changed in the parts no vendor owns."""
    templates = [
        name.removeprefix("scripts/generate/templates/")
        for name in files
        if name.startswith("scripts/generate/templates/")
    ]
    scripts = [
        name for name in files if name.startswith("scripts/") and not name.startswith("scripts/generate/templates/")
    ]
    runtime = [name for name in files if name.startswith("runtime/")]
    lines = [f"Templates changed: {', '.join(f'`{name}`' for name in templates)}."] if templates else []
    lines += [f"Pipeline code changed: {len(scripts)} files."] if scripts else []
    lines += [f"Runtime changed: {len(runtime)} files."] if runtime else []
    return lines


def report_json(review: Review, verdict: Verdict, base: str) -> str:
    """Write the report for programs."""

    def plain(changes: list[Change]) -> list[dict[str, object]]:
        return [change.as_json() for change in changes]

    return dump_json(
        {
            "base": base,
            "passes": verdict.passes,
            "version": {
                "released": str(verdict.released),
                "needed": verdict.needed.word,
                "next": str(verdict.next_version),
            },
            "unaccepted": [change.id for change in verdict.unaccepted],
            "accepted": [
                {"id": name, "reason": entry.reason, "version": str(entry.version)}
                for name, entry in verdict.accepted.items()
            ],
            "problems": verdict.problems,
            "pipeline": review.pipeline,
            "runtime": plain(review.runtime),
            "vendors": [
                {
                    "vendor": vendor.vendor,
                    "state": "unchanged" if vendor.unchanged else vendor.state,
                    "operations": vendor.operations,
                    "changes": plain(vendor.changes),
                    "findings": [vars(finding) for finding in vendor.findings],
                    "generated": vars(vendor.size),
                }
                for vendor in review.vendors
            ],
        }
    )


def main(argv: Sequence[str] | None = None) -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(
        prog="nox -s review --",
        description="Compare the working tree with a base revision: wire, Python API, overlays, evidence.",
    )
    parser.add_argument("vendor", nargs="*", help="only these vendors (default: all)")
    parser.add_argument("--base", help="the revision to compare with (default: the merge base with main)")
    parser.add_argument("--no-lint", action="store_true", help="leave the linter out, for quick looks")
    parser.add_argument("--no-preview", action="store_true", help="write no HTML pages")
    parser.add_argument("--accept", action="append", metavar="ID", help="accept a break by its id, with --reason")
    parser.add_argument("--reason", default="", help="why users are worth the break that is accepted")
    parser.add_argument("--output", type=Path, help="where to write (default: build/review)")
    parser.add_argument(
        "--moved",
        action="store_true",
        help="only write the text of an issue for the named vendors whose source is not the committed one",
    )
    parser.add_argument("--root", type=Path, default=ROOT, help="the repository to work on (default: this one)")
    options = parser.parse_args(argv)
    root = options.root.resolve()
    if options.moved:
        for vendor in find_vendors(options.vendor, root=root):
            report_moved(vendor)
        return 0
    folder = options.output or root / "build" / "review"
    commit = resolve_base(options.base, root=root)
    with base_tree(commit, root=root) as base:
        review, compared = review_tree(base, root, names=options.vendor, with_lint=not options.no_lint)
        review.pipeline = pipeline_lines(changed_files(commit, "scripts", "runtime", root=root))
        verdict = judge(review, base=base, root=root)
        if options.accept:
            accept_breaks(verdict, options.accept, options.reason, root)
            verdict = judge(review, base=base, root=root)
        previews = write_previews(folder / "preview", [] if options.no_preview else compared)
        report = write_report(review, verdict, base=commit[:12], previews=previews)
        (folder / "report.md").write_text(report, encoding="utf-8")
        (folder / "report.json").write_text(report_json(review, verdict, commit), encoding="utf-8")
    return finish(review, verdict, folder, root)


def accept_breaks(verdict: Verdict, ids: Sequence[str], reason: str, root: Path) -> None:
    """Add an entry for breaks that nobody accepted yet.

    Raises:
        PipelineError: one of the ids is no such break, or there is no reason.
    """
    known = [change.id for change in verdict.unaccepted]
    for name in ids:
        if name not in known:
            raise PipelineError(
                f"{name!r} is no break that waits for acceptance",
                where="review --accept",
                todo=f"Waiting: {', '.join(known) or 'none'}.",
            )
    accept(root, ids, reason, verdict.released.after(Impact.MAJOR))


def write_previews(folder: Path, compared: Sequence[Compared]) -> dict[str, str]:
    """Write the pages of vendors that changed or are new, remove those of earlier runs; return vendor → address beside the report."""
    folder.mkdir(parents=True, exist_ok=True)
    for path in folder.glob("*.html"):
        path.unlink()
    written = {}
    for item in compared:
        if item.after is not None and not item.review.unchanged:
            slug = item.review.vendor
            console.print(f"{slug}: writing the preview …")
            (folder / f"{slug}.html").write_text(write_preview(item), encoding="utf-8", newline="\n")
            written[slug] = f"{folder.name}/{slug}.html"
    return written


def finish(review: Review, verdict: Verdict, folder: Path, root: Path) -> int:
    """Print the closing table and say what a maintainer does next."""
    columns = ["vendor", "breaking", "other changes", "findings", "generated lines"]
    rows = [
        (
            vendor.vendor,
            sum(change.breaks for change in vendor.changes),
            "unchanged" if vendor.unchanged else sum(not change.breaks for change in vendor.changes),
            f"{len(vendor.findings)} ({sum(finding.new for finding in vendor.findings)} new)",
            f"+{vendor.size.added} −{vendor.size.removed}",
        )
        for vendor in review.vendors
    ]
    print_table("Reviewed", columns, rows, right=columns[1:])
    for problem in verdict.problems:
        print(f"error: {problem}", file=sys.stderr)
    for change in verdict.unaccepted[:_SHOWN]:
        print(f"error: not accepted: {change.id}", file=sys.stderr)
    shown = folder.relative_to(root).as_posix() if folder.is_relative_to(root) else folder.name
    if len(verdict.unaccepted) > _SHOWN:
        print(
            f"error: {len(verdict.unaccepted) - _SHOWN} more breaks are not accepted: {shown}/report.md lists them.",
            file=sys.stderr,
        )
    if verdict.unaccepted:
        console.print("Correct each break, or accept it: nox -s review -- --accept ID --reason REASON.")
    pages = sorted(path.name for path in (folder / "preview").glob("*.html"))
    if pages:
        console.print(f"Previews: {', '.join(f'{shown}/preview/{name}' for name in pages)}.")
    console.print(
        f"{shown}/report.md: {len(review.breaks)} breaking, {len(review.changes)} changes in all, next version {verdict.next_version}."
    )
    return 0 if verdict.passes else 1


if __name__ == "__main__":
    sys.exit(run(main))
