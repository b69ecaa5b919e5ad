"""What changed for Python code: griffe for names and parameters, a snapshot of signatures for what griffe does not see."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import griffe

from scripts.common.layout import Vendor
from scripts.review.model import Change, Impact
from scripts.review.signatures import compare_surfaces, make_change, merge
from scripts.review.surface import Surface, exported_names, read_surface

# Defaults and values of attributes are left out: tables such as MEMBERS change with every member, and the snapshot tells which member it is.
_PARAMETERS = {
    griffe.BreakageKind.PARAMETER_REMOVED: ("parameter-removed", "was removed"),
    griffe.BreakageKind.PARAMETER_ADDED_REQUIRED: ("parameter-added-required", "was added and is required"),
    griffe.BreakageKind.PARAMETER_CHANGED_REQUIRED: ("parameter-became-required", "became required"),
    griffe.BreakageKind.PARAMETER_CHANGED_KIND: ("parameter-became-keyword", "is no longer accepted by position"),
}


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


def compare_packages(vendor: str, before: Path, after: Path) -> list[Change]:
    """Compare two versions of one package."""
    old, new = read_surface(before), read_surface(after)
    changes = compare_surfaces(vendor, old, new)
    if after.is_dir():
        changes += griffe_changes(vendor, before, after, old)
    return merge(changes)


def griffe_changes(vendor: str, before: Path, after: Path, surface: Surface) -> list[Change]:
    """Return what griffe finds, under the names and rules of the snapshot so that both give one change."""
    old, new = (griffe.load(path.name, search_paths=[path.parent], allow_inspection=False) for path in (before, after))
    return [
        change
        for breakage in griffe.find_breaking_changes(old, new)
        for change in _read(vendor, breakage, surface, before.name)
    ]


def _read(vendor: str, breakage: griffe.Breakage, surface: Surface, package: str) -> Iterator[Change]:
    path = breakage.obj.path.removeprefix(f"{package}.")
    if any(part.startswith("_") and not part.startswith("__") for part in path.split(".")) or path.rpartition(".")[
        2
    ].startswith("__"):
        return
    kind = breakage.kind
    if kind in _PARAMETERS:
        rule, words = _PARAMETERS[kind]
        parameter = breakage.old_value or breakage.new_value
        function = surface.functions.get(path)
        subject = function.subject if function else path
        yield make_change(vendor, rule, f"{subject}({parameter.name})", words, Impact.MAJOR, seen_by="griffe")
    elif kind is griffe.BreakageKind.PARAMETER_MOVED:
        function = surface.functions.get(path)
        yield make_change(
            vendor,
            "parameters-moved",
            function.subject if function else path,
            "takes its positional arguments in another order",
            Impact.MAJOR,
            seen_by="griffe",
        )
    elif kind is griffe.BreakageKind.CLASS_REMOVED_BASE:
        found = surface.classes.get(path)
        yield make_change(
            vendor,
            "base-removed",
            found.subject if found else path,
            "lost a base class",
            Impact.MAJOR,
            seen_by="griffe",
        )
    elif kind in (griffe.BreakageKind.OBJECT_REMOVED, griffe.BreakageKind.OBJECT_CHANGED_KIND):
        yield from _removed(vendor, path, surface)


def _removed(vendor: str, path: str, surface: Surface) -> Iterator[Change]:
    """Name a removed object: a class, a function, a member, a module with everything in it, or a second name of one of them."""

    def gone(rule: str, subject: str) -> Change:
        return make_change(vendor, rule, subject, "was removed", Impact.MAJOR, seen_by="griffe")

    owner, _, name = path.rpartition(".")
    inside = [key for key in surface.classes if key == path or key.startswith(f"{path}.")]
    functions = [key for key in surface.functions if key == path or key.startswith(f"{path}.")]
    if inside or functions:
        for key in inside:
            if not key.startswith("resources."):
                yield gone("class-removed", surface.classes[key].subject)
        for key in functions:
            if key.rpartition(".")[0] not in inside or key.startswith("resources."):
                yield gone("function-removed", surface.functions[key].subject)
    elif owner in surface.classes and name in surface.classes[owner].members:
        found = surface.classes[owner]
        yield gone("value-removed" if found.is_enum else "member-removed", f"{found.subject}.{name}")
    elif any(item.subject == name for item in surface.classes.values()):
        yield gone("class-removed", name)
    elif owner.startswith("models.") or owner in ("", "models"):
        yield gone("name-removed", path)
