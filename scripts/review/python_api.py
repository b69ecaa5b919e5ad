"""What changed for Python code: the surfaces of a vendor's packages, and what `loyalty_runtime` exports."""

from __future__ import annotations

from pathlib import Path

from scripts.common.layout import Vendor
from scripts.review.model import Change, Impact
from scripts.review.signatures import compare_surfaces, make_change, merge
from scripts.review.surface import exported_names, read_surface


def compare_python(before: Vendor, after: Vendor) -> list[Change]:
    """Return the changes of the client and the models package of one vendor."""
    changes: list[Change] = []
    for name in (after.client_package, after.models_package):
        old, new = before.generated / name, after.generated / name
        if new.is_dir() and not old.is_dir():
            changes.append(make_change(after.slug, "package-added", name, "is new", Impact.MINOR))
        elif old.is_dir():
            changes += compare_packages(after.slug, old, new)
    return merge(changes)


def compare_packages(vendor: str, before: Path, after: Path) -> list[Change]:
    """Compare two versions of one package."""
    return compare_surfaces(vendor, read_surface(before), read_surface(after))


def compare_runtime(before: Path, after: Path) -> list[Change]:
    """Return the changes of what `loyalty_runtime` exports."""
    old, new = before / "runtime" / "loyalty_runtime", after / "runtime" / "loyalty_runtime"
    if not old.is_dir():
        return [make_change("runtime", "package-added", new.name, "is new", Impact.MINOR)] if new.is_dir() else []
    names = exported_names(old) | exported_names(new)
    changes = compare_surfaces("runtime", read_surface(old, only=names), read_surface(new, only=names))
    changes += [
        make_change("runtime", "name-removed", f"loyalty_runtime.{name}", "is no longer exported", Impact.MAJOR)
        for name in sorted(exported_names(old) - exported_names(new))
    ]
    return changes
