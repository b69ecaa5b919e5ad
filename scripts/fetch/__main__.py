"""`nox -s fetch -- <vendor>`: download a vendor's own OpenAPI file and make it the source."""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from pathlib import Path

from scripts.common.document import operations
from scripts.common.layout import ROOT, Vendor, find_vendors
from scripts.common.problems import run
from scripts.common.transfer import Limits, Reply, check_address, read_address
from scripts.common.yaml_io import load_yaml
from scripts.fetch.content import check_shrink
from scripts.fetch.discover import discover
from scripts.fetch.store import store
from scripts.spec.bundle import bundle
from scripts.spec.provenance import read_provenance


def fetch(vendor: Vendor, *, limits: Limits, accept_fewer: bool, today: date, say: Callable[[str], None]) -> str:
    """Fetch one vendor's spec and return the summary line.

    Raises:
        PipelineError: nothing usable was found; nothing was changed.
        OSError: the folder cannot be written; nothing was changed.
    """
    record = read_provenance(vendor)
    start = record.download or record.documentation
    check_address(start, where=vendor.show(vendor.provenance))

    def read(address: str) -> Reply:
        say(f"{vendor.slug}: reading {address} …")
        reply = read_address(address, limits=limits)
        say(f"{vendor.slug}: {len(reply.content):,} bytes")
        return reply

    found = discover(start, titles=(record.title, _source_title(vendor)), read=read)
    before = record.operations or _count_operations(vendor)
    check_shrink(found.spec, before, accept_fewer=accept_fewer, where=found.address)
    facts = f"OpenAPI {found.spec.openapi}, {found.way}, {before} → {found.spec.operations} operations"
    if record.kind == "downloaded" and vendor.source.read_bytes() == found.spec.content:
        return f"{vendor.slug}: unchanged since {record.retrieved} ({facts}); nothing written."
    kept = store(vendor, found.spec, record=record, address=found.address, today=today)
    place = f"; the {record.kind} source is now in {vendor.show(vendor.transcribed)}" if kept else ""
    return f"{vendor.slug}: {vendor.show(vendor.source)} replaced ({facts}){place}. Next: nox -s reconcile -- {vendor.slug}"


def main(argv: Sequence[str] | None = None, *, root: Path = ROOT) -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(
        prog="nox -s fetch --", description="Download a vendor's own OpenAPI file and make it the source."
    )
    parser.add_argument("vendor", nargs="+", help="folder name below specs/")
    parser.add_argument("--accept-fewer", action="store_true", help="take a file with far fewer operations than before")
    parser.add_argument(
        "--timeout",
        type=_seconds,
        default=Limits.seconds,
        metavar="SECONDS",
        help="for each address (default: %(default)g)",
    )
    parser.add_argument(
        "--max-bytes", type=_count, default=Limits.size, metavar="N", help="for each address (default: %(default)d)"
    )
    options = parser.parse_args(argv)
    limits = Limits(seconds=options.timeout, size=options.max_bytes)
    today = datetime.now(UTC).date()
    failed = 0
    for vendor in find_vendors(options.vendor, root=root):

        def command(vendor: Vendor = vendor) -> int:
            print(fetch(vendor, limits=limits, accept_fewer=options.accept_fewer, today=today, say=_say))
            return 0

        failed += run(command) != 0
    return 1 if failed else 0


def _source_title(vendor: Vendor) -> str:
    """Return the title that the present source has: the vendor's own wording, where the record may add the vendor's name."""
    document = load_yaml(vendor.source, name=vendor.show(vendor.source), number_keys=True)
    info = document.get("info") if isinstance(document, dict) else None
    return str(info.get("title", "")) if isinstance(info, dict) else ""


def _count_operations(vendor: Vendor) -> int:
    return len(operations(bundle(vendor.source, name=vendor.show(vendor.source), number_keys=True)))


def _say(line: str) -> None:
    print(line, flush=True)


def _seconds(text: str) -> float:
    value = float(text)
    if not math.isfinite(value) or value <= 0:
        raise ValueError(text)
    return value


def _count(text: str) -> int:
    value = int(text)
    if value <= 0:
        raise ValueError(text)
    return value


if __name__ == "__main__":
    sys.exit(run(main))
