"""The manifest of a vendor's generated files: what they were made from, by which tools, and what came out."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path
from typing import Any

from scripts.common.layout import ROOT, Vendor
from scripts.common.yaml_io import dump_json
from scripts.spec.effective import is_download

NAME = "manifest.json"
# Exactly these shape the bytes; a newer version of anything else changes nothing.
TOOLS = ("openapi-python-client", "ruff", "datamodel-code-generator", "jsonpath-rfc9535", "pyyaml", "jinja2")
# Everything in these folders shapes the output.
ROOMS = ("common", "spec", "generate")


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file in hexadecimal."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def hash_inputs(vendor: Vendor) -> dict[str, str]:
    """Return folder → one SHA-256 over the names and bytes of everything in it that shapes the output of one vendor.

    The ledger is a record beside the sources and shapes no byte; the provenance does where it grades a downloaded source.
    """
    beside = [*vendor.beside, *([vendor.provenance] if is_download(vendor) else [])]
    sources = [*vendor.source_files(), *(path for path in beside if path.is_file())]
    folders = {
        vendor.show(vendor.overlay_folder): (vendor.overlay_folder, vendor.overlays()),
        **{f"scripts/{name}": (ROOT / "scripts" / name, _scripts(name)) for name in ROOMS},
        vendor.show(vendor.specs): (vendor.specs, sources),
    }
    return {name: hash_files(folder, files) for name, (folder, files) in folders.items()}


def _scripts(room: str) -> list[Path]:
    return sorted(path for path in (ROOT / "scripts" / room).rglob("*") if path.suffix in (".py", ".jinja"))


def tool_versions() -> dict[str, str]:
    """Return the versions of the tools that shape the output."""
    return {name: version(name) for name in TOOLS}


def generated_files(folder: Path) -> list[Path]:
    """List every generated file below a vendor's folder except the manifest."""
    return sorted(
        path for path in folder.rglob("*") if path.is_file() and path.name != NAME and "__pycache__" not in path.parts
    )


def hash_files(folder: Path, files: Iterable[Path]) -> str:
    """Return one SHA-256 over the names below a folder and the bytes of some of its files, the same on every machine."""
    named = sorted((path.relative_to(folder).as_posix(), path) for path in files)
    return hashlib.sha256("".join(f"{name}\0{sha256(path)}\n" for name, path in named).encode()).hexdigest()


def write_manifest(vendor: Vendor, folder: Path, counts: dict[str, int], adapted: list[str]) -> dict[str, Any]:
    """Write the manifest of freshly generated files and return it; `adapted` says what the generators read in another form than the effective spec."""
    files = generated_files(folder)
    manifest = {
        "vendor": vendor.slug,
        "counts": counts,
        "adapted": adapted,
        "effective_spec": sha256(folder / "openapi.yaml"),
        "outputs": hash_files(folder, files),
        "files": len(files),
        "tools": tool_versions(),
        "inputs": hash_inputs(vendor),
    }
    (folder / NAME).write_text(dump_json(manifest), encoding="utf-8", newline="\n")
    return manifest


def read_manifest(folder: Path) -> dict[str, Any]:
    """Read a manifest; an absent or unreadable one is an empty one, so that everything is made again."""
    try:
        manifest = json.loads((folder / NAME).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return manifest if isinstance(manifest, dict) else {}


def is_current(vendor: Vendor) -> bool:
    """Tell whether the generated files came from the present inputs and tools and were not touched since."""
    manifest = read_manifest(vendor.generated)
    return (
        manifest.get("inputs") == hash_inputs(vendor)
        and manifest.get("tools") == tool_versions()
        and manifest.get("outputs") == hash_files(vendor.generated, generated_files(vendor.generated))
    )
