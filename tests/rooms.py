"""The rooms of a package: which imports run upwards or in a circle, wherever in a module they stand."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from graphlib import CycleError, TopologicalSorter
from pathlib import Path


def wrong_imports(folder: Path, rooms: Sequence[Sequence[str]]) -> list[str]:
    """Return one line for each module without a room, import of a higher room, and circle of modules.

    `rooms` lists them from the lowest; each names its modules and folders, relative to the package's folder.
    Imports inside functions and under TYPE_CHECKING count. The package's own `__init__` may import everything.
    """
    modules = {_name(file, folder): file for file in sorted(folder.rglob("*.py"))}
    floor = {name: number for number, names in enumerate(rooms) for name in names}
    floors = {module: floor.get(module, floor.get(module.partition(".")[0])) for module in modules if module}
    wrong = [f"{module} has no room" for module, number in floors.items() if number is None]
    arrows = {module: set(_imported(modules[module], module, folder.name, modules)) - {module} for module in floors}
    for module, targets in arrows.items():
        higher = [target for target in sorted(targets) if (floors[target] or 0) > (floors[module] or 0)]
        wrong += [f"{module} imports {target} of a higher room" for target in higher]
    try:
        TopologicalSorter(arrows).prepare()
    except CycleError as error:
        wrong.append("a circle: " + " -> ".join(error.args[1]))
    return wrong


def _name(file: Path, folder: Path) -> str:
    parts = file.relative_to(folder).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _imported(file: Path, module: str, package: str, modules: dict[str, Path]) -> Iterator[str]:
    """Yield the modules of the package that a file imports, each by its name inside the package."""
    inside = [package, *module.split(".")][: None if file.name == "__init__.py" else -1]
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            start = inside[: len(inside) - node.level + 1] if node.level else []
            base = ".".join([*start, *filter(None, [node.module])])
            names = [f"{base}.{alias.name}" for alias in node.names]
        for name in names:
            inner = name.removeprefix(f"{package}.")
            while inner and inner != name and inner not in modules:
                inner = inner.rpartition(".")[0]
            if inner and inner != name:
                yield inner
