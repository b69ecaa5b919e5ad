"""Say in which file and line a part of an effective spec is stated: for messages, so it may read the sources again."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

from scripts.common.document import split_pointer
from scripts.common.jsonpath import Place
from scripts.common.layout import Vendor
from scripts.common.yaml_checks import BASE
from scripts.spec.effective import make_effective
from scripts.spec.overlay import Applied
from scripts.spec.shapes import Fault


def show_faults(vendor: Vendor, faults: Sequence[Fault]) -> list[str]:
    """Write each fault of an effective spec with the place that states it: `… (specs/acme/openapi.yaml:12)`."""
    if not faults:
        return []
    applied = make_effective(vendor).applied
    return [f"{fault} ({_locate(vendor, fault.place, applied)})" for fault in faults]


def show_lines(text: str, faults: Sequence[Fault]) -> list[str]:
    """Write each fault of a document that is one text with its line there, where the text has such a place."""
    try:
        root = yaml.compose(text, Loader=BASE) if faults else None
    except yaml.YAMLError:  # JSON that is no YAML, as with surrogates
        root = None
    return [f"{fault}{_line(root, fault.place)}" for fault in faults]


def _line(node: Any, place: Place) -> str:
    line = 1
    for step in place:
        found = _member(node, step)
        if found is None:
            return ""
        node, line = found
    return f" (line {line})"


def _locate(vendor: Vendor, place: Place, known: list[Applied]) -> str:
    """Return the overlay action that states a part, or else `file:line` of the deepest part of its place in the source."""
    for applied in reversed(known):
        for start in applied.places:
            if place[: len(start)] == start and _has(applied.action.body.get("update"), place[len(start) :]):
                return f"{applied.action.file}, action {applied.action.number}"
    path, line = _find(vendor.source, place)
    return f"{vendor.show(path)}:{line}"


def _has(update: Any, place: Place) -> bool:
    for step in place:
        if not isinstance(update, dict) or step not in update:
            return False
        update = update[step]
    return bool(place)


def _find(path: Path, place: Place) -> tuple[Path, int]:
    node, line = _compose(path), 1
    for step in place:
        path, node, line = _follow(path, node, line)
        found = _member(node, step)
        if found is None:
            break
        node, line = found
    path, _, line = _follow(path, node, line)
    return path, line


def _follow(path: Path, node: Any, line: int) -> tuple[Path, Any, int]:
    """Go to the file a node refers to; a reference inside the document stays where it stands."""
    found = _member(node, "$ref")
    file, _, pointer = str(found[0].value if found else "").partition("#")
    if not file or not (path.parent / file).is_file():
        return path, node, line
    path = (path.parent / file).resolve()
    target, line = _compose(path), 1
    for step in split_pointer(pointer):
        target, line = _member(target, step) or (target, line)
    return path, target, line


def _member(node: Any, step: str | int) -> tuple[Any, int] | None:
    """Return a member of a node and its line: that of its key in a mapping, its own in a list."""
    if isinstance(node, yaml.MappingNode):
        pairs = ((key, value) for key, value in node.value if key.value == str(step))
        return next(((value, key.start_mark.line + 1) for key, value in pairs), None)
    if isinstance(node, yaml.SequenceNode) and str(step).isdecimal() and int(step) < len(node.value):
        item = node.value[int(step)]
        return item, item.start_mark.line + 1
    return None


def _compose(path: Path) -> Any:
    return yaml.compose(path.read_text(encoding="utf-8"), Loader=BASE)
