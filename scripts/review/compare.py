"""Compare one vendor between the base revision and the working tree."""

from __future__ import annotations

from pathlib import Path

from scripts.common.layout import Vendor
from scripts.common.problems import PipelineError
from scripts.generate.manifest import read_manifest
from scripts.reference.python_calls import read_calls
from scripts.review.actions import compare_actions
from scripts.review.causes import join_causes, join_renames
from scripts.review.grades import compare_evidence
from scripts.review.model import Change, Impact, VendorReview
from scripts.review.python_api import compare_python
from scripts.review.side import Side, load_side
from scripts.review.wire import compare_wire


def slugs(*roots: Path) -> list[str]:
    """List the vendors of any side."""
    return sorted({path.parent.name for root in roots for path in (root / "specs").glob("*/openapi.yaml")})


def compare_vendor(slug: str, *, base: Path, root: Path) -> VendorReview:
    """Compare one vendor between two repository trees.

    Raises:
        PipelineError: a side cannot be read at all.
    """
    old, new = Vendor(slug, base), Vendor(slug, root)
    if not new.source.is_file():
        message = f"The vendor is gone, and with it `{old.client_package}` and `{old.models_package}`."
        gone = Change(slug, "python", "package-removed", old.client_package, message, Impact.MAJOR)
        return VendorReview(vendor=slug, state="removed", changes=[gone])
    after = load_side(new)
    review = VendorReview(vendor=slug, side=after, problems=[*after.problems, *drift(after)])
    if _contents(old) == _contents(new):
        review.unchanged = not review.problems
        return review
    adapted, known_before = (read_manifest(vendor.generated).get("adapted") or [] for vendor in (new, old))
    review.adapted = [line for line in adapted if line not in known_before]
    review.adapted_before = len(set(known_before) - set(adapted))
    if not old.source.is_file():
        review.state = "added"
        return review
    try:
        before = load_side(old, touches=False)
    except PipelineError as problem:
        found = f"the base revision cannot be read: {problem}"
        raise PipelineError(found, where=slug, todo="Choose another base.") from None
    calls = [read_calls(vendor.generated / vendor.client_package) for vendor in (old, new)]
    wire = compare_wire(slug, before.document, after.document)
    sides = [(before.document, calls[0]), (after.document, calls[1])]
    wire, python = join_causes(wire, compare_python(old, new), sides)
    review.changes = [
        *wire,
        *join_renames(python, *calls),
        *compare_actions(slug, before, after),
        *compare_evidence(slug, before, after),
    ]
    return review


def drift(side: Side) -> list[str]:
    """Say when the generated files are not what sources and overlays give now."""
    spec = side.vendor.generated / "openapi.yaml"
    where, todo = side.vendor.show(spec), f"Run `nox -s regenerate -- {side.vendor.slug}` and commit the result."
    if not spec.is_file():
        return [f"{where}: no such file. {todo}"]
    if side.text and spec.read_text(encoding="utf-8") != side.text:
        return [f"{where}: it is not what the source and the overlays give now. {todo}"]
    return []


def _contents(vendor: Vendor) -> dict[str, bytes]:
    """Return every file that belongs to a vendor."""
    folders = (vendor.specs, vendor.overlay_folder, vendor.generated)
    paths = [vendor.evidence, *(path for folder in folders for path in folder.rglob("*"))]
    return {
        vendor.show(path): path.read_bytes() for path in paths if path.is_file() and "__pycache__" not in path.parts
    }
