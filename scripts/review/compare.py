"""Compare one vendor, and the parts no vendor owns, between the base revision and the working tree."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from scripts.common.layout import Vendor
from scripts.common.problems import PipelineError
from scripts.reference.python_calls import read_calls
from scripts.review.actions import compare_actions
from scripts.review.causes import join_causes
from scripts.review.findings import Fault, compare_findings, find_faults
from scripts.review.grades import compare_evidence
from scripts.review.model import Change, Finding, Impact, VendorReview
from scripts.review.python_api import compare_python
from scripts.review.renames import join_renames
from scripts.review.side import Side, load_side
from scripts.review.size import measure
from scripts.review.wire import compare_wire


@dataclass(frozen=True)
class Compared:
    """Hold the review of one vendor with both sides, which the preview reads; `before` is None for a new vendor."""

    review: VendorReview
    before: Side | None
    after: Side | None


def slugs(*roots: Path) -> list[str]:
    """List the vendors of any side."""
    return sorted({path.parent.name for root in roots for path in (root / "specs").glob("*/openapi.yaml")})


def compare_vendor(slug: str, *, base: Path, root: Path, with_lint: bool = True) -> Compared:
    """Compare one vendor between two repository trees.

    Raises:
        PipelineError: the newer side cannot be read at all.
    """
    old, new = Vendor(slug, base), Vendor(slug, root)
    if not new.source.is_file():
        return Compared(_gone(old), load_side(old), None)
    after = load_side(new)
    if not old.source.is_file():
        review = VendorReview(vendor=slug, state="added", operations=len(after.operations), problems=after.problems)
        review.findings, _ = compare_findings([], _faults(after, with_lint=with_lint))
        review.size = measure(old.generated, new.generated)
        review.problems += drift(after)
        return Compared(review, None, after)
    review = VendorReview(vendor=slug, operations=len(after.operations), problems=[*after.problems, *drift(after)])
    if _same_tree(old, new):
        review.unchanged = not review.problems
        return Compared(review, after, after)
    try:
        before = load_side(old, touches=False)
    except PipelineError as problem:
        raise PipelineError(
            f"the base revision cannot be read: {problem}", where=slug, todo="Choose another base."
        ) from None
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
    if before.document == after.document:
        review.findings, review.resolved_findings = _same_findings(_faults(after, with_lint=with_lint))
    else:
        found = _faults(after, with_lint=with_lint)
        review.findings, review.resolved_findings = compare_findings(_faults(before, with_lint=with_lint), found)
    review.size = measure(old.generated, new.generated)
    return Compared(review, before, after)


def _same_findings(faults: list[Fault]) -> tuple[list[Finding], int]:
    return compare_findings(faults, faults)


def drift(side: Side) -> list[str]:
    """Say when the generated files are not what sources and overlays give now."""
    spec = side.vendor.generated / "openapi.yaml"
    where, todo = side.vendor.show(spec), f"Run `nox -s regenerate -- {side.vendor.slug}` and commit the result."
    if not spec.is_file():
        return [f"{where}: no such file. {todo}"]
    if side.text and spec.read_text(encoding="utf-8") != side.text:
        return [f"{where}: it is not what the source and the overlays give now. {todo}"]
    return []


def _gone(vendor: Vendor) -> VendorReview:
    change = Change(
        vendor=vendor.slug,
        layer="python",
        rule="package-removed",
        subject=vendor.client_package,
        message=f"The vendor is gone, and with it `{vendor.client_package}` and `{vendor.models_package}`.",
        impact=Impact.MAJOR,
    )
    return VendorReview(vendor=vendor.slug, state="removed", changes=[change])


def _faults(side: Side, *, with_lint: bool) -> list[Fault]:
    with _written(side) as written:
        return find_faults(written, with_lint=with_lint)


@contextmanager
def _written(side: Side) -> Iterator[Side]:
    """Put the effective spec of a side where the linter reads it, away from the repository."""
    with tempfile.TemporaryDirectory(prefix="review-lint-") as name:
        vendor = Vendor(side.vendor.slug, Path(name))
        vendor.generated.mkdir(parents=True)
        spec = vendor.generated / "openapi.yaml"
        if side.text:
            spec.write_text(side.text, encoding="utf-8")
        elif (side.vendor.generated / "openapi.yaml").is_file():
            shutil.copy(side.vendor.generated / "openapi.yaml", spec)
        yield replace(side, vendor=vendor)


def _same_tree(old: Vendor, new: Vendor) -> bool:
    """Tell whether nothing that belongs to a vendor differs."""
    pairs: list[Callable[[Vendor], Path]] = [
        lambda v: v.specs,
        lambda v: v.overlay_folder,
        lambda v: v.generated,
        lambda v: v.evidence,
    ]
    return all(_contents(part(old)) == _contents(part(new)) for part in pairs)


def _contents(path: Path) -> dict[str, bytes]:
    if path.is_file():
        return {"": path.read_bytes()}
    files = (item for item in path.rglob("*") if item.is_file() and "__pycache__" not in item.parts)
    return {item.relative_to(path).as_posix(): item.read_bytes() for item in files}
