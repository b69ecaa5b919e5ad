"""The rooms of `scripts`: a stage imports only what stands before it, and no module imports itself by a detour."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

from scripts.common.layout import ROOT

# Lowest first; the commands at the top of `scripts` come last.
ORDER = (
    "common",
    "spec",
    "generate",
    "trial",
    "reference",
    "evidence_coverage",
    "scaffold",
    "fetch",
    "reconcile",
    "review",
    "",
)


def imported(path: Path, known: set[str]) -> Iterator[str]:
    """Yield the modules of `scripts` that a file imports, in functions and under TYPE_CHECKING too."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            members = [f"{node.module}.{alias.name}" for alias in node.names]
            names = [member if member in known else node.module for member in members]
        yield from (name for name in names if name in known)


def graph() -> dict[str, set[str]]:
    """Return module → imported modules of `scripts`."""
    files = {
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
        for path in (ROOT / "scripts").rglob("*.py")
        if "node_modules" not in path.parts
    }
    return {name: set(imported(path, set(files))) - {name} for name, path in files.items()}


def room(module: str) -> str:
    """Return the room of a module; a command and `scripts` itself have the empty name."""
    parts = module.split(".")
    return parts[1] if len(parts) > 2 or ((ROOT / "scripts" / parts[-1]).is_dir() and len(parts) == 2) else ""


def test_every_room_has_its_place() -> None:
    """No room is outside the order."""
    assert set() == {room(module) for module in graph()} - set(ORDER)


@pytest.mark.parametrize("name", [name for name in ORDER if (ROOT / "scripts" / name).is_dir()])
def test_every_room_says_what_it_is_for(name: str) -> None:
    """The docstring of a room is the map: it needs no list of modules that could grow stale."""
    text = (ROOT / "scripts" / name / "__init__.py").read_text(encoding="utf-8")
    assert ast.get_docstring(ast.parse(text))


def test_no_import_runs_upward() -> None:
    """A module imports its own room and lower ones."""
    upward = [
        f"{module} imports {target}"
        for module, targets in graph().items()
        for target in targets
        if ORDER.index(room(target)) > ORDER.index(room(module))
    ]
    assert [] == upward


def test_no_circle() -> None:
    """No module imports itself by a detour; a circle would be raised with its members."""
    assert len(graph()) == len(list(TopologicalSorter(graph()).static_order()))
