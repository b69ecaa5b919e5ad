"""Make downloaded bytes the source of a vendor: the whole folder is prepared and swapped in, or nothing changes."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

from scripts.common.layout import Vendor
from scripts.common.problems import PipelineError
from scripts.common.swap import swap_in, temporary_folder
from scripts.fetch.content import Spec
from scripts.fetch.origin import Origin
from scripts.spec.provenance import Provenance, edit_provenance, hash_file


def store(vendor: Vendor, spec: Spec, *, record: Provenance, origin: Origin, today: date) -> bool:
    """Replace the source; a hand-made one is kept below `transcribed/`, with the overlays made for it. Return whether that happened.

    Raises:
        PipelineError: an older transcription would be lost.
        OSError: a file cannot be written. In both cases the vendor's folder is as it was.
    """
    keep = record.kind != "downloaded"
    if keep and vendor.transcribed.exists():
        where = vendor.show(vendor.transcribed)
        raise PipelineError(
            f"it exists although the source is {record.kind}",
            where=where,
            todo="Remove or rename it; the source would be kept there.",
        )
    with temporary_folder(vendor.specs) as new:
        shutil.copytree(vendor.specs, new, dirs_exist_ok=True)
        if keep:
            _move_sources(vendor, new)
        source = new / vendor.source.name
        source.write_bytes(spec.content)
        members: dict[str, str | int | date] = {
            "kind": "downloaded",
            **({"download": origin.received} if origin.received.startswith("http") else {}),
            **_members(origin),
            "retrieved": today,
            "operations": spec.operations,
        }
        before = vendor.provenance.read_text(encoding="utf-8")
        text = edit_provenance(before, members, sha256={source.name: hash_file(source)})
        (new / vendor.provenance.name).write_text(text, encoding="utf-8", newline="\n")
        swap_in(new, vendor.specs)
    return keep


def keep_record(vendor: Vendor, origin: Origin) -> None:
    """Record who vouches for the present source."""
    text = edit_provenance(vendor.provenance.read_text(encoding="utf-8"), _members(origin))
    vendor.provenance.write_text(text, encoding="utf-8", newline="\n")


def _members(origin: Origin) -> dict[str, str | int | date]:
    return {"received": origin.received, "origin": origin.origin, "confirmed": origin.confirmed}


def _move_sources(vendor: Vendor, folder: Path) -> None:
    """Move every source file into a folder below, with its relative path, so that references between them still hold; copy the overlays there."""
    kept = folder / vendor.transcribed.name
    for path in vendor.source_files():
        relative = path.relative_to(vendor.specs)
        target = kept / relative
        target.parent.mkdir(parents=True, exist_ok=True)
        (folder / relative).rename(target)
    for path in vendor.overlays():
        target = kept / "overlays" / path.name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)
    for path in sorted(folder.rglob("*"), reverse=True):
        if path.is_dir() and not any(path.iterdir()):
            path.rmdir()
