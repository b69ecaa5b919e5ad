"""`nox -s fetch -- <vendor>`: download a vendor's own OpenAPI file and make it the source."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path

from scripts.common.document import mapping, operations
from scripts.common.layout import ROOT, Vendor, find_vendors
from scripts.common.problems import run
from scripts.common.yaml_io import load_yaml
from scripts.fetch.content import check_shrink
from scripts.fetch.discover import discover
from scripts.fetch.store import store
from scripts.fetch.transfer import Reply, check_address, read_address
from scripts.spec.bundle import bundle
from scripts.spec.provenance import read_provenance


def fetch(vendor: Vendor, *, accept_fewer: bool, today: date) -> int:
    """Fetch one vendor's spec, and print the steps and a summary.

    Raises:
        PipelineError: nothing usable was found; nothing was changed.
        OSError: the folder cannot be written; nothing was changed.
    """
    record = read_provenance(vendor)
    start, name = record.download or record.documentation, vendor.show(vendor.source)
    check_address(start, where=vendor.show(vendor.provenance))

    def read(address: str) -> Reply:
        print(f"{vendor.slug}: reading {address} …", flush=True)
        reply = read_address(address)
        print(f"{vendor.slug}: {len(reply.content):,} bytes", flush=True)
        return reply

    # The title of the present source is the vendor's own wording; the record may add the vendor's name.
    info = mapping(mapping(load_yaml(vendor.source, name=name, number_keys=True)).get("info"))
    found = discover(start, titles=(record.title, str(info.get("title", ""))), read=read)
    before = record.operations or len(operations(bundle(vendor.source, name=name, number_keys=True)))
    check_shrink(found.spec, before, accept_fewer=accept_fewer, where=found.address)
    facts = f"OpenAPI {found.spec.openapi}, {found.way}, {before} → {found.spec.operations} operations"
    if record.kind == "downloaded" and vendor.source.read_bytes() == found.spec.content:
        print(f"{vendor.slug}: unchanged since {record.retrieved} ({facts}); nothing written.")
        return 0
    kept = store(vendor, found.spec, record=record, address=found.address, today=today)
    place = f"; the {record.kind} source is now in {vendor.show(vendor.transcribed)}" if kept else ""
    print(f"{vendor.slug}: {name} replaced ({facts}){place}. Next: nox -s reconcile -- {vendor.slug}")
    return 0


def main(argv: Sequence[str] | None = None, *, root: Path = ROOT) -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(
        prog="nox -s fetch --", description="Download a vendor's own OpenAPI file and make it the source."
    )
    parser.add_argument("vendor", nargs="+", help="folder name below specs/")
    parser.add_argument("--accept-fewer", action="store_true", help="take a file with far fewer operations than before")
    options = parser.parse_args(argv)
    today = datetime.now(UTC).date()
    vendors = find_vendors(options.vendor, root=root)
    codes = [run(partial(fetch, vendor, accept_fewer=options.accept_fewer, today=today)) for vendor in vendors]
    return max(codes)


if __name__ == "__main__":
    sys.exit(run(main))
