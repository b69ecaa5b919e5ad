"""`nox -s fetch -- <vendor>`: make a vendor's own OpenAPI file the source, from its address or from a file on disk."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path

from scripts.common.document import mapping, operations
from scripts.common.layout import ROOT, Vendor, find_vendors
from scripts.common.problems import PipelineError, run
from scripts.common.transfer import Reply, check_address, read_address
from scripts.common.yaml_io import load_yaml
from scripts.fetch.content import check_shrink
from scripts.fetch.discover import Found, discover
from scripts.fetch.origin import Origin, confirm, origin_of
from scripts.fetch.store import keep_record, store
from scripts.fetch.trial import Judge, judge_file, try_spec
from scripts.spec.bundle import bundle
from scripts.spec.provenance import Provenance, read_provenance
from scripts.trial.judge import read_document


@dataclass(frozen=True)
class Wanted:
    """Hold what the command line asks for: a file in place of the address, who vouches for its origin, and what is accepted."""

    file: Path | None = None
    origin: str = ""
    by: str = ""
    accept_fewer: bool = False
    accept_refused: bool = False


def fetch(vendor: Vendor, wanted: Wanted, *, today: date, judge: Judge = judge_file) -> int:
    """Fetch one vendor's spec, try it, swap it in, and print the steps and a summary.

    Raises:
        PipelineError: nothing usable was found; nothing was changed.
        OSError: the folder cannot be written; nothing was changed.
    """
    record = read_provenance(vendor)
    if record.kind == "downloaded" and wanted.origin and not wanted.file:
        return _confirm_present(vendor, record, wanted)
    name, confirmed = vendor.show(vendor.source), confirm(wanted.origin, wanted.by)
    found = _find(vendor, record, wanted)
    origin = origin_of(record, found.address, wanted.file, confirmed=confirmed)
    before = record.operations or len(operations(bundle(vendor.source, name=name, number_keys=True)))
    check_shrink(found.spec, before, accept_fewer=wanted.accept_fewer, where=found.address)
    facts = f"OpenAPI {found.spec.openapi}, {found.way}, {before} → {found.spec.operations} operations"
    if record.kind == "downloaded" and vendor.source.read_bytes() == found.spec.content:
        print(f"{vendor.slug}: unchanged since {record.retrieved} ({facts}).")
        if origin.confirmed and (origin.origin, origin.confirmed) != (record.origin, record.confirmed):
            keep_record(vendor, origin)
            print(f"{vendor.slug}: {origin.told()}")
        return 0
    try_spec(found.spec, vendor, judge=judge, accept_refused=wanted.accept_refused)
    kept = store(vendor, found.spec, record=record, origin=origin, today=today)
    place = f"; the {record.kind} source is now in {vendor.show(vendor.transcribed)}" if kept else ""
    print(f"{vendor.slug}: {name} replaced ({facts}){place}.")
    print(f"{vendor.slug}: {origin.told()} Next: nox -s reconcile -- {vendor.slug} --apply")
    return 0


def _find(vendor: Vendor, record: Provenance, wanted: Wanted) -> Found:
    """Read the file or the address, and find the spec there."""
    start = str(wanted.file) if wanted.file else record.download or record.documentation
    if not wanted.file:
        check_address(start, where=vendor.show(vendor.provenance))
    # The title of the present source is the vendor's own wording; the record may add the vendor's name.
    info = mapping(mapping(load_yaml(vendor.source, name=vendor.show(vendor.source), number_keys=True)).get("info"))
    titles = (record.title, str(info.get("title", "")))
    return discover(start, titles=titles, read=partial(_read, vendor, wanted.file))


def _read(vendor: Vendor, file: Path | None, address: str) -> Reply:
    print(f"{vendor.slug}: reading {address} …", flush=True)
    if file and address == str(file):
        reply = Reply(address, read_document(address))
    elif file:
        found = f"the page on disk refers to {address}"
        raise PipelineError(found, where=str(file), todo="Save that file and give it to --file.")
    else:
        reply = read_address(address)
    print(f"{vendor.slug}: {len(reply.content):,} bytes", flush=True)
    return reply


def _confirm_present(vendor: Vendor, record: Provenance, wanted: Wanted) -> int:
    origin = Origin(record.received or record.download, *confirm(wanted.origin, wanted.by))
    keep_record(vendor, origin)
    print(f"{vendor.slug}: {origin.told()} Next: nox -s regenerate -- {vendor.slug}")
    return 0


def main(argv: Sequence[str] | None = None, *, root: Path = ROOT, judge: Judge = judge_file) -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(
        prog="nox -s fetch --", description="Make a vendor's own OpenAPI file the source: download it, or take a file."
    )
    add: Callable[..., object] = parser.add_argument
    add("vendor", nargs="+", help="folder name below specs/")
    add("--file", type=Path, metavar="PATH", help="take this file, or page saved from a browser, and read no address")
    add("--origin", default="", metavar="URL", help="say that the vendor publishes the file at this address")
    add("--by", default="", metavar="NAME", help="who says so (default: user.name of git)")
    add("--accept-fewer", action="store_true", help="take a file with far fewer operations than before")
    add("--accept-refused", action="store_true", help="take a file of which no client can be made as it is")
    options = parser.parse_args(argv)
    if len(options.vendor) > 1 and (options.file or options.origin):
        found = f"{len(options.vendor)} vendors were named"
        raise PipelineError(found, where="--file and --origin", todo="They are about one vendor: name it alone.")
    wanted = Wanted(options.file, options.origin, options.by, options.accept_fewer, options.accept_refused)
    today = datetime.now(UTC).date()
    vendors = find_vendors(options.vendor, root=root)
    return max([run(partial(fetch, vendor, wanted, today=today, judge=judge)) for vendor in vendors])


if __name__ == "__main__":
    sys.exit(run(main))
