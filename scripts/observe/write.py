"""Write what was observed: below `build/` for a reader, or into the repository for a reviewer."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from scripts.common.document import operations
from scripts.common.layout import Vendor
from scripts.common.yaml_io import dump_yaml, load_yaml
from scripts.observe.propose import Proposal
from scripts.spec.grades import Grades, dump_grades, load_grades

OVERLAY = "90-observed.yaml"
EVIDENCE = "## Seen in traffic"


def read_evidence(vendor: Vendor) -> str:
    """Return the page of evidence, empty where there is none."""
    return vendor.evidence.read_text(encoding="utf-8") if vendor.evidence.is_file() else ""


def make_files(vendor: Vendor, document: dict[str, Any], proposals: list[Proposal], grades: Grades) -> dict[Path, str]:
    """Return the files of the repository that change; what earlier runs and other commands put into them stays."""
    files: dict[Path, str] = {}
    treated = [proposal for proposal in proposals if proposal.actions]
    if treated:
        own = vendor.overlay_folder / OVERLAY
        overlay: dict[str, Any] = load_yaml(own, name=vendor.show(own)) if own.is_file() else _empty(vendor)
        overlay["actions"] += [action for proposal in treated for action in proposal.actions]
        files[own] = dump_yaml(overlay)
        page = read_evidence(vendor)
        head = "" if EVIDENCE in page else f"\n{EVIDENCE}\n\n"
        lines = "\n".join(f"- **{each.number}** {each.text} {each.evidence}. → overlay." for each in treated)
        files[vendor.evidence] = f"{page.rstrip()}\n{head}{lines}\n"
    if grades:
        merged = {**load_grades(vendor.grades, name=vendor.show(vendor.grades)), **grades}
        order = {f"{method} {path}": place for place, (method, path, _) in enumerate(operations(document))}
        entries = {key: merged[key] for key in sorted(merged, key=lambda key: order.get(key, len(order)))}
        files[vendor.grades] = dump_grades(entries, slug=vendor.slug)
    return files


def _empty(vendor: Vendor) -> dict[str, Any]:
    info = {"title": "What traffic shows and the pages do not say", "version": "1.0.0"}
    return {"overlay": "1.1.0", "info": info, "extends": f"../../specs/{vendor.slug}/openapi.yaml", "actions": []}


def write_report(vendor: Vendor, report: str, files: Mapping[Path, str]) -> Path:
    """Write the report, and beside it the files as `--apply` would leave them, in place of those of the run before."""
    folder = vendor.root / "build" / "observe" / vendor.slug
    folder.mkdir(parents=True, exist_ok=True)
    for path in folder.iterdir():
        path.unlink()
    for name, text in {"report.md": report, **{path.name: text for path, text in files.items()}}.items():
        write_text(folder / name, text)
    return folder / "report.md"


def write_text(path: Path, text: str) -> None:
    """Write a text with the line ends of the repository."""
    path.write_text(text, encoding="utf-8", newline="\n")
