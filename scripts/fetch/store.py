"""Make downloaded bytes the source of a vendor: the whole folder is prepared beside the old one and swapped in, or nothing changes."""

from __future__ import annotations

import shutil
import tempfile
from datetime import date
from pathlib import Path

from scripts.common.layout import Vendor
from scripts.common.problems import PipelineError
from scripts.fetch.content import Spec
from scripts.spec.bundle import bundle
from scripts.spec.provenance import Provenance, hash_file, read_text
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
    # One level deeper than a vendor's folder, so that no other command takes it for one.
    workspace = Path(tempfile.mkdtemp(prefix=".fetch-", dir=vendor.specs.parent))
    try:
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
        text = edit_provenance(
            read_text(vendor),
            where=vendor.show(vendor.provenance),
            members=members,
            sha256={source.name: hash_file(source)},
        )
        (new / vendor.provenance.name).write_text(text, encoding="utf-8", newline="\n")
        _check_readable(source, name=vendor.show(vendor.source))
        _swap(new, vendor.specs, aside=workspace / "before")
    finally:
        # Were the vendor's folder gone, the workspace would hold its only copy.
        if vendor.specs.is_dir():
            shutil.rmtree(workspace, ignore_errors=True)
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


def _check_readable(source: Path, *, name: str) -> None:
    try:
        bundle(source, name=name, number_keys=True)
    except RecursionError:
        raise PipelineError(
            "the downloaded document is nested too deeply", where=name, todo="Look at what the address answers."
        ) from None


def _swap(new: Path, old: Path, *, aside: Path) -> None:
    try:
        old.rename(aside)
        new.rename(old)
    except BaseException:
        if aside.exists() and not old.exists():
            aside.rename(old)
        raise
