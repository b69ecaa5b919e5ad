"""Move an operation to another method or path with overlay actions."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from scripts.common.document import METHODS, mapping, resolve


def move(document: dict[str, Any], path: str, method: str, new_path: str, new_method: str) -> Iterator[dict[str, Any]]:
    """Yield the actions; parameters of the new path are made where they lack, those of the old one go."""
    paths = document["paths"]
    old, new = f"$.paths['{path}']", f"$.paths['{new_path}']"
    if new_method in mapping(paths.get(new_path)):
        raise LookupError(f"{new_method.upper()} {new_path} is another operation of the spec.")
    if new_path not in paths:
        yield {"target": "$.paths", "update": {new_path: {}}}
    yield {"target": new, "update": {new_method: {}}}
    yield {"target": f"{new}.{new_method}", "copy": f"{old}.{method}"}
    alone = [name for name in paths[path] if name in METHODS] == [method]
    yield {"target": old if alone and path != new_path else f"{old}.{method}", "remove": True}
    operation = paths[path][method]
    wanted = re.findall(r"\{([^{}]+)\}", new_path)
    for item in operation.get("parameters") or []:
        stated = resolve(document, item)
        if stated.get("in") != "path":
            continue
        if stated["name"] in wanted:
            wanted.remove(stated["name"])
            continue
        own = f"@.name == '{stated['name']}' && @.in == 'path'"
        which = f"@['$ref'] == '{item['$ref']}'" if "$ref" in item else own
        yield {"target": f"{new}.{new_method}.parameters[?{which}]", "remove": True}
    if wanted and path != new_path:
        yield {"target": f"{new}.{new_method}", "update": {"parameters": [_parameter(name) for name in wanted]}}


def _parameter(name: str) -> dict[str, Any]:
    schema = {"type": "string", "examples": ["0000000000000000000000a1"]}
    return {"name": name, "in": "path", "required": True, "description": "Identifier in the path.", "schema": schema}
