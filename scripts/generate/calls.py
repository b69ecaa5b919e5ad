"""The names of the calls of a generated client: what other tools need to call an operation, or to name it, without reading the code."""

from __future__ import annotations

from typing import Any

from scripts.generate.facade import Resource

_PLACES = {"headers": "header", "cookies": "cookie"}


def list_calls(resources: list[Resource]) -> list[dict[str, Any]]:
    """Return one entry an operation: `operation`, `method`, `path`, `resource`, `name`, `arguments` with `python`, `wire` and `in`."""
    return [
        {
            "operation": method.view.id,
            "method": method.view.method,
            "path": method.view.path,
            "resource": resource.attribute,
            "name": method.name,
            "arguments": [
                {"python": item.name, "wire": item.wire, "in": _PLACES.get(item.place, item.place)}
                for item in method.arguments
            ],
        }
        for resource in resources
        for method in resource.methods
    ]
