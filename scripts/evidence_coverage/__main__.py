"""`python -m scripts.evidence_coverage [vendor …]`: count the facts of the evidence that the effective specs have."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from pathlib import Path

from rich.markup import escape

from scripts.common.layout import ROOT, find_vendors
from scripts.common.problems import run
from scripts.common.report import console, print_table
from scripts.evidence_coverage.fact import Result
from scripts.evidence_coverage.judge import Coverage, cover

_MANY = 6  # values of one fact before the rest is only counted

COLUMNS = ("facts", "there", "corrected", "missing", "covered")


def count(results: list[Result]) -> list[str]:
    """Return the numbers of one line of the table."""
    counts = Counter(result.outcome for result in results)
    share = (counts["there"] + counts["corrected"]) * 100 / len(results) if results else 100
    # Cut off, not rounded: one missing fact of ten thousand is not 100 %.
    percent = f"{int(share * 100) / 100:g} %"
    return [*map(str, (len(results), counts["there"], counts["corrected"], counts["missing"])), percent]


def tables(coverage: Coverage, *, exceptions: bool) -> None:
    """Print the facts of one vendor by kind, then the exceptions by number."""
    results = list(coverage.results)
    kinds = list(dict.fromkeys(result.fact.kind for result in results))
    rows = [(kind, *count([result for result in results if result.fact.kind == kind])) for kind in kinds]
    rows.append(("all", *count(results)))
    print_table(f"Facts of the evidence: {coverage.vendor}", ("kind", *COLUMNS), rows, right=COLUMNS)
    if coverage.catalogued:
        console.print(f"{coverage.vendor}: {coverage.catalogued} further operations are catalogued only and in no spec")
    corrected = [result for result in results if result.outcome == "corrected"]
    if exceptions and corrected:
        lines = [(", ".join(item.numbers), item.fact.operation, _about(item), escape(item.found)) for item in corrected]
        print_table(f"Corrected by an overlay: {coverage.vendor}", ("number", "operation", "page", "spec"), lines)


def _about(result: Result) -> str:
    fact = result.fact
    values = [str(value) for value in (fact.value if isinstance(fact.value, tuple) else [fact.value])]
    shown = ", ".join(values) if len(values) < _MANY else f"{', '.join(values[:2])} … ({len(values)} values)"
    return escape(f"{fact.kind} {fact.name}: {fact.attribute} {shown}")


def main() -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m scripts.evidence_coverage",
        description="Count the facts of docs/evidence/*-operations.yaml that the effective specs have, and list those an overlay corrects.",
    )
    parser.add_argument("vendor", nargs="*", help="only these vendors (default: all)")
    parser.add_argument("--summary", action="store_true", help="print counts without the list of corrected facts")
    parser.add_argument("--root", type=Path, default=ROOT, help="the repository to work on (default: this one)")
    options = parser.parse_args()
    failed = 0
    for vendor in find_vendors(options.vendor, root=options.root.resolve()):
        coverage = cover(vendor)
        tables(coverage, exceptions=not options.summary)
        for result in coverage.results:
            if result.outcome == "missing":
                failed += 1
                print(f"error: {vendor.slug}: {result.fact}: the spec has {result.found}", file=sys.stderr)
        for name in coverage.unknown:
            failed += 1
            print(f"error: {vendor.slug}: the spec has {name}, which is not in the evidence", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(run(main))
