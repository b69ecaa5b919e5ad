"""Make downloaded bytes the source of a vendor: the whole folder is prepared and swapped in, or nothing changes."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

from scripts.common.layout import Vendor
from scripts.common.problems import PipelineError
from scripts.fetch.content import Spec
from scripts.generate.build_vendor import swap_in, temporary_folder
from scripts.spec.bundle import bundle
from scripts.spec.provenance import Provenance, hash_file
from scripts.spec.provenance_text import edit_provenance

_SUFFIXES = frozenset({".yaml", ".yml", ".json"})


def store(vendor: Vendor, spec: Spec, *, record: Provenance, address: str, today: date) -> bool:
    """Replace the source; a hand-made one is kept below `transcribed/`. Return whether that happened.

    Raises:
        PipelineError: the pipeline cannot read the new source, or an older transcription would be lost.
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
    # In the root of the repository, so that no other command takes it for a vendor.
    with temporary_folder(vendor.root, "fetch") as workspace:
        new = workspace / vendor.slug
        shutil.copytree(vendor.specs, new)
        if keep:
            _move_sources(new, vendor.transcribed.name)
        source = new / vendor.source.name
        source.write_bytes(spec.content)
        members: dict[str, str | int | date] = {
            "kind": "downloaded",
            "download": address,
            "retrieved": today,
            "operations": spec.operations,
        }
        before = vendor.provenance.read_text(encoding="utf-8")
        text = edit_provenance(before, members, sha256={source.name: hash_file(source)})
        (new / vendor.provenance.name).write_text(text, encoding="utf-8", newline="\n")
        bundle(source, name=vendor.show(vendor.source), number_keys=True)  # what cannot be read is refused here
        swap_in(new, vendor.specs)
    return keep


def _move_sources(folder: Path, transcribed: str) -> None:
    """Move every source file into a folder below, with its relative path, so that references between them still hold."""
    files = [path for path in folder.rglob("*") if path.suffix in _SUFFIXES and path.is_file()]
    for path in files:
        target = folder / transcribed / path.relative_to(folder)
        target.parent.mkdir(parents=True, exist_ok=True)
        path.rename(target)
    for path in sorted(folder.rglob("*"), reverse=True):
        if path.is_dir() and not any(path.iterdir()):
            path.rmdir()
