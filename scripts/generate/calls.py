"""The names of the calls of a generated client: what other tools need to call an operation, or to name it, without reading the code."""

from __future__ import annotations

from typing import Any

from scripts.generate.facade import Resource
from scripts.generate.operation_view import OperationView

_PLACES = {"headers": "header", "cookies": "cookie"}


def list_calls(resources: list[Resource]) -> list[dict[str, Any]]:
    """Return one entry an operation: `operation`, `method`, `path`, `resource`, `name`, `arguments` with `python`, `wire` and `in`.

    `body` is (module below the package, class) of the model a body is written by, or null.
    """
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
            "body": _body(method.view),
        }
        for resource in resources
        for method in resource.methods
    ]


def _body(view: OperationView) -> list[str] | None:
    info = getattr(view.body, "class_info", None)
    return [f"models.{info.module_name}", str(info.name)] if info is not None and view.members else None
