"""The models and enums of a generated client, read from its code: what users import and what they see in an editor."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from pathlib import Path

_ATTRIBUTE = re.compile(r"^    (\w+) \((.*?)\)(?:: (.*))?$")


@dataclass(frozen=True)
class Attribute:
    """Hold one member: its Python name, its name on the wire, its type, whether it must be there, what is said of it."""

    name: str
    wire: str
    type: str
    required: bool
    description: str


@dataclass(frozen=True)
class Model:
    """Hold one class; an enum has values, (name, value on the wire), and no members."""

    name: str
    description: str
    attributes: tuple[Attribute, ...] = ()
    values: tuple[tuple[str, str], ...] = ()


def read_models(package: Path) -> dict[str, Model]:
    """Return name → model of a generated client package, sorted; empty where there is none."""
    found = {}
    for path in package.glob("models/*.py"):
        for node in ast.parse(path.read_bytes()).body:
            if isinstance(node, ast.ClassDef):
                found[node.name] = _model(node)
    return dict(sorted(found.items()))


def _model(node: ast.ClassDef) -> Model:
    text = ast.get_docstring(node) or ""
    description, _, told = text.partition("\n\nAttributes:\n")
    sets = {name: part.value for part in node.body for name, part in _named(part)}
    if "NAMES" not in sets:
        values = tuple((name, ast.unparse(value)) for name, value in sets.items() if isinstance(value, ast.Constant))
        return Model(node.name, "" if values else description, values=values)
    names = ast.literal_eval(sets["NAMES"]) if sets["NAMES"] else {}
    required = _words(sets.get("REQUIRED"), set(names.values()))
    types = {
        part.target.id: ast.unparse(part.annotation)
        for part in node.body
        if isinstance(part, ast.AnnAssign) and isinstance(part.target, ast.Name) and part.target.id in names
    }
    told_of = _attributes(told)
    return Model(
        node.name,
        description.removeprefix(f"Generated model {node.name}."),
        tuple(
            Attribute(name, wire, types.get(name, ""), wire in required, told_of.get(name, ""))
            for name, wire in names.items()
        ),
    )


def _named(part: ast.stmt) -> list[tuple[str, ast.Assign | ast.AnnAssign]]:
    targets = part.targets if isinstance(part, ast.Assign) else [part.target] if isinstance(part, ast.AnnAssign) else []
    return [(target.id, part) for target in targets if isinstance(target, ast.Name)]  # type: ignore[misc]


def _words(node: ast.expr | None, every: set[str]) -> set[str]:
    """Return the texts of a set that is written out; `MEMBERS` stands for all of them."""
    if isinstance(node, ast.Name):
        return every
    parts = ast.walk(node) if node else iter(())
    return {part.value for part in parts if isinstance(part, ast.Constant) and isinstance(part.value, str)}


def _attributes(told: str) -> dict[str, str]:
    """Return name → description of the part of a docstring that lists the members."""
    found: dict[str, str] = {}
    name = ""
    for line in told.splitlines():
        if match := _ATTRIBUTE.match(line):
            name, found[match[1]] = match[1], match[3] or ""
        elif name:
            found[name] += f" {line.strip()}"
    return found
