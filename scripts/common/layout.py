"""Where things are in the repository, and which vendors it has."""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass
from pathlib import Path

from scripts.common.problems import PipelineError
from scripts.common.swap import heal

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Vendor:
    """Name every place that belongs to one vendor."""

    slug: str
    root: Path = ROOT

    @property
    def specs(self) -> Path:
        return self.root / "specs" / self.slug

    @property
    def source(self) -> Path:
        return self.specs / "openapi.yaml"

    @property
    def provenance(self) -> Path:
        return self.specs / "provenance.toml"

    @property
    def grades(self) -> Path:
        return self.specs / "grades.yaml"

    @property
    def names(self) -> Path:
        return self.specs / "names.yaml"

    @property
    def transcribed(self) -> Path:
        """Where the transcription is kept once the vendor's own file has replaced it."""
        return self.specs / "transcribed"

    @property
    def overlay_folder(self) -> Path:
        return self.root / "overlays" / self.slug

    @property
    def ledger(self) -> Path:
        return self.overlay_folder / "ledger.yaml"

    @property
    def evidence(self) -> Path:
        return self.root / "docs" / "evidence" / f"{self.slug}.md"

    @property
    def generated(self) -> Path:
        return self.root / "generated" / self.slug

    @property
    def client_package(self) -> str:
        return f"{self.slug}_client"

    @property
    def models_package(self) -> str:
        return f"{self.slug}_models"

    def overlays(self) -> list[Path]:
        """List the overlay files in the order they are applied."""
        return sorted(self.overlay_folder.glob("[0-9][0-9]-*.yaml"))

    def source_files(self) -> list[Path]:
        """List every file the source spec consists of."""
        files = (path for path in self.specs.rglob("*") if path.suffix in (".yaml", ".yml", ".json") and path.is_file())
        return sorted(path for path in files if self.transcribed not in path.parents and path not in self.beside)

    @property
    def beside(self) -> tuple[Path, ...]:
        """What we say about a source: how sure we are of its operations, and the names that users know."""
        return self.grades, self.names

    def show(self, path: Path) -> str:
        """Write a path the way messages show it: relative to the repository, with slashes."""
        try:
            return path.relative_to(self.root).as_posix()
        except ValueError:
            return path.name


def vendors_parser(session: str, description: str) -> argparse.ArgumentParser:
    """Return the parser of a session that works on some vendors of a repository, or on all of them."""
    parser = argparse.ArgumentParser(prog=f"nox -s {session} --", description=description)
    parser.add_argument("vendor", nargs="*", help="only these vendors (default: all)")
    parser.add_argument("--root", type=Path, default=ROOT, help="the repository to work on (default: this one)")
    return parser


def find_vendors(names: list[str] | None = None, *, root: Path = ROOT) -> list[Vendor]:
    """Return the named vendors, or all of them: every folder below `specs/` or `overlays/` that has files is one.

    Raises:
        PipelineError: a name has no folder, a vendor has no source, or there is no vendor.
    """
    for room in ("specs", "generated"):
        for name in heal(root / room):
            print(f"{room}/{name}: brought back; a command that replaced it was killed.", file=sys.stderr)
    folders = [path for room in ("specs", "overlays") for path in (root / room).glob("[!.]*/")]
    known = sorted({path.name for path in folders if any(path.iterdir())})
    if not known and not names:
        todo = "Add specs/<vendor>/openapi.yaml, or name another repository."
        raise PipelineError("no vendor has a spec", where="specs", todo=todo)
    for name in names or []:
        if name not in known:
            todo = f"Known vendors: {', '.join(known) or 'none'}."
            raise PipelineError(f"unknown vendor {name!r}", where="specs", todo=todo)
    vendors = [Vendor(slug, root) for slug in dict.fromkeys(names or known)]
    for vendor in vendors:
        if not vendor.source.is_file():
            kept = f"{vendor.show(vendor.specs)} and {vendor.show(vendor.overlay_folder)}"
            todo = f"Restore it, or remove {kept} to give the vendor up."
            raise PipelineError("file not found", where=vendor.show(vendor.source), todo=todo)
    return vendors
