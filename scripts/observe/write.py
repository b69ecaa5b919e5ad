"""Write what was observed: below `build/` for a reader, or into the repository for a reviewer."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scripts.common.document import operations
from scripts.common.layout import Vendor
from scripts.common.yaml_io import dump_yaml, load_yaml
from scripts.observe.propose import Proposal
from scripts.spec.grades import Grades, dump_grades, load_grades

OVERLAY = "90-observed.yaml"
EVIDENCE = "## Seen in traffic"


@dataclass(frozen=True)
class Output:
    """Hold the texts of one run: the report, the overlay, the lines of evidence and the grades; an empty one is not written."""

    report: str
    overlay: str
    evidence: str
    grades: str


def make_output(
    vendor: Vendor, document: dict[str, Any], report: str, proposals: list[Proposal], grades: Grades
) -> Output:
    """Write the texts; what earlier runs and other commands put into the overlay and the grades stays."""
    treated = [proposal for proposal in proposals if proposal.actions]
    actions = [action for proposal in treated for action in proposal.actions]
    own = vendor.overlay_folder / OVERLAY
    overlay: dict[str, Any] = load_yaml(own, name=vendor.show(own)) if own.is_file() else _empty(vendor)
    overlay["actions"] += actions
    lines = [f"- **{p.number}** {p.text} {p.evidence}. → overlay." for p in treated]
    known = load_grades(vendor.grades, name=vendor.show(vendor.grades))
    merged = {**known, **grades}
    order = [f"{method} {path}" for method, path, _ in operations(document)]
    entries = {
        key: merged[key] for key in sorted(merged, key=lambda key: order.index(key) if key in order else len(order))
    }
    return Output(
        report,
        dump_yaml(overlay) if actions else "",
        "\n".join(lines) + "\n" if lines else "",
        dump_grades(entries, slug=vendor.slug) if grades else "",
    )


def _empty(vendor: Vendor) -> dict[str, Any]:
    info = {"title": "What traffic shows and the pages do not say", "version": "1.0.0"}
    return {"overlay": "1.1.0", "info": info, "extends": f"../../specs/{vendor.slug}/openapi.yaml", "actions": []}


def write_output(vendor: Vendor, output: Output) -> Path:
    """Write all texts below `build/observe/<vendor>/` and return that folder; a text that is empty leaves no file."""
    folder = vendor.root / "build" / "observe" / vendor.slug
    folder.mkdir(parents=True, exist_ok=True)
    texts = {
        "report.md": output.report,
        OVERLAY: output.overlay,
        "evidence.md": output.evidence,
        "grades.yaml": output.grades,
    }
    for name, text in texts.items():
        (folder / name).unlink(missing_ok=True)
        if text:
            _write(folder / name, text)
    return folder


def apply_output(vendor: Vendor, output: Output) -> list[Path]:
    """Put overlay, evidence and grades where they belong, and return the files that changed."""
    page = vendor.evidence.read_text(encoding="utf-8") if vendor.evidence.is_file() else ""
    heading = "" if EVIDENCE in page else f"\n{EVIDENCE}\n\n"
    texts = {
        vendor.overlay_folder / OVERLAY: output.overlay,
        vendor.evidence: f"{page.rstrip()}\n{heading}{output.evidence}" if output.evidence else "",
        vendor.grades: output.grades,
    }
    changed = [path for path, text in texts.items() if text]
    for path in changed:
        _write(path, texts[path])
    return changed


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")
