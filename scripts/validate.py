"""`nox -s validate`: check specs, overlays and provenance, and print the ledger of inconsistencies."""

from __future__ import annotations

import sys
from collections import Counter

from scripts.common.layout import Vendor, find_vendors, vendors_parser
from scripts.common.problems import run
from scripts.common.report import console, print_table
from scripts.generate.derive import find_all
from scripts.spec.effective import make_effective
from scripts.spec.grades import check_grades
from scripts.spec.ledger import Entry, make_ledger
from scripts.spec.locate import show_faults
from scripts.spec.provenance import check_hashes, read_provenance


def validate(vendor: Vendor) -> tuple[list[Entry], list[str], int]:
    """Return the ledger of one vendor, every fault found, and the number of operations."""
    effective = make_effective(vendor)
    document = effective.document
    faults = show_faults(vendor, find_all(document))
    faults += check_grades(effective.document)
    faults += check_hashes(vendor)
    recorded = read_provenance(vendor).operations
    if recorded is not None and recorded != len(effective.operations):
        faults.append(
            f"{vendor.show(vendor.provenance)}: it records {recorded} operations, the spec has {len(effective.operations)}. Correct the record."
        )
    entries, ledger_faults = make_ledger(vendor, [applied.action for applied in effective.applied], effective.document)
    return entries, faults + ledger_faults, len(effective.operations)


def main() -> int:
    """Run from the command line."""
    about = "Check specs, overlays and provenance, and print the ledger of inconsistencies."
    parser = vendors_parser("validate", about)
    parser.add_argument("--summary", action="store_true", help="print counts instead of every line of the ledger")
    options = parser.parse_args()
    rows, failed = [], 0
    for vendor in find_vendors(options.vendor, root=options.root.resolve()):
        console.print(f"{vendor.slug}: checking …")
        entries, faults, operations = validate(vendor)
        if not options.summary:
            print_table(
                f"Ledger of {vendor.slug}",
                ["number", "treatment", "where or why"],
                [(e.number, e.treatment, e.detail) for e in entries],
            )
        for fault in faults:
            print(f"error: {vendor.slug}: {fault}", file=sys.stderr)
        counts = Counter(entry.treatment for entry in entries)
        rows.append(
            (vendor.slug, operations, len(entries), counts["overlay"], len(entries) - counts["overlay"], len(faults))
        )
        failed += bool(faults)
    columns = ["vendor", "operations", "inconsistencies", "by overlay", "by reason", "faults"]
    print_table("Validated", columns, rows, right=columns[1:])
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(run(main))
