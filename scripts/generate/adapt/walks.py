"""How the steps of adapt walk the schemas of a document, follow a reference to one, and note what they adapt, and where."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from scripts.common.document import members_of, resolve, walk_parts
from scripts.common.jsonpath import Place, show_place


@dataclass
class Notes:
    """Collect what was adapted, in order, each once."""

    lines: dict[str, None] = field(default_factory=dict)

    def add(self, place: Place, what: str) -> None:
        """Note one adaptation."""
        self.lines[f"{show_place(place)}: {what}"] = None


def schemas_of(document: dict[str, Any]) -> list[tuple[Place, dict[str, Any]]]:
    return [(place, part) for kind, place, part in walk_parts(document) if kind == "schema"]


def live_schemas(document: dict[str, Any]) -> Iterator[tuple[Place, dict[str, Any]]]:
    """Yield the schemas such that what a step puts into one is visited too."""
    return ((place, part) for kind, place, part in walk_parts(document) if kind == "schema")


def deref(document: dict[str, Any], node: Any) -> dict[str, Any]:
    """Follow references to named schemas; here they carry the name as it is, since a pointer's escapes were undone by the first steps."""
    for _ in range(20):
        if not (isinstance(node, dict) and isinstance(node.get("$ref"), str)):
            break
        named = (document.get("components") or {}).get("schemas") or {}
        node = named.get(node["$ref"].removeprefix("#/components/schemas/")) or {}
    return node if isinstance(node, dict) else {}


def own_values(document: dict[str, Any], name: str, member: Any) -> list[str]:
    """Return the values of a discriminating member that stand for a variant: those its schema allows, else its name."""
    variant = {"$ref": f"#/components/schemas/{name.replace('~', '~0').replace('/', '~1')}"}
    declared = resolve(document, members_of(document, variant).get(str(member)))
    stated = [declared["const"]] if "const" in declared else declared.get("enum") or []
    return [value for value in stated if isinstance(value, str)] or [name]
